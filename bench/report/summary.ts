/** The few numbers that a run comes down to. */

import type { BenchResult, Summary } from './result.ts';

/** Without a raw signature rate the ratios are NaN, which JSON writes as null. */
export function summarize(results: readonly BenchResult[]): Summary {
  const raw = results.find((result) => result.kind === 'rawVerify');
  const rawVerifyPerSecond = raw?.perSecond ?? Number.NaN;
  const rows = results.filter((result) => result.kind === 'macro');
  return {
    rawVerifyPerSecond,
    pipeline: rows.map(
      ({ workload, shards, crossShardShare, validators, committedTps, openLoop }) => ({
        workload,
        shards,
        crossShardShare,
        validators,
        committedTps,
        ratioToVerify: committedTps / rawVerifyPerSecond,
        p50Ms: openLoop.latencyMs.p50,
        p99Ms: openLoop.latencyMs.p99,
      }),
    ),
  };
}
