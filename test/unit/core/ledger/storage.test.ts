/** Storage of contracts, its costs and its RAM (spec go-iost §5.6, §9.3). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COST } from '#core/ledger/costs.ts';
import type { Host } from '#core/ledger/host.ts';
import { fieldsOf, withField, withoutField } from '#core/ledger/map-index.ts';
import { defineContract, type NativeAbi } from '#core/ledger/native/native-contract.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

/** As long as the ids that the reference publishes its byte counts for. */
const CONTRACT = `Contract${'x'.repeat(44)}`.slice(0, 52 - 5).concat('.iost');

function run(body: (host: Host) => void, ledger = new LedgerSimulator().addAccounts()) {
  const abi: NativeAbi = {
    name: 'run',
    args: [],
    run(host) {
      body(host);
      return [];
    },
  };
  const contracts = [defineContract(CONTRACT, '1', 'native', [abi])];
  const simulator = new LedgerSimulator({ contracts });
  for (const [key, value] of ledger.base) simulator.base.set(key, value);
  const receipt = simulator.receipt(CONTRACT, 'run', []);
  return { receipt, ledger: simulator };
}

function bytesOf(body: (host: Host) => void, ledger?: LedgerSimulator): bigint | undefined {
  const { receipt } = run(body, ledger);
  assert.equal(receipt.message, '');
  return receipt.ramUsage[0]?.[1];
}

test('bytes of new entries are the ones the reference publishes', () => {
  assert.equal(
    bytesOf((host) => host.put('k', 'v', 'user_0')),
    63n,
  );
  assert.equal(
    bytesOf((host) => host.mapPut('k', 'f', 'v', 'user_0')),
    65n,
  );
});

test('overwriting pays the difference, deleting gives all back', () => {
  const put = (host: Host) => host.put('k', 'value', 'user_0');
  const { ledger } = run(put);
  assert.equal(
    bytesOf((host) => host.put('k', 'longer value'), ledger),
    7n,
  );
  assert.equal(
    bytesOf((host) => host.put('k', 'v'), ledger),
    -4n,
  );
  assert.equal(bytesOf(put, ledger), undefined);
  assert.equal(
    bytesOf((host) => host.del('k'), ledger),
    -67n,
  );
  const mapped = run((host) => host.mapPut('m', 'f', 'v', 'user_0')).ledger;
  assert.equal(
    bytesOf((host) => host.mapDel('m', 'f'), mapped),
    -65n,
  );
  assert.equal(
    bytesOf((host) => host.mapDel('m', 'none'), mapped),
    undefined,
  );
});

test('what a contract stores for itself costs a system contract nothing', () => {
  const { receipt } = run((host) => host.put('k', 'v'));
  assert.deepEqual(receipt.ramUsage, []);
});

test('values come back in the type they were stored in', () => {
  const seen: (StateValue | undefined)[] = [];
  run((host) => {
    host.put('s', 'text');
    host.put('i', 7n);
    host.put('b', true);
    host.put('j', { kind: 'json', value: '[1]' });
    for (const key of ['s', 'i', 'b', 'j', 'none']) seen.push(host.get(key));
    seen.push(host.globalGet(CONTRACT, 'i'));
    assert.equal(host.has('s'), true);
    assert.equal(host.has('none'), false);
  });
  const payer = CONTRACT;
  assert.deepEqual(seen, [
    { kind: 'string', value: 'text', payer },
    { kind: 'int', value: 7n, payer },
    { kind: 'bool', value: true, payer },
    { kind: 'json', value: '[1]', payer },
    undefined,
    { kind: 'int', value: 7n, payer },
  ]);
});

test('reading costs 300, writing 300 or a tenth of the bytes', () => {
  const gasOf = (body: (host: Host) => void) => {
    let used = 0;
    run((host) => {
      const before = host.gas;
      body(host);
      used = host.gas - before;
    });
    return used;
  };
  assert.equal(
    gasOf((host) => host.get('k')),
    COST.get,
  );
  assert.equal(
    gasOf((host) => host.mapHas('k', 'f')),
    COST.get,
  );
  assert.equal(
    gasOf((host) => host.mapKeys('k')),
    COST.keys,
  );
  assert.equal(
    gasOf((host) => host.globalMapKeys('a', 'k')),
    COST.keys,
  );
  assert.equal(
    gasOf((host) => host.globalMapGet('a', 'k', 'f')),
    COST.get,
  );
  assert.equal(
    gasOf((host) => host.put('k', 'v')),
    COST.put,
  );
  assert.equal(
    gasOf((host) => host.put('k', 'v'.repeat(10_000))),
    1005,
  );
  assert.equal(
    gasOf((host) => host.del('k')),
    COST.delete,
  );
  assert.equal(
    gasOf((host) => host.chargeOp(3)),
    30,
  );
});

test('fields are listed in order of first appearance', () => {
  run((host) => {
    for (const field of ['s', 'abc', 'b', 'abcd']) host.mapPut('m', field, '1');
    host.mapPut('m', 'abc', '2');
    assert.deepEqual(host.mapKeys('m'), ['s', 'abc', 'b', 'abcd']);
    host.mapDel('m', 'b');
    assert.deepEqual(host.mapKeys('m'), ['s', 'abc', 'abcd']);
    for (const field of ['s', 'abc', 'abcd']) host.mapDel('m', field);
    assert.deepEqual(host.mapKeys('m'), []);
    assert.equal(host.state.has(`m-${CONTRACT}-m`), false);
  });
});

test('the list of fields is capped', () => {
  let index: StateValue | undefined;
  for (let count = 0; count < 300; count++) index = withField(index, `f${count}`);
  assert.equal(fieldsOf(index).length, 257);
  assert(index !== undefined);
  assert.equal(withField(index, 'f3'), index, 'a listed field changes nothing');
  assert.equal(fieldsOf(withoutField(index, 'f3')).includes('f3'), false);
});

test('keys are 1 to 64 printable characters without the two separators', () => {
  const failure = (body: (host: Host) => void) => {
    const { message } = run(body).receipt;
    return message.slice(message.lastIndexOf(' error: ') + 8);
  };
  const length = (actual: number) =>
    `key or field length invalid. expected [1, 64], actual ${actual}`;
  assert.equal(
    failure((host) => host.put('', 'v')),
    length(0),
  );
  assert.equal(
    failure((host) => host.put('k'.repeat(65), 'v')),
    length(65),
  );
  assert.equal(
    failure((host) => host.mapPut('k', '', 'v')),
    length(0),
  );
  assert.equal(
    failure((host) => host.del('a-b')),
    'key or field has invalid char, -',
  );
  assert.equal(
    failure((host) => host.mapDel('k', 'a@b')),
    'key or field has invalid char, @',
  );
  assert.equal(
    failure((host) => host.put('é', 'v')),
    'key or field has invalid char, é',
  );
  run((host) => host.put('k'.repeat(64), 'v'));
});
