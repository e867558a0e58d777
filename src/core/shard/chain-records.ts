/** Keys of the records a chain keeps about itself, all under the state root. */

import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { StateReader } from '../ledger/ports.ts';

/** Next number this chain gives to a message for `destination`. */
export const outboxKey = (destination: number): string => `x-outbox-${destination}`;
/** Next number this chain expects from `source`. */
export const inboxKey = (source: number): string => `x-inbox-${source}`;
/** Root only: newest crosslinked height of `chain`. */
export const crosslinkKey = (chain: number): string => `x-crosslink-${chain}`;
/** Root only: next number that `chain` expected from `source` at its newest crosslinked block. */
export const cursorKey = (chain: number, source: number): string => `x-cursor-${chain}-${source}`;
/** A transaction that arrived from its entry shard and waits for a fact. */
export const waitingKey = (id: string): string => `x-waiting-${id}`;
/** Ids of the transactions that wait for a fact. */
export const waitersKey = (fact: string): string => `x-waiters-${fact}`;

export function readCounter(state: StateReader, key: string): number {
  const value = state.get(key);
  return value?.kind === 'int' ? Number(value.value) : 0;
}

export function writeCounter(state: StateOverlay, key: string, value: number): void {
  state.put(key, { kind: 'int', value: BigInt(value), payer: 'system.iost' });
}
