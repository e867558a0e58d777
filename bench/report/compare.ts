/**
 * Whether one run is better than another. Each measurement has a noise of its own: what it spread
 * within its run, and at least what the same code shows between two runs on a quiet machine. A
 * change counts only beyond the noise of both sides together.
 */

import { relativeSpread } from './noise.ts';
import type { BenchFile, BenchResult } from './result.ts';

/** Least noise assumed, as a share of the value. */
const MICRO_NOISE_MIN = 0.05;
const RATE_NOISE_MIN = 0.05;
const P50_NOISE_MIN = 0.1;
const P99_NOISE_MIN = 0.25;

export type Measurement = {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly better: 'higher' | 'lower';
  /** Half width of the band in which a value says nothing, as a share of it. */
  readonly noise: number;
};

export type Verdict = 'better' | 'worse' | 'unclear';

export type Comparison = {
  readonly name: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** How many times as good as before: above 1 is better, whatever is measured. */
  readonly ratio: number;
  /** A ratio from 1 / (1 + band) to 1 + band is noise. */
  readonly band: number;
  readonly verdict: Verdict;
};

export type FileComparison = {
  readonly comparisons: readonly Comparison[];
  /** Measured on one side only. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** What makes the comparison doubtful. */
  readonly warnings: readonly string[];
};

export function compareFiles(before: BenchFile, after: BenchFile): FileComparison {
  const earlier = new Map(before.results.flatMap(measurementsOf).map((each) => [each.name, each]));
  const later = new Map(after.results.flatMap(measurementsOf).map((each) => [each.name, each]));
  const comparisons = [...earlier.values()].flatMap((measurement) => {
    const counterpart = later.get(measurement.name);
    return counterpart === undefined ? [] : [compare(measurement, counterpart)];
  });
  return {
    comparisons,
    onlyBefore: [...earlier.keys()].filter((name) => !later.has(name)),
    onlyAfter: [...later.keys()].filter((name) => !earlier.has(name)),
    warnings: warningsOf(before, after),
  };
}

export function compare(before: Measurement, after: Measurement): Comparison {
  const { name, unit, better } = before;
  const ratio = better === 'higher' ? after.value / before.value : before.value / after.value;
  const band = Math.hypot(before.noise, after.noise);
  return {
    name,
    unit,
    before: before.value,
    after: after.value,
    ratio,
    band,
    verdict: verdictOf(ratio, band),
  };
}

export function measurementsOf(result: BenchResult): readonly Measurement[] {
  switch (result.kind) {
    case 'micro': {
      const { name, unit, perSecond, relativeError } = result;
      const noise = Math.max(MICRO_NOISE_MIN, relativeError);
      return [{ name, unit: `${unit}/s`, value: perSecond, better: 'higher', noise }];
    }
    case 'rawVerify':
      return [rate(result.name, result.perSecond, result.samples)];
    case 'macro': {
      const { name, committedTps, repetitions, openLoop } = result;
      const { p50, p99 } = openLoop.latencyMs;
      const rates = repetitions.map((repetition) => repetition.committedTps);
      const latency = { unit: 'ms', better: 'lower' } as const;
      return [
        rate(name, committedTps, rates),
        { name: `${name}, p50`, value: p50, noise: P50_NOISE_MIN, ...latency },
        { name: `${name}, p99`, value: p99, noise: P99_NOISE_MIN, ...latency },
      ];
    }
  }
}

/** NaN, where one side is zero or missing, is unclear. */
function verdictOf(ratio: number, band: number): Verdict {
  if (ratio > 1 + band) return 'better';
  if (ratio < 1 / (1 + band)) return 'worse';
  return 'unclear';
}

function rate(name: string, value: number, samples: readonly number[]): Measurement {
  const noise = Math.max(RATE_NOISE_MIN, relativeSpread(samples) / 2);
  return { name, unit: 'transaction/s', value, better: 'higher', noise };
}

function warningsOf(before: BenchFile, after: BenchFile): readonly string[] {
  const warnings: string[] = [];
  for (const field of ['cpu', 'cores', 'node', 'dataFilesystem'] as const) {
    const [left, right] = [before.machine[field], after.machine[field]];
    if (left !== right) warnings.push(`different machines: ${field} is ${left} and ${right}`);
  }
  if (before.profile !== after.profile) {
    warnings.push(`different profiles: ${before.profile} and ${after.profile}`);
  }
  for (const [name, file] of [
    ['first', before],
    ['second', after],
  ] as const) {
    if (file.profile === 'smoke') warnings.push(`the ${name} file's numbers mean nothing: smoke`);
    for (const warning of file.warnings) warnings.push(`${name} file: ${warning}`);
  }
  return warnings;
}
