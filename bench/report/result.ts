/**
 * The result file, one JSON per run. Rates are per second; the unit of every other number is in its
 * name. Nothing in it names the machine's owner: no host name, no path.
 */

import type { ProfileName } from '../profile.ts';

export const SCHEMA = 'iost-bench/1';

export type MicroResult = {
  readonly kind: 'micro';
  readonly name: string;
  /** What is counted, such as `record` or `transaction`. */
  readonly unit: string;
  /** From the median iteration. */
  readonly perSecond: number;
  /** Per unit, of the iterations' means. */
  readonly nanoseconds: { readonly p50: number; readonly mean: number; readonly p99: number };
  /** Half width of the 95 % confidence interval of the mean, as a share of it. */
  readonly relativeError: number;
  readonly samples: number;
};

/** Signature checks by the verifier's pool on all cores, measured before and after every macro run. */
export type RawVerifyResult = {
  readonly kind: 'rawVerify';
  readonly name: string;
  readonly threads: number;
  readonly library: string;
  readonly perSecond: number;
  readonly samples: readonly number[];
};

export type Workload =
  | 'transfer'
  | 'httpSendTx'
  | 'network'
  | 'contractTransfer'
  | 'contractDeposit'
  | 'contractCall'
  | 'contractCallHot';

export type Repetition = {
  readonly committedTps: number;
  readonly committed: number;
  readonly rejected: number;
  readonly seconds: number;
};

export type LatencyMs = { readonly p50: number; readonly p99: number; readonly max: number };

export type MacroResult = {
  readonly kind: 'macro';
  readonly name: string;
  readonly workload: Workload;
  readonly shards: number;
  readonly crossShardShare: number;
  /** Processes that agree on every block. */
  readonly validators: number;
  /** Median of the repetitions. */
  readonly committedTps: number;
  readonly repetitions: readonly Repetition[];
  /** Mean of the raw signature rates just before and just after. */
  readonly rawVerifyNearby: number;
  readonly pairedRatioToVerify: number;
  readonly openLoop: {
    readonly offeredTps: number;
    readonly committedTps: number;
    /** From the intended time of sending to the flushed block. */
    readonly latencyMs: LatencyMs;
    /** How late the generator itself was. */
    readonly sendLagP99Ms: number;
  };
  /** Closed loop, CPU time per committed transaction; absent where the system does not tell. */
  readonly cpuMicrosPerTransaction?: {
    readonly node: number;
    readonly loadGenerator: number;
    readonly byThread: Readonly<Record<string, number>>;
  };
  /** Of the node (the largest of several), after the run; zeros where the system does not tell. */
  readonly resident: { readonly bytes: number; readonly peakBytes: number };
  /** Transactions followed until they were irreversible; the receipts of all said SUCCESS. */
  readonly followed: number;
  /** Longest wait from the last commit of a repetition until its followed ones were irreversible. */
  readonly settleMs: number;
};

export type BenchResult = MicroResult | RawVerifyResult | MacroResult;

export type PipelineSummary = {
  readonly workload: Workload;
  readonly shards: number;
  readonly crossShardShare: number;
  readonly validators: number;
  readonly committedTps: number;
  /** Each validator checks every signature: at V of them the ceiling is 1/V. */
  readonly ratioToVerify: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type Summary = {
  /** Median of all its measurements of the run. */
  readonly rawVerifyPerSecond: number;
  readonly pipeline: readonly PipelineSummary[];
};

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly kernel: string;
  readonly node: string;
  readonly v8: string;
  /** Of the temporary directory, where the nodes of a run keep their data. */
  readonly dataFilesystem: string;
  /** Median time to make 4 KiB durable there. */
  readonly fsyncMs: number;
};

export type BenchFailure = { readonly name: string; readonly message: string };

export type BenchFile = {
  readonly schema: typeof SCHEMA;
  readonly profile: ProfileName;
  readonly date: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly commit: string;
  /** Tracked files differed from the commit. */
  readonly dirty: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly results: readonly BenchResult[];
  readonly summary: Summary;
  /** What makes the numbers doubtful, in words. */
  readonly warnings: readonly string[];
  readonly failures: readonly BenchFailure[];
};
