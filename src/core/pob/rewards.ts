/**
 * What a period pays out (protocol.md §12.3): the pool is released evenly, split into a part for
 * blocks, one for votes and one for contribution, and distributed among nodes. Of what votes and
 * contribution earn half goes to the voters of the node, by an accumulator per vote, so that the cost
 * does not depend on how many voters there are. Everything rounds down; what rounding leaves is paid
 * in the next period. All amounts are in the smallest unit of the token.
 */

import { assert } from '../assert.ts';
import { BASIS_POINTS } from './policy.ts';

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

const UNITS_PER_IOST = 100_000_000n;
/** 52,560 periods of ten minutes a year. */
export const DEFAULT_REWARDS: RewardPolicy = {
  split: 's1-25-50-25',
  pool: 840_000_000n * UNITS_PER_IOST,
  periods: 2n * 52_560n,
  voterShareBps: 5000n,
};

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

/** What one vote for a node has earned so far, times 10¹⁸. */
export type VoterPool = {
  readonly perVote: bigint;
  /** Times 10¹⁸: what did not make a whole step per vote yet. */
  readonly remainder: bigint;
};

export const EMPTY_POOL: VoterPool = { perVote: 0n, remainder: 0n };
const SCALE = 10n ** 18n;

/** Adds a reward that `votes` votes share; they are more than none. */
export function addToPool(pool: VoterPool, amount: bigint, votes: bigint): VoterPool {
  assert(votes > 0n, 'a reward of voters has voters');
  const scaled = amount * SCALE + pool.remainder;
  return { perVote: pool.perVote + scaled / votes, remainder: scaled % votes };
}

/** A voter's part of one node's pool. */
export type VoterShare = {
  readonly votes: bigint;
  /** `perVote` up to which it is settled. */
  readonly settledAt: bigint;
  /** Times 10¹⁸: earned and not paid, fractions included. */
  readonly earned: bigint;
};

export const NO_SHARE: VoterShare = { votes: 0n, settledAt: 0n, earned: 0n };

/** The share with `votes` from now on, settled for what it had until now. */
export function changeVotes(share: VoterShare, pool: VoterPool, votes: bigint): VoterShare {
  assert(votes >= 0n, 'nobody has less than no votes');
  const earned = share.earned + share.votes * (pool.perVote - share.settledAt);
  return { votes, settledAt: pool.perVote, earned };
}

/** Pays whole units; the fraction stays in the share. */
export function withdraw(
  share: VoterShare,
  pool: VoterPool,
): { readonly share: VoterShare; readonly paid: bigint } {
  const settled = changeVotes(share, pool, share.votes);
  const paid = settled.earned / SCALE;
  return { share: { ...settled, earned: settled.earned - paid * SCALE }, paid };
}

function proportion(amount: bigint, part: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : (amount * part) / whole;
}
