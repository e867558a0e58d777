/** Keys of the records a chain keeps about itself, all under the state root. */

import type { ChannelCursors } from '../atomix/channel.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';

/** Next number this chain gives to a message for `destination`. */
export const outboxKey = (destination: number): string => `x-outbox-${destination}`;
/** Next number this chain expects from `source`. */
export const inboxKey = (source: number): string => `x-inbox-${source}`;
/** Root only: newest crosslinked height of `chain`. */
export const crosslinkKey = (chain: number): string => `x-crosslink-${chain}`;
/** Root only: next number that `chain` expected from `source` at its newest crosslinked block. */
export const cursorKey = (chain: number, source: number): string => `x-cursor-${chain}-${source}`;
/** Shards only: newest epoch of the root chain whose committee is known. */
export const ROOT_EPOCH_KEY = 'x-root-epoch';

export function readCounter(state: StateReader, key: string): number {
  const value = state.get(key);
  return value?.kind === 'int' ? Number(value.value) : 0;
}

export function writeCounter(state: StateOverlay, key: string, value: number): void {
  state.put(key, { kind: 'int', value: BigInt(value), payer: 'system.iost' });
}

/** The same as a change of its own, outside of transactions. */
export function storeCounter(state: StateOverlay, key: string, value: number): void {
  state.begin();
  writeCounter(state, key, value);
  state.commit();
}

/** The content of the `inboxRoot`: what is expected next from whom, where anything came at all. */
export function inboxCursors(state: StateReader, peers: readonly number[]): ChannelCursors {
  return peers
    .map((chain) => [chain, readCounter(state, inboxKey(chain))] as const)
    .filter(([, nextSeq]) => nextSeq > 0);
}
