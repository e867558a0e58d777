/** The declarations for authors, against what contracts really find. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ContractLedger } from './contracts.ts';

const FILE = new URL('../../../../src/io/iosvm/iost-contract.d.ts', import.meta.url);
const text = readFileSync(FILE, 'utf8');

/** Names of the members that an interface or class declares. */
function declared(name: string): readonly string[] {
  const start = new RegExp(`^(?:declare class|interface) ${name}(?:<T>)? (?:extends .*)?\\{`, 'm');
  const at = text.search(start);
  assert.ok(at >= 0, name);
  const body = text.slice(at, text.indexOf('\n}', at));
  const members = body.matchAll(/^ {2}(?:readonly )?([A-Za-z_]\w*)\??(?:<.*?>)?[(:]/gm);
  const names = new Set([...members].map(([, member]) => member ?? ''));
  return [...names].filter((member) => member !== 'constructor' && member !== 'new').sort();
}

/** Names of the members that a contract finds in what the expressions stand for. */
function found(expressions: readonly string[]): readonly (readonly string[])[] {
  const contracts = new ContractLedger();
  contracts.place(
    'ContractLook',
    `function names(x) {
      return Object.getOwnPropertyNames(x).filter(function (n) {
        const d = Object.getOwnPropertyDescriptor(x, n);
        return n !== 'constructor' && d.value !== null;
      }).sort();
    }
    class Look { run() { return [${expressions.map((each) => `names(${each})`).join(',')}]; } }
    module.exports = Look;`,
    { run: [] },
  );
  const { returns } = contracts.ledger.succeed('ContractLook', 'run', [], 'user_0', {
    fields: { gasLimit: 400_000_000n },
  });
  return JSON.parse(String(JSON.parse(returns[0] ?? '[]')[0]));
}

/** Nothing more and nothing less. */
const EXACT = [
  ['ContractStorage', 'storage'],
  ['ContractBlockchain', 'blockchain'],
  ['ContractCrypto', 'IOSTCrypto'],
  ['ContractConsole', 'console'],
  ['ContractBlock', 'block'],
  ['ContractTransaction', 'tx'],
  ['Int64', 'Int64.prototype'],
  ['Float64', 'Float64.prototype'],
  ['JSON', 'JSON'],
  ['Math', 'Math'],
] as const;

/** Everything that is declared is there; what is rarely of use is not declared. */
const PART = [
  ['String', 'String.prototype'],
  ['StringConstructor', 'String'],
  ['Array', 'Array.prototype'],
  ['ArrayConstructor', 'Array'],
  ['Number', 'Number.prototype'],
  ['NumberConstructor', 'Number'],
  ['Object', 'Object.prototype'],
  ['ObjectConstructor', 'Object'],
  ['BigNumber', 'BigNumber.prototype'],
  ['BigNumberConstructor', 'BigNumber'],
  ['SymbolConstructor', 'Symbol'],
] as const;

test('what the node gives to contracts is declared, all of it', () => {
  const lists = found(EXACT.map(([, expression]) => expression));
  for (const [index, [name]] of EXACT.entries()) {
    // Numbers keep the library's number in a field.
    const members = declared(name).filter(
      (member) => member !== 'number' || name.startsWith('Contract'),
    );
    const real = lists[index]?.filter((member) => !member.startsWith('_'));
    assert.deepEqual(members, real, name);
  }
});

test('of the rest of the language nothing is declared that contracts do not have', () => {
  const lists = found(PART.map(([, expression]) => expression));
  for (const [index, [name]] of PART.entries()) {
    const own = new Set(lists[index]);
    const fields = name === 'BigNumber' ? ['c', 'e', 's'] : [];
    const missing = declared(name).filter((each) => !own.has(each) && !fields.includes(each));
    assert.deepEqual(missing, [], name);
    assert.ok(own.size > 0, name);
  }
});
