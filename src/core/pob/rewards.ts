/**
 * What a period pays out (protocol.md §12.3): the pool is released evenly, split into a part for
 * blocks, one for votes and one for contribution, and distributed among nodes. Of what votes and
 * contribution earn half goes to the voters of the node. Everything rounds down; what rounding leaves,
 * and a part that nobody has earned, is paid in the next period. All amounts are in the smallest unit
 * of the token.
 */

import { assert } from '../assert.ts';
import { BASIS_POINTS } from './basis-points.ts';

/** The two published splits (S1 and S4), in basis points. */
export const REWARD_SPLITS = {
  's1-25-50-25': { blocks: 2500n, votes: 5000n, contribution: 2500n },
  's4-25-25-50': { blocks: 2500n, votes: 2500n, contribution: 5000n },
} as const;

export type RewardSplit = keyof typeof REWARD_SPLITS;

export type RewardPolicy = {
  readonly split: RewardSplit;
  /** Released in all. */
  readonly pool: bigint;
  /** Periods over which the pool is released. */
  readonly periods: bigint;
  /** Share of the voters in what votes and contribution earn. */
  readonly voterShareBps: bigint;
};

/** What a genesis file may say of it. */
export type GenesisRewards = {
  readonly split?: RewardSplit | undefined;
  /** Whole IOST, issued at genesis and set aside. */
  readonly pool: number;
  readonly periods?: number | undefined;
};

const UNITS_PER_IOST = 100_000_000n;
/** 52,560 periods of ten minutes a year. */
const PERIODS = 2 * 52_560;
const VOTER_SHARE_BPS = 5000n;

export function rewardsOf({ split = 's1-25-50-25', pool, periods }: GenesisRewards): RewardPolicy {
  return {
    split,
    pool: BigInt(pool) * UNITS_PER_IOST,
    periods: BigInt(periods ?? PERIODS),
    voterShareBps: VOTER_SHARE_BPS,
  };
}

/** What a node earned its reward with in the period. */
export type NodeWork = {
  readonly account: string;
  /** Final blocks times their weight. */
  readonly blocks: bigint;
  /** Votes at the start of the period; 0 below the threshold of candidacy. */
  readonly votes: bigint;
  readonly contribution: bigint;
};

export type NodeReward = {
  readonly account: string;
  /** For the node itself. */
  readonly own: bigint;
  /** For those who voted for it. */
  readonly voters: bigint;
};

export type Payout = { readonly rewards: readonly NodeReward[]; readonly dust: bigint };

/** The part of the pool that `period` (from 0) releases. All periods together release the pool. */
export function releasedIn(period: bigint, { pool, periods }: RewardPolicy): bigint {
  if (period < 0n || period >= periods) return 0n;
  return (pool * (period + 1n)) / periods - (pool * period) / periods;
}

/** Distributes `released` and the dust of the period before; nothing is lost or made. */
export function distribute(
  released: bigint,
  dustBefore: bigint,
  nodes: readonly NodeWork[],
  policy: Pick<RewardPolicy, 'split' | 'voterShareBps'>,
): Payout {
  const amount = released + dustBefore;
  const split = REWARD_SPLITS[policy.split];
  const part = (bps: bigint): bigint => (amount * bps) / BASIS_POINTS;
  const total = (of: (node: NodeWork) => bigint): bigint =>
    nodes.reduce((sum, node) => sum + of(node), 0n);
  const blocks = total((node) => node.blocks);
  const votes = total((node) => node.votes);
  const contribution = total((node) => node.contribution);
  let dust = amount;
  const rewards = nodes.map((node) => {
    const forBlocks = proportion(part(split.blocks), node.blocks, blocks);
    const shared =
      proportion(part(split.votes), node.votes, votes) +
      proportion(part(split.contribution), node.contribution, contribution);
    // Nobody may vote for a node whose contribution is rewarded all the same.
    const voters = node.votes === 0n ? 0n : (shared * policy.voterShareBps) / BASIS_POINTS;
    dust -= forBlocks + shared;
    return { account: node.account, own: forBlocks + shared - voters, voters };
  });
  assert(dust >= 0n, 'rounding down leaves something over or nothing');
  return { rewards, dust };
}

function proportion(amount: bigint, part: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : (amount * part) / whole;
}
