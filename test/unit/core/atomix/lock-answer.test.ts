/**
 * Goal: nobody gets a balance that reservations hide; the older waits behind a fence, the younger gives
 * way, and the publisher sees what he reserved.
 * Method: an account with reservations, asked for by transactions of other times.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expireFences, isFenced } from '#core/atomix/fences.ts';
import { answerLock } from '#core/atomix/lock-answer.ts';
import { LockTable } from '#core/atomix/lock-table.ts';
import { HOLDS_NOTHING } from '#core/atomix/precedence.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { writeReserved } from '#core/ledger/reserved-record.ts';
import { accountKey, balanceKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { decodeStateValue, type StateValue } from '#core/ledger/state-value.ts';
import { LOCAL_PLACEMENT } from '#test/support/ledger-simulator.ts';

const BLOCK = { number: 7, parentHash: new Uint8Array(32), witness: '', time: 1n, chainId: 0 };
const KEY = balanceKey('alice', 'iost');
const idOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** alice has 100 left; each entry [id, time] has reserved 30 more. */
function withReservations(...entries: readonly (readonly [number, bigint])[]): StateOverlay {
  const base = new Map<string, StateValue>([[KEY, { kind: 'int', value: 100n, payer: '' }]]);
  const state = new StateOverlay(base, LOCAL_PLACEMENT);
  state.begin();
  const tokens = new Map([['iost', 30n]]);
  writeReserved(
    state,
    'alice',
    entries.map(([id, since]) => ({ id: hexOf(idOf(id)), since, gas: 0n, tokens, share: 'slice' })),
  );
  state.commit();
  return state;
}

function ask(
  state: StateOverlay,
  id: number,
  since: bigint,
  keys = [KEY],
  locks = new LockTable(state, () => false),
) {
  const request = { kind: 'lock', id: idOf(id), since, keys, exclusive: false } as const;
  return answerLock(state, locks, request, BLOCK);
}

function amountIn(answer: ReturnType<typeof ask>): bigint | undefined {
  assert.ok(answer.kind === 'granted');
  const value = decodeStateValue(answer.entries[0]?.value as Uint8Array);
  return value.kind === 'int' ? value.value : undefined;
}

test('without reservations a balance is what is there, and nobody else gets it', () => {
  const state = withReservations();
  const locks = new LockTable(state, () => false);
  assert.equal(amountIn(ask(state, 1, 10n, [KEY], locks)), 100n);
  assert.deepEqual(ask(state, 2, 5n, [KEY], locks), { kind: 'refused', why: 'locked' });
  locks.unlock(hexOf(idOf(1)), []);
  assert.equal(amountIn(ask(state, 2, 5n, [KEY], locks)), 100n);
});

test('the older waits behind a fence, the younger gives way without one', () => {
  const state = withReservations([5, 20n]);
  assert.deepEqual(ask(state, 1, 30n), { kind: 'refused', why: 'yield' });
  assert.equal(isFenced(state, 'alice', 'somebody'), false);
  assert.deepEqual(ask(state, 1, 10n), { kind: 'refused', why: 'reserved' });
  assert.equal(isFenced(state, 'alice', 'somebody'), true);
  assert.equal(isFenced(state, 'alice', hexOf(idOf(1))), false, 'not for itself');
});

test('of the same time the lower hash is the older, and one is older than all or gives way', () => {
  const state = withReservations([5, 20n], [8, 10n]);
  assert.deepEqual(ask(state, 4, 20n), { kind: 'refused', why: 'yield' });
  assert.deepEqual(ask(state, 9, 10n), { kind: 'refused', why: 'yield' });
  assert.deepEqual(ask(state, 4, 10n), { kind: 'refused', why: 'reserved' });
});

test('who holds nothing may always wait', () => {
  const state = withReservations([5, 20n]);
  assert.deepEqual(ask(state, 9, HOLDS_NOTHING), { kind: 'refused', why: 'reserved' });
});

test('the publisher gets what it reserved with what is left, unless others are open', () => {
  assert.equal(amountIn(ask(withReservations([5, 20n]), 5, 20n)), 130n);
  const both = withReservations([5, 20n], [6, 30n]);
  assert.deepEqual(ask(both, 5, 20n), { kind: 'refused', why: 'reserved' });
  assert.deepEqual(ask(both, 6, 30n), { kind: 'refused', why: 'yield' });
});

test('what reservations do not hide can be locked meanwhile', () => {
  const state = withReservations([5, 20n]);
  assert.equal(ask(state, 1, 30n, [accountKey('alice')]).kind, 'granted');
});

test('RAM can be taken from meanwhile, and is exact for who asks for it alone', () => {
  const state = withReservations([5, 20n]);
  const ram = [balanceKey('alice', 'ram')];
  assert.equal(ask(state, 1, 30n, ram).kind, 'granted');
  const request = { kind: 'lock', id: idOf(1), since: 30n, keys: ram, exclusive: true } as const;
  const locks = new LockTable(state, () => false);
  assert.deepEqual(answerLock(state, locks, request, BLOCK), { kind: 'refused', why: 'yield' });
});

test('a fence ends with its lock, or when its transaction asks no more', () => {
  const state = withReservations([5, 20n]);
  ask(state, 1, 10n);
  state.begin();
  writeReserved(state, 'alice', []);
  state.commit();
  const answer = ask(state, 1, 10n);
  assert.ok(answer.kind === 'granted');
  assert.deepEqual(answer.unfenced, ['alice']);
  const abandoned = withReservations([5, 20n]);
  ask(abandoned, 1, 10n);
  assert.deepEqual(expireFences(abandoned, BLOCK.number + 16), []);
  assert.deepEqual(expireFences(abandoned, BLOCK.number + 17), ['alice']);
  assert.equal(isFenced(abandoned, 'alice', 'somebody'), false);
});
