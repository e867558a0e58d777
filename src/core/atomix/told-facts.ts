/**
 * What a chain has been told about others (cross-shard.md, mechanism 1). A yes holds for ever and is
 * kept; a no counts for a few blocks and is forgotten after them, or anybody could fill the state with
 * the names of accounts that do not exist.
 */

import { type FactAnswer, factValue, NEGATIVE_FACT_BLOCKS } from '../ledger/facts.ts';
import { factKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';

/** Facts that were denied: list of [height, fact], oldest first. */
const DENIED_KEY = 'x-denied';

type Denied = readonly [height: number, fact: string];

export function learnFact(
  state: StateOverlay,
  fact: string,
  answer: FactAnswer,
  height: number,
): void {
  state.begin();
  state.put(factKey(fact), factValue(answer, height));
  if (!answer.yes) writeDenied(state, [...readDenied(state), [height, fact]]);
  state.commit();
}

/** Forgets every no that does not count any more in the block of this height. */
export function forgetDenied(state: StateOverlay, height: number): void {
  const denied = readDenied(state);
  const isOver = ([at]: Denied): boolean => height - at > NEGATIVE_FACT_BLOCKS;
  if (!denied.some(isOver)) return;
  state.begin();
  const kept = denied.filter((entry) => !isOver(entry));
  const stillDenied = new Set(kept.map(([, fact]) => fact));
  for (const [, fact] of denied.filter(isOver)) {
    if (!stillDenied.has(fact) && isDenial(state, fact)) state.delete(factKey(fact));
  }
  writeDenied(state, kept);
  state.commit();
}

/** A fact may have come true since. */
function isDenial(state: StateOverlay, fact: string): boolean {
  const told = state.getOwned(factKey(fact));
  return told?.kind === 'json' && told.value.startsWith('{"yes":false');
}

function readDenied(state: StateOverlay): readonly Denied[] {
  const stored = state.getOwned(DENIED_KEY);
  return stored?.kind === 'json' ? (JSON.parse(stored.value) as readonly Denied[]) : [];
}

function writeDenied(state: StateOverlay, denied: readonly Denied[]): void {
  if (denied.length === 0) state.delete(DENIED_KEY);
  else {
    const value = JSON.stringify(denied);
    state.put(DENIED_KEY, { kind: 'json', value, payer: 'system.iost' });
  }
}
