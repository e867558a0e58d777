/**
 * How long evidence is good for (protocol.md §13): as long as withdrawn stake would be within reach,
 * counted from the end of the epoch that it is about. The root chain notes when epochs end, its own
 * and, by their crosslinks, those of shards, and forgets them when their time is over.
 */

import type { StateReader } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';

/** BOUND: ended epochs of one chain that are remembered; beyond it the oldest expires early. */
const KEPT = 4096;
const NS_PER_SECOND = 1_000_000_000n;

const endKey = (chain: number, epoch: number): string => `x-epoch-end-${chain}-${epoch}`;
const oldestKey = (chain: number): string => `x-epoch-oldest-${chain}`;

/** Evidence about this epoch of the chain comes too late. */
export function isExpired(state: StateReader, chain: number, epoch: number): boolean {
  return epoch < oldestEpoch(state, chain);
}

/** The epoch ended, as far as the root chain knows, in the block of this time. In order of epochs. */
export function noteEpochEnd(
  state: StateOverlay,
  chain: number,
  epoch: number,
  timeNs: bigint,
): void {
  state.put(endKey(chain, epoch), { kind: 'int', value: timeNs, payer: 'system.iost' });
}

/** Forgets epochs of the chain that ended longer than `seconds` before `nowNs`. */
export function expireEpochs(
  state: StateOverlay,
  chain: number,
  nowNs: bigint,
  seconds: number,
): void {
  const before = oldestEpoch(state, chain);
  const deadline = nowNs - BigInt(seconds) * NS_PER_SECOND;
  let oldest = before;
  for (;;) {
    const end = integerAt(state, endKey(chain, oldest));
    const isCrowded = integerAt(state, endKey(chain, oldest + KEPT)) !== undefined;
    if (end === undefined || (end >= deadline && !isCrowded)) break;
    state.delete(endKey(chain, oldest));
    oldest += 1;
  }
  if (oldest === before) return;
  const value = { kind: 'int', value: BigInt(oldest), payer: 'system.iost' } as const;
  state.put(oldestKey(chain), value);
}

function oldestEpoch(state: StateReader, chain: number): number {
  return Number(integerAt(state, oldestKey(chain)) ?? 0n);
}

function integerAt(state: StateReader, key: string): bigint | undefined {
  const value = state.get(key);
  return value?.kind === 'int' ? value.value : undefined;
}
