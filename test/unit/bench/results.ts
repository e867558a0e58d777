/** Result files for the tests of what is made of them. */

import type {
  BenchFile,
  BenchResult,
  MacroResult,
  MicroResult,
  RawVerifyResult,
} from '../../../bench/report/result.ts';
import { SCHEMA } from '../../../bench/report/result.ts';

export function microResult(fields: Partial<MicroResult> = {}): MicroResult {
  return {
    kind: 'micro',
    name: 'codec/decode',
    unit: 'transaction',
    perSecond: 1_000_000,
    nanoseconds: { p50: 1000, mean: 1010, p99: 1200 },
    relativeError: 0.01,
    samples: 100,
    ...fields,
  };
}

export function rawVerifyResult(samples: readonly number[]): RawVerifyResult {
  const perSecond = samples[0] as number;
  const name = 'verify/pool, all cores';
  return { kind: 'rawVerify', name, threads: 2, library: 'sodium', perSecond, samples };
}

export function macroResult(fields: Partial<MacroResult> = {}): MacroResult {
  const repetition = { committed: 20_000, rejected: 0, seconds: 2 };
  return {
    kind: 'macro',
    name: 'pipeline/transfer, 2 shards, 50 % across',
    workload: 'transfer',
    shards: 2,
    crossShardShare: 0.5,
    validators: 1,
    committedTps: 20_000,
    repetitions: [
      { ...repetition, committedTps: 19_800 },
      { ...repetition, committedTps: 20_000 },
      { ...repetition, committedTps: 20_200 },
    ],
    rawVerifyNearby: 30_000,
    pairedRatioToVerify: 2 / 3,
    openLoop: {
      offeredTps: 12_000,
      committedTps: 12_000,
      latencyMs: { p50: 100, p99: 200, max: 250 },
      sendLagP99Ms: 2,
    },
    resident: { bytes: 5e8, peakBytes: 6e8 },
    followed: 64,
    settleMs: 300,
    ...fields,
  };
}

export function benchFile(
  results: readonly BenchResult[],
  fields: Partial<BenchFile> = {},
): BenchFile {
  return {
    schema: SCHEMA,
    profile: 'quick',
    date: '2026-11-20T12:00:00.000Z',
    seconds: 150,
    machine: {
      cpu: 'a processor',
      cores: 2,
      memoryBytes: 16e9,
      platform: 'linux x64',
      kernel: '6.1',
      node: '24.21.0',
      v8: '13.6',
      dataFilesystem: 'ext4',
      fsyncMs: 0.2,
    },
    commit: 'unknown',
    dirty: false,
    settings: {},
    results,
    summary: { rawVerifyPerSecond: 30_000, pipeline: [] },
    warnings: [],
    failures: [],
    ...fields,
  };
}
