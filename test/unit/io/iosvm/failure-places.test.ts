/** Where contracts fail: in the words of receipts, and led back to the source. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failurePlace } from '#core/iosvm/failure-place.ts';
import { placeOf } from '#core/iosvm/source-place.ts';
import type { ArgumentType } from '#core/ledger/native/native-contract.ts';
import { ContractLedger } from './contracts.ts';

const SOURCE = `// Each method fails where its comment says.
const helper = {
  check(value) {
    if (value > 1) { throw new Error('too much'); } // 4:28
  },
};
class Fail {
  init() {}
  thrown() { const x = 1;  throw new Error('no'); } // 9:34
  missing() { const a = { b: null }; return a.b.c + 1; } // 10:49
  notCallable() { return [1, 2].map((item) => item.nothing()); } // 11:52
  inHelper() {
    for (let i = 0; i < 3; i++) helper.check(i); // 4:28
  }
  library() { return 1 + new Float64('none').plus(null).toString(); } // 15:46
  storage() {
    storage.put('key', 1); // 17:13
  }
  parse() { return JSON.parse('{'); } // 19:25
  refused() { blockchain.transfer('user_1', 'user_2', '1', ''); } // 20:26
  symbol() { return Symbol('s') + 1; } // 21:21
  undeclared() { return unknown; } // 22:18
  subclass() { class Mine extends Error {} throw new Mine('mine'); } // 23:50
  text() { throw 'plain'; }
  object() { throw { message: 'x' }; }
  stack() { const e = new Error('x'); return [typeof e.stack, Error.stackTraceLimit, e instanceof Error, e.constructor === Error, Error('y').message]; }
}
module.exports = Fail;
`;

const METHODS = [...SOURCE.matchAll(/^ {2}(\w+)\(\) \{/gm)].map(([, name]) => name ?? '');
const ABIS: Record<string, readonly ArgumentType[]> = Object.fromEntries(
  METHODS.map((name) => [name, []]),
);

/** The words of the receipt. */
function failure(contracts: ContractLedger, id: string, abi: string): string {
  const { message } = contracts.ledger.receipt(id, abi, []);
  return message.slice(message.indexOf(' error: ') + ' error: '.length);
}

test('exceptions name their place in the instrumented code, which leads to the source', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractFail', SOURCE, ABIS);
  const lines = SOURCE.split('\n');
  let checked = 0;
  for (const method of METHODS) {
    const start = lines.findIndex((line) => line.startsWith(`  ${method}() {`));
    const expected = lines
      .slice(start)
      .find((line) => line.includes('// '))
      ?.split('// ')[1];
    if (method === 'init' || method === 'stack' || start + 1 > 23) continue;
    const words = failure(contracts, 'ContractFail', method);
    assert.match(
      words,
      /^Uncaught exception: \w*Error: .*\nat _default_name\.js:\d+:\d+\n {2}.*\n {2} *\^\nStack tree: \n/s,
    );
    const place = failurePlace(words, SOURCE);
    assert.ok(place !== undefined, words);
    const { line, column } = placeOf(SOURCE, place.at);
    assert.equal(`${line}:${column}`, expected, `${method}: ${words}`);
    checked += 1;
  }
  assert.equal(checked, 11);
});

test('what is no error has no place', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractFail', SOURCE, ABIS);
  assert.equal(failure(contracts, 'ContractFail', 'text'), 'Uncaught exception: plain');
  assert.equal(failure(contracts, 'ContractFail', 'object'), 'Uncaught exception: [object Object]');
});

test('errors are not asked, whatever they are made into', () => {
  const contracts = new ContractLedger();
  const trap = `{ get() { storage.put('ran', 'yes'); while (true) {} } }`;
  const source = `class Odd {
  init() {}
  name() { const e = new Error('x'); Object.defineProperty(e, 'name', ${trap}); throw e; }
  message() { const e = new Error('x'); Object.defineProperty(e, 'message', ${trap}); throw e; }
  inherited() { class Mine extends Error { get name() { while (true) {} } } throw new Mine('x'); }
  text() { const e = new Error('x'); e.message = { toString() { while (true) {} } }; throw e; }
  frozen() { throw Object.freeze(new Error('x')); }
  looks() { throw new Error('x\\n    at a (b:9999:1)'); }
}
module.exports = Odd;`;
  const methods = ['name', 'message', 'inherited', 'text', 'frozen', 'looks'];
  contracts.place('ContractOdd', source, Object.fromEntries(methods.map((each) => [each, []])));
  const places = methods.map((method) => {
    const words = failure(contracts, 'ContractOdd', method);
    const place = failurePlace(words, source);
    return place === undefined ? words : placeOf(source, place.at).line;
  });
  assert.deepEqual(places, [
    'Uncaught exception: Error: x',
    4,
    5,
    6,
    'Uncaught exception: Error: x',
    8,
  ]);
});

test('contracts see nothing of the stack', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractFail', SOURCE, ABIS);
  assert.equal(contracts.result('ContractFail', 'stack'), '["undefined",0,true,true,"y"]');
});

test('of a failure in a called contract both places are told, that of the call last', () => {
  const contracts = new ContractLedger();
  contracts.place('ContractFail', SOURCE, ABIS);
  const caller = `class Caller {
  init() {}
  run() {
    return blockchain.call('ContractFail', 'thrown', []);
  }
}
module.exports = Caller;
`;
  contracts.place('ContractCall', caller, { run: [] });
  const words = failure(contracts, 'ContractCall', 'run');
  assert.equal([...words.matchAll(/\nat _default_name\.js/g)].length, 3, words);
  const place = failurePlace(words, caller);
  assert.ok(place !== undefined);
  assert.deepEqual(placeOf(caller, place.at), { line: 4, column: 23 });
});

test('the same failure has the same words on every engine, whatever ran before', () => {
  const words = (before: readonly string[]) => {
    const contracts = new ContractLedger();
    contracts.ledger.setGas('user_0', 1_000_000_000n);
    contracts.place('ContractFail', SOURCE, ABIS);
    for (const method of before) failure(contracts, 'ContractFail', method);
    return failure(contracts, 'ContractFail', 'missing');
  };
  const fresh = words([]);
  assert.equal(words(Array.from({ length: 600 }, () => 'missing')), fresh);
  assert.equal(words(METHODS), fresh);
});
