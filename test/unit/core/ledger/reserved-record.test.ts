import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ReservedEntry,
  readReserved,
  reservedGas,
  reservedKey,
  reservedOf,
  reservedToken,
  writeReserved,
} from '#core/ledger/reserved-record.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { decodeStateValue, encodeStateValue, type StateValue } from '#core/ledger/state-value.ts';

const ENTRIES: readonly ReservedEntry[] = [
  { id: 'a', since: 9n, gas: 3n, tokens: new Map([['iost', 2n ** 62n]]), share: 'slice' as const },
  {
    id: 'b',
    since: 8n,
    gas: 4n,
    tokens: new Map([
      ['iost', 1n],
      ['ram', 2n],
    ]),
    share: 'slice' as const,
  },
];

test('reservations come back as they were written, and none leave nothing', () => {
  const state = new StateOverlay({ get: () => undefined }, { self: 0, chainOf: () => 0 });
  state.begin();
  writeReserved(state, 'user_0', ENTRIES);
  assert.deepEqual(readReserved(state, 'user_0'), ENTRIES);
  assert.equal(reservedToken(ENTRIES, 'iost'), 2n ** 62n + 1n);
  assert.equal(reservedToken(ENTRIES, 'ram'), 2n);
  assert.equal(reservedGas(ENTRIES), 7n);
  const stored = encodeStateValue(state.get(reservedKey('user_0')) as StateValue);
  assert.deepEqual(reservedOf(decodeStateValue(stored)), ENTRIES);
  writeReserved(state, 'user_0', []);
  assert.equal(state.has(reservedKey('user_0')), false);
  assert.deepEqual(readReserved(state, 'user_0'), []);
});
