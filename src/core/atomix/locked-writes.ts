/**
 * What a run wrote to locked keys, on its way back to their owner. Credits commute and so are booked
 * while a key is locked; what they may have changed goes back as a difference, lest they be lost:
 * balances and used RAM as numbers, frozen amounts item by item. The list of an account's tokens only
 * grows. Somebody else's gas changes by credits alone. Anything else is as it is now.
 */

import { assert } from '../assert.ts';
import { amountOf } from '../ledger/balances.ts';
import { bookFrozenChange, frozenChange } from '../ledger/freezes.ts';
import { fieldsOf, withField } from '../ledger/map-index.ts';
import { usedRamKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { decodeStateValue, encodeStateValue, type StateValue } from '../ledger/state-value.ts';
import type { CarriedEntry } from './message.ts';

type Merge = 'sum' | 'frozen' | 'fields' | 'none';

const BALANCES = 'm-token.iost-TB';
const FREEZES = 'm-token.iost-TF';
const GAS = 'x-gas-';

function mergeOf(key: string): Merge {
  if (key.startsWith(usedRamKey(''))) return 'sum';
  if (key.startsWith(FREEZES)) return 'frozen';
  if (!key.startsWith(BALANCES)) return 'none';
  return key.indexOf('-', BALANCES.length) < 0 ? 'fields' : 'sum';
}

/** The entry that goes back for a changed key. */
export function writtenEntry(
  key: string,
  value: StateValue | undefined,
  before: StateValue | undefined,
): CarriedEntry {
  assert(!key.startsWith(GAS), 'gas of an account on another chain is not written');
  const sent = sentValue(mergeOf(key), value, before);
  return { key, value: sent === undefined ? undefined : encodeStateValue(sent) };
}

function sentValue(
  merge: Merge,
  value: StateValue | undefined,
  before: StateValue | undefined,
): StateValue | undefined {
  if (merge === 'frozen') return frozenChange(before, value);
  if (merge === 'sum' && value?.kind === 'int') {
    return { ...value, value: value.value - amountOf(before) };
  }
  return value;
}

/** Books an entry made by `writtenEntry`. */
export function bookEntry(state: StateOverlay, { key, value: bytes }: CarriedEntry): void {
  if (bytes === undefined) {
    state.delete(key);
    return;
  }
  const value = decodeStateValue(bytes);
  const current = state.get(key);
  switch (mergeOf(key)) {
    case 'sum':
      state.put(key, current?.kind === 'int' ? sumOf(current, value) : value);
      return;
    case 'frozen':
      bookFrozenChange(state, key, value);
      return;
    case 'fields':
      state.put(key, fieldsOf(value).reduce(withField, current ?? value));
      return;
    case 'none':
      state.put(key, value);
      return;
  }
}

function sumOf(current: StateValue & { readonly kind: 'int' }, change: StateValue): StateValue {
  return { ...current, value: current.value + amountOf(change) };
}
