/**
 * Keys of this chain that are locked for transactions of other chains, which have their values
 * (cross-shard.md, mechanism 3). No-wait: a request for a locked key is refused at once, so there is
 * never a circle of waiting. While a key is locked nothing here reads or writes it but credits, which
 * commute with what comes back (locked-writes.ts).
 *
 * BOUND: keys locked at a time; further requests are refused.
 */

import type { StateOverlay } from '../ledger/state-overlay.ts';
import { encodeStateValue, type StateValue } from '../ledger/state-value.ts';
import { bookEntry } from './locked-writes.ts';
import type { CarriedEntry } from './message.ts';

const LOCKS_KEY = 'x-locks';
const LOCKED_KEYS_MAX = 4096;

/** Locked key → id of the transaction, in hex. */
export type Locks = ReadonlyMap<string, string>;

const NONE: Locks = new Map();
/** Parsed once per stored value. */
const parsed = new WeakMap<StateValue, Locks>();

export function readLocks(state: StateOverlay): Locks {
  const stored = state.getOwned(LOCKS_KEY);
  if (stored?.kind !== 'json') return NONE;
  let locks = parsed.get(stored);
  if (locks === undefined) {
    locks = new Map(JSON.parse(stored.value) as readonly (readonly [string, string])[]);
    parsed.set(stored, locks);
  }
  return locks;
}

/** Locks all of the keys and answers their values; `undefined` and nothing done where one is taken. */
export function lockKeys(
  state: StateOverlay,
  hexId: string,
  keys: readonly string[],
): readonly CarriedEntry[] | undefined {
  const locks = new Map(readLocks(state));
  const isTaken = keys.some((key) => (locks.get(key) ?? hexId) !== hexId);
  if (isTaken || locks.size + keys.length > LOCKED_KEYS_MAX) return undefined;
  for (const key of keys) locks.set(key, hexId);
  state.begin();
  writeLocks(state, locks);
  state.commit();
  return keys.map((key) => {
    const value = state.get(key);
    return { key, value: value === undefined ? undefined : encodeStateValue(value) };
  });
}

/** Releases every key of the transaction and books what it wrote; answers the released keys. */
export function unlockKeys(
  state: StateOverlay,
  hexId: string,
  written: readonly CarriedEntry[],
): readonly string[] {
  const locks = new Map(readLocks(state));
  const released = [...locks].filter(([, holder]) => holder === hexId).map(([key]) => key);
  for (const key of released) locks.delete(key);
  state.begin();
  writeLocks(state, locks);
  for (const entry of written) bookEntry(state, entry);
  state.commit();
  return released;
}

function writeLocks(state: StateOverlay, locks: Locks): void {
  if (locks.size === 0) {
    state.delete(LOCKS_KEY);
    return;
  }
  const value: StateValue = {
    kind: 'json',
    value: JSON.stringify([...locks]),
    payer: 'system.iost',
  };
  parsed.set(value, locks);
  state.put(LOCKS_KEY, value);
}
