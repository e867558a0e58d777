import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  credit,
  debit,
  debitStored,
  entryBytes,
  entryCostsRam,
  foldMatured,
  spendableBalance,
  spendRam,
  storedBalance,
} from '#core/ledger/balances.ts';
import { addFrozen, frozenItems, maturedAmount } from '#core/ledger/freezes.ts';
import { fieldsOf } from '#core/ledger/map-index.ts';
import { freezeKey, mapIndexKey, usedRamKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { LOCAL_PLACEMENT } from '#test/support/ledger-simulator.ts';

function fresh(): StateOverlay {
  const state = new StateOverlay(new Map(), LOCAL_PLACEMENT);
  state.begin();
  return state;
}

const item = (amount: bigint, unfreezeTime: bigint, ram = 0) => ({ amount, unfreezeTime, ram });

test('a new entry is listed and paid for by whom the token makes pay', () => {
  const state = fresh();
  assert.equal(credit(state, 'alice', 'iost', 5n, 'bob'), true);
  assert.equal(credit(state, 'alice', 'abc', 5n, 'bob'), true);
  assert.equal(credit(state, 'alice', 'abc', 5n, 'bob'), false);
  assert.equal(storedBalance(state, 'alice', 'abc'), 10n);
  const payer = (token: string) => {
    const value = state.get(`m-token.iost-TBalice-${token}`);
    return value?.kind === 'int' && value.payer;
  };
  assert.deepEqual([payer('iost'), payer('abc')], ['token.iost', 'bob']);
  assert.deepEqual(fieldsOf(state.get(mapIndexKey('token.iost', 'TBalice'))), ['iost', 'abc']);
});

test('what a new entry costs', () => {
  assert.equal(entryCostsRam('alice', 'iost'), false);
  assert.equal(entryCostsRam('alice', 'ram'), false);
  assert.equal(entryCostsRam('Contractx', 'iost'), true);
  assert.equal(entryCostsRam('alice', 'abc'), true);
  const expected = 'token.iost-TBalice'.length + 2 * 3 + 1 + 8 + '@bob'.length;
  assert.equal(entryBytes('alice', 'abc', 'bob'), expected);
});

test('nobody spends more than there is', () => {
  const state = fresh();
  assert.equal(debit(state, 'alice', 'iost', 1n, 0n), false);
  assert.equal(debit(state, 'alice', 'iost', 0n, 0n), true);
  credit(state, 'alice', 'iost', 5n, '');
  assert.equal(debit(state, 'alice', 'iost', 6n, 0n), false);
  assert.equal(debitStored(state, 'alice', 'iost', 5n), true);
  assert.equal(storedBalance(state, 'alice', 'iost'), 0n);
});

test('frozen amounts are kept in order of time, then amount', () => {
  const state = fresh();
  for (const [amount, time] of [
    [5n, 20n],
    [9n, 10n],
    [3n, 10n],
    [1n, 30n],
  ] as const) {
    addFrozen(state, 'alice', 'iost', item(amount, time));
  }
  const order = frozenItems(state, 'alice', 'iost').map(({ amount }) => amount);
  assert.deepEqual(order, [3n, 9n, 5n, 1n]);
  const stored = state.get(freezeKey('alice', 'iost'));
  assert.equal(
    stored?.kind === 'json' && stored.value,
    '[{"Amount":3,"Ftime":10},{"Amount":9,"Ftime":10},{"Amount":5,"Ftime":20},{"Amount":1,"Ftime":30}]',
  );
});

test('stored lists are read with all their digits', () => {
  const time = 1_700_000_000_123_456_789n;
  const value = {
    kind: 'json',
    value: `[{"Amount":9007199254740993,"Ftime":${time},"Ram":64}]`,
    payer: 'token.iost',
  } as const;
  const state = new StateOverlay(new Map([[freezeKey('alice', 'iost'), value]]), LOCAL_PLACEMENT);
  assert.deepEqual(frozenItems(state, 'alice', 'iost'), [item(9007199254740993n, time, 64)]);
});

test('what has matured is spendable and folded in once', () => {
  const state = fresh();
  addFrozen(state, 'alice', 'iost', item(5n, 10n));
  addFrozen(state, 'alice', 'iost', item(7n, 20n));
  assert.equal(maturedAmount(frozenItems(state, 'alice', 'iost'), 9n), 0n);
  assert.equal(spendableBalance(state, 'alice', 'iost', 10n), 5n);
  assert.equal(foldMatured(state, 'alice', 'iost', 9n), false);
  assert.equal(foldMatured(state, 'alice', 'iost', 10n), true);
  assert.equal(storedBalance(state, 'alice', 'iost'), 5n);
  assert.equal(foldMatured(state, 'alice', 'iost', 10n), false);
  assert.equal(debit(state, 'alice', 'iost', 12n, 20n), true);
  assert.equal(state.has(freezeKey('alice', 'iost')), false, 'an empty list is no list');
  assert.equal(foldMatured(state, 'alice', 'iost', 99n), false);
});

test('RAM paid for a frozen item comes back with it', () => {
  const state = fresh();
  credit(state, 'alice', 'ram', 100n, '');
  assert.equal(spendRam(state, 'alice', 64n, 0n), true);
  addFrozen(state, 'alice', 'iost', item(5n, 10n, 64));
  foldMatured(state, 'alice', 'iost', 10n);
  assert.equal(storedBalance(state, 'alice', 'ram'), 100n);
  const used = state.get(usedRamKey('alice'));
  assert.equal(used?.kind === 'int' && used.value, 0n);
});

test('RAM is spent only where it is there, and counted', () => {
  const state = fresh();
  credit(state, 'alice', 'ram', 10n, '');
  assert.equal(spendRam(state, 'alice', 11n, 0n), false);
  assert.equal(spendRam(state, 'alice', 10n, 0n), true);
  assert.equal(spendRam(state, 'alice', -4n, 0n), true);
  assert.equal(storedBalance(state, 'alice', 'ram'), 4n);
  const used = state.get(usedRamKey('alice'));
  assert.equal(used?.kind === 'int' && used.value, 6n);
});
