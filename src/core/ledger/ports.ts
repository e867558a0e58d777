/** What the ledger needs from outside: stored state, and where the rest of the state lives. */

import type { StateValue } from './state-value.ts';

/** Committed state of one chain. Synchronous: it is memory or a memory map. */
export interface StateReader {
  get(key: string): StateValue | undefined;
}

/** Number of the root chain among the chains; shards are 0 … S − 1. */
export const ROOT_CHAIN = 255;

/** Keys that a transaction may not use as it likes, for they are with transactions of other chains. */
export interface KeyLocks {
  /** It can be neither read nor written. */
  isHeld(key: string): boolean;
  /** It can be read and not written. */
  isFixed(key: string): boolean;
}

/** Which chain holds a key, seen from the chain `self`. */
export interface Placement {
  readonly self: number;
  /** The chain that holds `key`; `self` for keys every chain has. */
  chainOf(key: string): number;
}

/** The block a transaction runs in, as contracts see it. */
export type BlockContext = {
  /** Height; 0 is genesis, where authority is not asked for. */
  readonly number: number;
  readonly parentHash: Uint8Array;
  /** Base58 public key of the proposer. */
  readonly witness: string;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly chainId: number;
};
