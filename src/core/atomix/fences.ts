/**
 * Accounts for which nothing new is reserved for a while, because a transaction waits for the
 * reservations that they have to be settled: an account that always has one open would else keep it
 * waiting until it expires. A fence ends when its transaction has got what it waits for, or some blocks
 * after it has last asked.
 *
 * BOUND: fences at a time; who comes later waits without one.
 */

import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { StateValue } from '../ledger/state-value.ts';

const FENCES_KEY = 'x-fences';
const FENCES_MAX = 256;
/** Longer than it takes to ask again. */
const FENCE_BLOCKS = 16;

/** `id`: hash of the transaction that waits, in hex. */
type Fence = readonly [account: string, id: string, untilHeight: number];

const NONE: readonly Fence[] = [];
/** Parsed once per stored value. */
const parsed = new WeakMap<StateValue, readonly Fence[]>();

/** Whether another transaction than this one has a fence around the account. */
export function isFenced(state: StateOverlay, account: string, id: string): boolean {
  return readFences(state).some(([fenced, holder]) => fenced === account && holder !== id);
}

export function putFence(state: StateOverlay, account: string, id: string, height: number): void {
  const others = readFences(state).filter(
    ([fenced, holder]) => fenced !== account || holder !== id,
  );
  if (others.length >= FENCES_MAX) return;
  writeFences(state, [...others, [account, id, height + FENCE_BLOCKS]]);
}

/** Ends the fences of a transaction; answers the accounts. */
export function endFences(state: StateOverlay, id: string): readonly string[] {
  return keepFences(state, ([, holder]) => holder !== id);
}

/** Ends those whose time is over in the block of this height; answers the accounts. */
export function expireFences(state: StateOverlay, height: number): readonly string[] {
  return keepFences(state, ([, , until]) => until >= height);
}

function keepFences(state: StateOverlay, isKept: (fence: Fence) => boolean): readonly string[] {
  const fences = readFences(state);
  const kept = fences.filter(isKept);
  if (kept.length === fences.length) return [];
  writeFences(state, kept);
  return fences.filter((fence) => !isKept(fence)).map(([account]) => account);
}

function readFences(state: StateOverlay): readonly Fence[] {
  const stored = state.getOwned(FENCES_KEY);
  if (stored?.kind !== 'json') return NONE;
  let fences = parsed.get(stored);
  if (fences === undefined) {
    fences = JSON.parse(stored.value) as readonly Fence[];
    parsed.set(stored, fences);
  }
  return fences;
}

function writeFences(state: StateOverlay, fences: readonly Fence[]): void {
  state.begin();
  if (fences.length === 0) state.delete(FENCES_KEY);
  else state.put(FENCES_KEY, { kind: 'json', value: JSON.stringify(fences), payer: 'system.iost' });
  state.commit();
}
