/**
 * tinybench as all benchmarks here use it: a task does a whole batch of units and says what one unit
 * took (`overriddenDuration`), so that the timer's resolution does not matter and preparation inside
 * an iteration can be left out. tinybench keeps failed tasks to itself; here they are answered.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Bench, type Task } from 'tinybench';
import type { Budget, MicroScale } from './profile.ts';
import type { BenchFailure, MicroResult } from './report/result.ts';

const NANOSECONDS_PER_MS = 1e6;

export type Operation = {
  readonly name: string;
  readonly unit: string;
  /** Units that one call of `run` does. */
  readonly units: number;
  /**
   * Does the work. Answers the milliseconds that count where they are not the whole call. It throws
   * where the result of the work is not what it should be.
   */
  readonly run: () => number | undefined | Promise<number | undefined>;
};

/** Operations that share a set-up. */
export type MicroGroup = {
  readonly name: string;
  readonly open: (scale: MicroScale) => OpenGroup | Promise<OpenGroup>;
};

export type OpenGroup = {
  readonly operations: readonly Operation[];
  readonly close?: () => void | Promise<void>;
};

export type Measured = {
  readonly results: readonly MicroResult[];
  readonly failures: readonly BenchFailure[];
};

export type MeasureOptions = {
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly onResult?: (result: MicroResult) => void;
};

export async function measure(
  operations: readonly Operation[],
  { budget, signal, onResult = () => {} }: MeasureOptions,
): Promise<Measured> {
  const bench = new Bench({
    time: budget.timeMs,
    iterations: budget.iterations,
    warmup: budget.warmupMs > 0,
    warmupTime: budget.warmupMs,
    warmupIterations: 1,
    retainSamples: false,
    throws: false,
    signal,
  });
  for (const operation of operations) {
    // Always asynchronous: otherwise tinybench calls each one once just to find out. The promise is
    // outside of what is timed. A turn of the event loop in between lets signals through.
    bench.add(operation.name, () => iterate(operation), {
      async: true,
      beforeAll: async () => nextTurn(),
    });
  }
  const results: MicroResult[] = [];
  bench.addEventListener('cycle', ({ task }) => {
    const result = resultOf(task, operations.find(({ name }) => name === task.name) as Operation);
    if (result === undefined) return;
    results.push(result);
    onResult(result);
  });
  await bench.run();
  return { results, failures: failuresOf(bench.tasks) };
}

/** What went wrong with tasks; a task that did not complete is a failure whatever the reason. */
export function failuresOf(tasks: readonly Task[]): readonly BenchFailure[] {
  return tasks.flatMap(({ name, result }) => {
    if (result.state === 'completed') return [];
    if (result.state !== 'errored') return [{ name, message: `it was ${result.state}` }];
    return [{ name, message: result.error.message }];
  });
}

async function iterate({ units, run }: Operation) {
  const startMs = performance.now();
  const answer = run();
  const counted = typeof answer === 'object' ? await answer : answer;
  const elapsedMs = performance.now() - startMs;
  return {
    overriddenDuration: (counted ?? elapsedMs) / units,
    overriddenIterationCost: elapsedMs,
  };
}

function resultOf({ result }: Task, { name, unit }: Operation): MicroResult | undefined {
  if (result.state !== 'completed') return undefined;
  const { p50, mean, p99, rme, samplesCount } = result.latency;
  return {
    kind: 'micro',
    name,
    unit,
    perSecond: 1000 / p50,
    nanoseconds: {
      p50: p50 * NANOSECONDS_PER_MS,
      mean: mean * NANOSECONDS_PER_MS,
      p99: p99 * NANOSECONDS_PER_MS,
    },
    relativeError: rme / 100,
    samples: samplesCount,
  };
}
