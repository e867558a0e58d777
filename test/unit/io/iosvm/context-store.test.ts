/** Contexts come and go; no receipt may tell which were at hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receipt } from '#core/chain/receipt.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';
import { contractText } from './contracts.ts';

const CONTRACTS = 5;
const ABIS = { count: ['string'], relay: ['string', 'string'] } as const;

const source = (number: number) => `const own = ${number};
class Counter {
  init() { storage.put('n', '0'); }
  count(by) {
    const n = Number(storage.get('n')) + own + by.length;
    storage.put('n', n.toString());
    return n;
  }
  relay(next, by) { return this.count(by) + blockchain.call(next, 'count', [by])[0]; }
}
module.exports = Counter;`;

function receipts(generationContexts: number): readonly Receipt[] {
  const engine = new IosvmEngine({ console: false }, generationContexts);
  const ledger = new LedgerSimulator({ engine }).addAccounts();
  ledger.setBalance('user_0', 'ram', 1_000_000n);
  const all: Receipt[] = [];
  const call = (contract: string, abi: string, args: readonly unknown[]) => {
    ledger.time += 1n;
    const receipt = ledger.succeed(contract, abi, args);
    all.push(receipt);
    return JSON.parse(receipt.returns[0] ?? '[]') as [string];
  };
  const ids = Array.from({ length: CONTRACTS }, (_, number) => {
    const text = contractText(source(number), ABIS);
    // What V8 refuses takes a context too.
    const refused = contractText(source(number).replace('const own', 'let own, own'), ABIS);
    assert.match(ledger.failure('system.iost', 'setCode', [refused]), /already been declared/);
    return call('system.iost', 'setCode', [text])[0];
  });
  for (let round = 0; round < 3 * CONTRACTS; round++) {
    const id = (offset: number) => ids[(round * 2 + offset) % CONTRACTS] ?? '';
    call(id(0), 'count', ['x'.repeat(round)]);
    call(id(1), 'relay', [id(2), 'abc']);
  }
  return all;
}

test('receipts are the same whether contexts are kept or made again for every call', () => {
  const kept = receipts(1000);
  assert.deepEqual(receipts(1), kept);
  assert.deepEqual(receipts(3), kept);
});
