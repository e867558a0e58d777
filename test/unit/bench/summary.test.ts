import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileOf } from '../../../bench/profile.ts';
import { median } from '../../../bench/report/median.ts';
import { resultWarnings } from '../../../bench/report/noise.ts';
import { plainMessage } from '../../../bench/report/plain-message.ts';
import { summarize } from '../../../bench/report/summary.ts';
import { reportOf } from '../../../bench/report/table.ts';
import { benchFile, macroResult, microResult, rawVerifyResult } from './results.ts';

test('the summary relates every row to the raw signature rate of the run', () => {
  const http = macroResult({ workload: 'httpSendTx', crossShardShare: 0, committedTps: 3000 });
  const results = [microResult(), macroResult(), http, rawVerifyResult([32_000, 31_000, 33_000])];
  assert.deepEqual(summarize(results), {
    rawVerifyPerSecond: 32_000,
    pipeline: [
      {
        workload: 'transfer',
        shards: 2,
        crossShardShare: 0.5,
        validators: 1,
        committedTps: 20_000,
        ratioToVerify: 0.625,
        p50Ms: 100,
        p99Ms: 200,
      },
      {
        workload: 'httpSendTx',
        shards: 2,
        crossShardShare: 0,
        validators: 1,
        committedTps: 3000,
        ratioToVerify: 0.09375,
        p50Ms: 100,
        p99Ms: 200,
      },
    ],
  });
});

test('without a raw rate there is no ratio, and the file says null', () => {
  const summary = JSON.parse(JSON.stringify(summarize([macroResult()])));
  assert.equal(summary.rawVerifyPerSecond, null);
  assert.equal(summary.pipeline[0].ratioToVerify, null);
});

test('the median is the middle, or the mean of the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([10, 1, 2, 4]), 3);
  assert.equal(median([7]), 7);
  assert.equal(median([]), Number.NaN);
});

test('results that are not what they seem are pointed out', () => {
  assert.deepEqual(resultWarnings(macroResult()), []);
  const [repetition] = macroResult().repetitions;
  assert(repetition !== undefined);
  const { openLoop } = macroResult();
  const doubtful = macroResult({
    name: 'row',
    repetitions: [{ ...repetition, rejected: 3 }],
    openLoop: { ...openLoop, committedTps: 9000, sendLagP99Ms: 50 },
    pairedRatioToVerify: 1.2,
  });
  assert.deepEqual(resultWarnings(doubtful), [
    'row: faster than signatures were checked next to it, not believable',
    'row: 3 transactions were rejected',
    'row: the load generator itself was up to 50 ms late',
    'row: the open loop committed less than it offered',
  ]);
  assert.deepEqual(resultWarnings(rawVerifyResult([30_000, 32_000])), []);
  assert.equal(resultWarnings(rawVerifyResult([30_000, 36_000])).length, 1);
});

test('the sweep: no transfers across at one shard, all shares elsewhere, or one shard count', () => {
  const shapes = (...args: Parameters<typeof profileOf>) =>
    profileOf(...args).macro.sweep.map(({ shards, crossShardShare }) => [shards, crossShardShare]);
  const all = [
    [1, 0],
    [2, 0],
    [2, 0.5],
    [2, 1],
    [4, 0],
    [4, 0.5],
    [4, 1],
  ];
  assert.deepEqual(shapes('quick'), all);
  assert.deepEqual(shapes('full'), all);
  assert.deepEqual(shapes('quick', 1), [[1, 0]]);
  assert.deepEqual(shapes('full', 8), [
    [8, 0],
    [8, 0.5],
    [8, 1],
  ]);
  assert.equal(shapes('smoke').length, 1);
});

test('words of a process lose their paths and are kept short', () => {
  const root = new URL('../../../', import.meta.url).pathname;
  assert.equal(
    plainMessage(`it failed:\n\n#\n at ${root}src/main.ts:3\n`),
    'it failed: | at src/main.ts:3',
  );
  assert.equal(plainMessage('x\n'.repeat(100)), 'x | x | x | x');
  assert.equal(plainMessage('y'.repeat(5000)).length, 400);
});

test('the report shows every result, warning and failure', () => {
  const report = reportOf(
    benchFile([microResult(), macroResult(), rawVerifyResult([30_000])], {
      warnings: ['the machine was busy'],
      failures: [{ name: 'ring', message: 'it stood still' }],
    }),
  );
  for (const part of [
    /codec\/decode +1,000,000 +1\.00 µs +1 % +transaction/,
    /transfer +2 +50 % +20,000 +0\.67 +100 +200 +12,000\/s/,
    /raw signature rate: 30,000\/s \(sodium, 2 threads, median of 1\)/,
    /warning: the machine was busy/,
    /failed: ring: it stood still/,
  ]) {
    assert.match(report, part);
  }
});
