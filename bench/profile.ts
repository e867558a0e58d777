/**
 * How long and how large a run is. `smoke` only shows that every benchmark still works; its numbers
 * mean nothing.
 */

export const PROFILE_NAMES = ['smoke', 'quick', 'full'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** Budget of one micro benchmark; both figures are minimums. */
export type Budget = {
  readonly timeMs: number;
  readonly iterations: number;
  /** 0 leaves the warm-up out. */
  readonly warmupMs: number;
};

/** Input sizes of micro benchmarks. */
export type MicroScale = {
  /** Calls inside one measured iteration of what takes less than a millisecond. */
  readonly calls: number;
  /** Signature checks in one iteration, per millisecond that the fastest library needs for them. */
  readonly verifications: number;
  readonly blockTransactions: number;
  readonly accounts: number;
  readonly treeLeaves: readonly number[];
};

export type MacroScale = {
  readonly sweep: readonly PipelineShape[];
  readonly contracts: readonly ContractShape[];
  /** Repetitions of the closed loop; the median counts. */
  readonly repetitions: number;
  /** What a repetition should take; the number of transactions follows from the warm-up's rate. */
  readonly secondsPerRepetition: number;
  /**
   * Enough that what follows is a node that has been running and not one that is being compiled: in a
   * young process the compiler takes up to a tenth of the processors.
   */
  readonly warmupTransactions: number;
  readonly openLoopSeconds: number;
  /** Transactions sent and not yet committed in the closed loop over the WebSocket. */
  readonly window: number;
  readonly httpConnections: number;
};

/** Share: of the callers who live on another shard than the contract. */
export type ContractShape = {
  readonly workload: 'contractTransfer' | 'contractDeposit' | 'contractCall' | 'contractCallHot';
  readonly crossShardShare: number;
};

export type PipelineShape = { readonly shards: number; readonly crossShardShare: number };

export type Profile = {
  readonly name: ProfileName;
  readonly budget: Budget;
  readonly micro: MicroScale;
  readonly macro: MacroScale;
  /** Length of one measurement of the raw signature rate. */
  readonly rawVerifyMs: number;
};

const SHARDS = [1, 2, 4] as const;
const SHARES = [0, 0.5, 1] as const;
const CONTRACTS: readonly ContractShape[] = [
  { workload: 'contractTransfer', crossShardShare: 0.5 },
  { workload: 'contractDeposit', crossShardShare: 0 },
  { workload: 'contractDeposit', crossShardShare: 0.5 },
  { workload: 'contractDeposit', crossShardShare: 1 },
  { workload: 'contractCall', crossShardShare: 1 },
  { workload: 'contractCallHot', crossShardShare: 1 },
];
const WINDOW = 12_000;
const HTTP_CONNECTIONS = 64;

const MICRO: MicroScale = {
  calls: 1000,
  verifications: 16,
  blockTransactions: 2000,
  accounts: 2000,
  treeLeaves: [30_000, 300_000],
};

const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  smoke: {
    name: 'smoke',
    budget: { timeMs: 0, iterations: 1, warmupMs: 0 },
    micro: { calls: 8, verifications: 1, blockTransactions: 20, accounts: 50, treeLeaves: [300] },
    macro: {
      sweep: [{ shards: 2, crossShardShare: 0.5 }],
      contracts: CONTRACTS.slice(0, 1),
      repetitions: 1,
      secondsPerRepetition: 0.2,
      warmupTransactions: 300,
      openLoopSeconds: 0.5,
      window: 200,
      httpConnections: 8,
    },
    rawVerifyMs: 20,
  },
  quick: {
    name: 'quick',
    budget: { timeMs: 250, iterations: 5, warmupMs: 100 },
    micro: MICRO,
    macro: {
      sweep: shapesOf(SHARDS),
      contracts: CONTRACTS,
      repetitions: 3,
      secondsPerRepetition: 3,
      warmupTransactions: 120_000,
      openLoopSeconds: 3,
      window: WINDOW,
      httpConnections: HTTP_CONNECTIONS,
    },
    rawVerifyMs: 700,
  },
  full: {
    name: 'full',
    budget: { timeMs: 1000, iterations: 20, warmupMs: 300 },
    micro: MICRO,
    macro: {
      sweep: shapesOf(SHARDS),
      contracts: CONTRACTS,
      repetitions: 3,
      secondsPerRepetition: 8,
      warmupTransactions: 160_000,
      openLoopSeconds: 12,
      window: WINDOW,
      httpConnections: HTTP_CONNECTIONS,
    },
    rawVerifyMs: 2000,
  },
};

/** The profile, swept over `shards` only if given. */
export function profileOf(name: ProfileName, shards?: number): Profile {
  const profile = PROFILES[name];
  if (shards === undefined) return profile;
  const sweep = name === 'smoke' ? shapesOf([shards]).slice(-1) : shapesOf([shards]);
  return { ...profile, macro: { ...profile.macro, sweep } };
}

/** One shard has nobody to send anything to. */
function shapesOf(shardCounts: readonly number[]): readonly PipelineShape[] {
  return shardCounts.flatMap((shards) =>
    (shards === 1 ? [0] : SHARES).map((crossShardShare) => ({ shards, crossShardShare })),
  );
}
