/**
 * The rules of a network's Proof-of-Believability that its founders choose (protocol.md §16): part of
 * the genesis, the same on every node. Where the articles contradict each other both readings are
 * here (protocol.md §12.2).
 */

import { type GenesisRewards, type RewardPolicy, rewardsOf } from './rewards.ts';

/** Fewer members cannot bear a single faulty one. */
export const COMMITTEE_MIN = 4;

export type CandidacyRule = {
  /**
   * `bps`: more votes than so many basis points of the votable supply; `fixed`: at least so many
   * votes; `max`: both.
   */
  readonly mode: 'bps' | 'fixed' | 'max';
  readonly bps: bigint;
  /** In the units of votes. */
  readonly fixed: bigint;
};

/** Who of a committee loses candidacy: `zeroInPeriod` without any block, `anyMiss` with a turn missed. */
export type MissRule = 'zeroInPeriod' | 'anyMiss';

/** What the elected pay: the Servi of the K-th (the worked example), or all they have. */
export type BurnRule = 'kth' | 'clear';

export type PobPolicy = {
  /** K. */
  readonly committeeSize: number;
  /** Root blocks of one period, closing block included. */
  readonly periodBlocks: number;
  /** Blocks of a shard after which its group starts its views again. */
  readonly shardEpochBlocks: number;
  readonly candidacy: CandidacyRule;
  /** A candidate has to be heard of once in so many consecutive periods. */
  readonly heartbeatPeriods: number;
  /** How long candidacy is barred after it was lost, in seconds. */
  readonly coolingSeconds: number;
  readonly missRule: MissRule;
  readonly burnRule: BurnRule;
  /** Servi is at most so many times all votes cast. */
  readonly serviCapFactor: bigint;
  /** How long stake stays within reach of evidence after it was withdrawn, in seconds. */
  readonly unbondingSeconds: number;
  /** What periods pay out beside the bonuses of the reference's contracts; absent: nothing. */
  readonly rewards?: RewardPolicy | undefined;
};

/** 1 IOST is 10⁸ votes. */
const VOTES_PER_IOST = 100_000_000n;
const WEEK_SECONDS = 604_800;

/** What a genesis file may say of it; the rest is as published. Votes are whole IOST there. */
export type GenesisPolicy = {
  readonly committeeSize?: number | undefined;
  readonly periodBlocks?: number | undefined;
  readonly shardEpochBlocks?: number | undefined;
  readonly candidacyMode?: CandidacyRule['mode'] | undefined;
  readonly candidacyBps?: number | undefined;
  readonly candidacyVotes?: number | undefined;
  readonly heartbeatPeriods?: number | undefined;
  readonly coolingSeconds?: number | undefined;
  readonly missRule?: MissRule | undefined;
  readonly burnRule?: BurnRule | undefined;
  readonly serviCapFactor?: number | undefined;
  readonly unbondingSeconds?: number | undefined;
  readonly rewards?: GenesisRewards | undefined;
};

export const DEFAULT_POLICY: PobPolicy = {
  committeeSize: 17,
  periodBlocks: 1200,
  shardEpochBlocks: 7200,
  candidacy: { mode: 'bps', bps: 2n, fixed: 2_100_000n * VOTES_PER_IOST },
  heartbeatPeriods: 6,
  coolingSeconds: WEEK_SECONDS,
  missRule: 'zeroInPeriod',
  burnRule: 'kth',
  serviCapFactor: 10n,
  unbondingSeconds: WEEK_SECONDS,
};

export function policyOf(genesis: GenesisPolicy = {}): PobPolicy {
  const published = DEFAULT_POLICY;
  const { mode, bps, fixed } = published.candidacy;
  return {
    committeeSize: genesis.committeeSize ?? published.committeeSize,
    periodBlocks: genesis.periodBlocks ?? published.periodBlocks,
    shardEpochBlocks: genesis.shardEpochBlocks ?? published.shardEpochBlocks,
    candidacy: {
      mode: genesis.candidacyMode ?? mode,
      bps: BigInt(genesis.candidacyBps ?? bps),
      fixed: BigInt(genesis.candidacyVotes ?? fixed / VOTES_PER_IOST) * VOTES_PER_IOST,
    },
    heartbeatPeriods: genesis.heartbeatPeriods ?? published.heartbeatPeriods,
    coolingSeconds: genesis.coolingSeconds ?? published.coolingSeconds,
    missRule: genesis.missRule ?? published.missRule,
    burnRule: genesis.burnRule ?? published.burnRule,
    serviCapFactor: BigInt(genesis.serviCapFactor ?? published.serviCapFactor),
    unbondingSeconds: genesis.unbondingSeconds ?? published.unbondingSeconds,
    ...(genesis.rewards === undefined ? {} : { rewards: rewardsOf(genesis.rewards) }),
  };
}
