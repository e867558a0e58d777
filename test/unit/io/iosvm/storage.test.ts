/**
 * A call keeps back what it writes and remembers what it read. That may not show: many operations in
 * one call do what the same operations do in a call each, where nothing is kept from one to the next.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ContractLedger } from './contracts.ts';

/** Run one after the other; what each answers is noted. */
const SOURCE = `class Store {
  run(operations) {
    const results = [];
    for (const operation of operations) {
      const name = operation[0];
      const args = operation.slice(1);
      if (name === 'call') {
        results.push(storage.get(args[0]), blockchain.call('ContractOther', 'poke', args));
        results.push(storage.get(args[0]));
      }
      else if (name === 'receipt') results.push(blockchain.receipt(args[0]));
      else if (name.indexOf('global') === 0) results.push(storage[name]('ContractStore', ...args));
      else results.push(storage[name](...args));
    }
    return results;
  }
  poke(key, value) { storage.put(key, value); return storage.get(key) + storage.mapLen('m'); }
}
module.exports = Store;`;

const OTHER = `class Other {
  poke(key, value) {
    storage.put(key, value);
    return blockchain.call('ContractStore', 'poke', [key, value]);
  }
}
module.exports = Other;`;

type Operation = readonly [name: string, ...args: readonly string[]];

const KEYS = [
  'a',
  'b',
  'bench000001',
  'a key of more than sixty-four bytes'.repeat(2),
  'ümlaut',
  'x-y',
  '',
];
const READABLE = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
);
/** Others refuse, which ends the whole call. */
const WRITABLE = fc.constantFrom('a', 'b', 'bench000001');
const VALUE = fc.oneof(
  fc.constantFrom('', '1', 'v', '\ud800', 'x'.repeat(3500), 'x'.repeat(900), 'ü@-:,7'),
  fc.string({ maxLength: 20 }),
);
const PAYER = fc.constantFrom('', 'user_0');

const OPERATION: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(
    fc.constantFrom('get', 'has', 'mapKeys', 'mapLen', 'globalGet', 'globalMapLen'),
    READABLE,
  ),
  fc.tuple(fc.constantFrom('mapGet', 'mapHas', 'globalMapGet', 'globalMapHas'), READABLE, READABLE),
  fc.tuple(fc.constant('put'), WRITABLE, VALUE, PAYER),
  fc.tuple(fc.constant('mapPut'), fc.constantFrom('m', 'a'), WRITABLE, VALUE, PAYER),
  fc.tuple(fc.constant('del'), WRITABLE),
  fc.tuple(fc.constant('mapDel'), fc.constantFrom('m', 'a'), WRITABLE),
  fc.tuple(fc.constant('receipt'), VALUE),
  fc.tuple(fc.constant('call'), WRITABLE, VALUE),
);

function ledger(): ContractLedger {
  const contracts = new ContractLedger();
  contracts.place('ContractStore', SOURCE, { run: ['json'], poke: ['string', 'string'] });
  contracts.place('ContractOther', OTHER, { poke: ['string', 'string'] });
  return contracts;
}

type Trace = {
  readonly results: readonly unknown[];
  readonly receipts: readonly unknown[];
  readonly ram: ReadonlyMap<string, bigint>;
  readonly state: readonly unknown[];
};

function trace(batches: readonly (readonly Operation[])[]): Trace {
  const contracts = ledger();
  const results: unknown[] = [];
  const receipts: unknown[] = [];
  const ram = new Map<string, bigint>();
  for (const operations of batches) {
    const receipt = contracts.ledger.succeed('ContractStore', 'run', [operations], 'user_0', {
      fields: { gasLimit: 400_000_000n },
    });
    const [returned] = JSON.parse(receipt.returns[0] ?? '[]') as [string];
    results.push(...(JSON.parse(returned) as unknown[]));
    receipts.push(...receipt.receipts);
    for (const [payer, bytes] of receipt.ramUsage) ram.set(payer, (ram.get(payer) ?? 0n) + bytes);
    contracts.ledger.time += 1n;
  }
  const state = [...contracts.ledger.base].filter(([key]) => /^[bm]-Contract/.test(key)).sort();
  return { results, receipts, ram: new Map([...ram].filter(([, bytes]) => bytes !== 0n)), state };
}

test('many operations in one call do what they do in a call each', () => {
  fc.assert(
    fc.property(
      fc.array(OPERATION, { minLength: 20, maxLength: 40, size: 'max' }),
      (operations) => {
        assert.deepEqual(trace([operations]), trace(operations.map((operation) => [operation])));
      },
    ),
    { numRuns: 12 },
  );
});

test('what a call expects to read changes neither result nor gas', () => {
  const source = `class Guess {
    move(from, to) {
      const left = storage.mapGet('balance', from);
      storage.mapPut('balance', from, 'less than ' + left);
      const right = storage.mapGet('balance', 'of ' + to);
      storage.put('last', to);
      return [left, right, storage.get('last'), storage.mapHas('balance', from)];
    }
    other(from, to) { storage.mapDel('balance', from); return storage.get('last'); }
  }
  module.exports = Guess;`;
  const abis = { move: ['string', 'string'], other: ['string', 'string'] } as const;
  const run = (isFresh: boolean) => {
    let contracts = new ContractLedger();
    contracts.place('ContractGuess', source, abis);
    const seen: unknown[] = [];
    for (let round = 0; round < 12; round++) {
      if (isFresh) {
        // Another engine has no guesses.
        const before = contracts.ledger.base;
        contracts = new ContractLedger();
        for (const [key, value] of before) contracts.ledger.base.set(key, value);
      }
      const names = [`alice${round % 3}`, `bob${round % 2}`];
      const abi = round % 4 === 3 ? 'other' : 'move';
      seen.push(contracts.result('ContractGuess', abi, ...names), contracts.engine.gas);
    }
    return seen;
  };
  assert.deepEqual(run(false), run(true));
});
