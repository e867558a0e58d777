/** What comes back for locked keys is booked into what credits have made of them meanwhile. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookEntry, writtenEntry } from '#core/atomix/locked-writes.ts';
import { applyCredit } from '#core/ledger/apply-credit.ts';

import type { Credit } from '#core/ledger/credit.ts';
import { addFrozen, frozenItems, takeMatured } from '#core/ledger/freezes.ts';
import { fieldsOf } from '#core/ledger/map-index.ts';
import { balanceKey, freezeKey, gasKey, mapIndexKey, usedRamKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';

const HERE = { self: 0, chainOf: () => 0 };
const BLOCK = {
  number: 1,
  parentHash: new Uint8Array(32),
  witness: '',
  time: 1_000n,
  chainId: 1020,
};

/** The owner's state and that of a run which has a copy of it. */
function pair(entries: readonly (readonly [string, StateValue])[]): [StateOverlay, StateOverlay] {
  const base = new Map(entries);
  const states = [new StateOverlay(base, HERE), new StateOverlay(base, HERE)] as const;
  for (const state of states) state.begin();
  return [...states];
}

/** `change` happens in the run and `meanwhile` at the owner; answers the owner's state after both. */
function merged(
  key: string,
  entries: readonly (readonly [string, StateValue])[],
  change: (run: StateOverlay) => void,
  meanwhile: readonly Credit[],
): StateOverlay {
  const [owner, run] = pair(entries);
  const before = run.get(key);
  change(run);
  for (const credit of meanwhile) applyCredit(owner, credit, BLOCK);
  bookEntry(owner, writtenEntry(key, run.get(key), before));
  return owner;
}

const int = (value: bigint): StateValue => ({ kind: 'int', value, payer: 'token.iost' });
const payment: Credit = { kind: 'token', to: 'bob', token: 'iost', amount: 5n, payer: '' };

test('a balance that was paid into while it was locked', () => {
  const key = balanceKey('bob', 'iost');
  const spend = (run: StateOverlay) => run.put(key, int(60n));
  assert.deepEqual(merged(key, [[key, int(100n)]], spend, [payment]).get(key), int(65n));
  assert.deepEqual(merged(key, [], spend, [payment]).get(key), int(65n));
});

test('used RAM that was given back while it was locked', () => {
  const key = usedRamKey('bob');
  const use = (run: StateOverlay) => run.put(key, int(130n));
  const refund: Credit = { kind: 'ramRefund', account: 'bob', bytes: 10n };
  const value = merged(key, [[key, int(100n)]], use, [refund]).get(key);
  assert.equal(value?.kind === 'int' && value.value, 120n);
});

test('frozen amounts: some have matured in the run, some arrived at the owner', () => {
  const key = freezeKey('bob', 'iost');
  const [owner, run] = pair([]);
  for (const state of [owner, run]) {
    for (const [amount, unfreezeTime] of [
      [1n, 10n],
      [1n, 10n],
      [2n, 20n],
      [3n, 5_000n],
    ] as const) {
      addFrozen(state, 'bob', 'iost', { amount, unfreezeTime, ram: 64 });
    }
  }
  const before = run.get(key);
  takeMatured(run, 'bob', 'iost', before as StateValue, 1_000n);
  addFrozen(run, 'bob', 'iost', { amount: 7n, unfreezeTime: 9_000n, ram: 0 });
  const arriving = { to: 'bob', token: 'iost', amount: 4n, unfreezeTime: 15n, payer: 'al' };
  applyCredit(owner, { kind: 'freeze', ...arriving }, BLOCK);
  bookEntry(owner, writtenEntry(key, run.get(key), before));
  const left = frozenItems(owner, 'bob', 'iost').map(({ amount }) => amount);
  assert.deepEqual(left, [4n, 3n, 7n]);
});

test('an account got new tokens on both sides', () => {
  const key = mapIndexKey('token.iost', 'TBbob');
  const learn = (run: StateOverlay) => run.put(key, { kind: 'string', value: '@a@b', payer: 'x' });
  const listed: StateValue = { kind: 'string', value: '@a', payer: 'x' };
  const owner = merged(key, [[key, listed]], learn, [payment]);
  assert.deepEqual(fieldsOf(owner.get(key)), ['a', 'iost', 'b']);
});

test("nobody writes another chain's gas", () => {
  const value: StateValue = { kind: 'bytes', value: new Uint8Array(32) };
  assert.throws(() => writtenEntry(gasKey('bob'), value, undefined), /not written/);
});
