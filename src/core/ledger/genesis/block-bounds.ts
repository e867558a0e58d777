/**
 * How much fits into one block of any chain. Voters hold proposers to it, so it has to be the same for
 * all of them: it is part of the genesis.
 */

import { TRANSACTION_BYTES_MAX } from '../../chain/transaction.ts';

/** What a genesis file may say of it. */
export type GenesisBlockBounds = {
  /** Encoded transactions of one block. */
  readonly bytesMax?: number | undefined;
  /** Gas of one block, ratio included. */
  readonly gasMax?: number | undefined;
};

export type BlockBounds = {
  readonly bytesMax: number;
  /** Hundredths of gas. */
  readonly gasMax: bigint;
};

const HUNDREDTHS_PER_GAS = 100n;
const DEFAULTS = { bytesMax: 4 * 2 ** 20, gasMax: 400_000_000 };

/** Smallest and largest value of each; a block holds at least the largest transaction. */
export const BLOCK_BOUNDS_RANGES = {
  bytesMax: [2 * TRANSACTION_BYTES_MAX, 64 * 2 ** 20],
  gasMax: [4_000_000, 10 ** 12],
} as const;

export function blockBoundsOf(genesis: GenesisBlockBounds = {}): BlockBounds {
  const { bytesMax = DEFAULTS.bytesMax, gasMax = DEFAULTS.gasMax } = genesis;
  return { bytesMax, gasMax: BigInt(gasMax) * HUNDREDTHS_PER_GAS };
}
