/**
 * One run: micro benchmarks in this process, then the macro rows one after the other, the raw
 * signature rate before and after each. What fails is reported and does not keep the rest from
 * running, but the run counts as failed.
 */

import { type MicroGroup, measure } from './harness.ts';
import { measureRow, type PipelineRow, rowName } from './macro/pipeline.ts';
import { RawVerifyMeter } from './macro/raw-verify.ts';
import { MICRO_GROUPS } from './micro/groups.ts';
import type { Profile } from './profile.ts';
import { describeMachine } from './report/machine.ts';
import { NoiseWatch } from './report/noise.ts';
import { plainMessage } from './report/plain-message.ts';
import { type BenchFailure, type BenchFile, type BenchResult, SCHEMA } from './report/result.ts';
import { sourceCommit } from './report/source-commit.ts';
import { summarize } from './report/summary.ts';

/** One shard and none across: the path of a client, not that of the shards. */
const HTTP_SHAPE = { shards: 2, crossShardShare: 0 };
/** The smallest network that goes on with one of them down. */
const NETWORK_SHAPE = { shards: 2, crossShardShare: 0.5, validators: 4 };

export type SuiteOptions = {
  readonly profile: Profile;
  /** What runs: benchmarks whose name contains this. */
  readonly only: string;
  /** Further settings of the nodes. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
};

export async function runSuite(options: SuiteOptions): Promise<BenchFile> {
  const { profile, settings } = options;
  const startedMs = performance.now();
  const noise = new NoiseWatch();
  const machine = describeMachine();
  const run = new SuiteRun(options);
  await run.microBenchmarks();
  await run.pipelines();
  return {
    schema: SCHEMA,
    profile: profile.name,
    date: new Date().toISOString(),
    seconds: Math.round((performance.now() - startedMs) / 1000),
    machine,
    ...sourceCommit(),
    settings,
    results: run.results,
    summary: summarize(run.results),
    warnings: [...noise.warnings(run.results), ...run.warnings],
    failures: run.failures,
  };
}

class SuiteRun {
  readonly results: BenchResult[] = [];
  readonly failures: BenchFailure[] = [];
  readonly warnings: string[] = [];
  readonly #options: SuiteOptions;

  constructor(options: SuiteOptions) {
    this.#options = options;
  }

  async microBenchmarks(): Promise<void> {
    for (const group of MICRO_GROUPS) {
      await this.#guard(group.name, () => this.#microGroup(group));
    }
  }

  async pipelines(): Promise<void> {
    const rows = rowsOf(this.#options.profile).filter((row) => this.#isWanted(rowName(row)));
    if (rows.length === 0) return;
    const { rawVerifyMs } = this.#options.profile;
    const meter = await RawVerifyMeter.open();
    try {
      let before = await meter.measure(rawVerifyMs);
      for (const row of rows) {
        await this.#guard(rowName(row), async () => {
          before = await this.#pipeline(row, before, () => meter.measure(rawVerifyMs));
        });
      }
      this.results.push(meter.result());
    } finally {
      await meter.close();
    }
  }

  async #microGroup(group: MicroGroup): Promise<void> {
    const { profile, signal, progress } = this.#options;
    // The names of a group's operations are known once it is open, which takes its time.
    const isGroupWanted = this.#isWanted(`micro/${group.name}/`);
    if (!isGroupWanted && !this.#options.only.includes(`${group.name}/`)) return;
    progress(`${group.name}: preparing`);
    const { operations, close } = await group.open(profile.micro);
    try {
      const wanted = operations.filter(
        ({ name }) => isGroupWanted || this.#isWanted(`micro/${name}`),
      );
      const { results, failures } = await measure(wanted, {
        budget: profile.budget,
        signal,
        onResult: ({ name, perSecond, unit }) =>
          progress(`${name}: ${Math.round(perSecond)} ${unit}/s`),
      });
      this.results.push(...results);
      this.failures.push(...failures);
    } finally {
      await close?.();
    }
  }

  /** Answers the raw signature rate after the row. */
  async #pipeline(
    row: PipelineRow,
    rawBefore: number,
    measureRaw: () => Promise<number>,
  ): Promise<number> {
    const { profile, settings, signal, progress } = this.#options;
    const name = rowName(row);
    progress(`${name}: starting a node`);
    const { result, warnings } = await measureRow(row, {
      scale: profile.macro,
      settings,
      signal,
      progress: (text) => progress(`${name}: ${text}`),
    });
    const rawAfter = await measureRaw();
    const rawVerifyNearby = (rawBefore + rawAfter) / 2;
    const pairedRatioToVerify = result.committedTps / rawVerifyNearby;
    this.results.push({ ...result, rawVerifyNearby, pairedRatioToVerify });
    this.warnings.push(
      ...warnings.map((words) => `${name}: the node said: ${plainMessage(words)}`),
    );
    return rawAfter;
  }

  async #guard(name: string, work: () => Promise<void>): Promise<void> {
    this.#options.signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      this.#options.signal.throwIfAborted();
      const message = plainMessage(error instanceof Error ? error.message : String(error));
      this.failures.push({ name, message });
      this.#options.progress(`${name}: FAILED: ${message}`);
    }
  }

  #isWanted(name: string): boolean {
    return name.includes(this.#options.only);
  }
}

function rowsOf({ macro }: Profile): readonly PipelineRow[] {
  const transfers = macro.sweep.map(
    (shape): PipelineRow => ({
      workload: 'transfer',
      validators: 1,
      ...shape,
    }),
  );
  const shards = macro.sweep.some((shape) => shape.shards === HTTP_SHAPE.shards)
    ? HTTP_SHAPE.shards
    : (macro.sweep[0]?.shards ?? HTTP_SHAPE.shards);
  return [
    ...transfers,
    { workload: 'httpSendTx', validators: 1, ...HTTP_SHAPE, shards },
    { workload: 'network', ...NETWORK_SHAPE, shards },
    ...macro.contracts.map(
      (shape): PipelineRow => ({
        validators: 1,
        ...shape,
        shards: Math.max(shards, 2),
      }),
    ),
  ];
}
