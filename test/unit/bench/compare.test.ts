import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compare, compareFiles, type Measurement } from '../../../bench/report/compare.ts';
import { benchFile, macroResult, microResult, rawVerifyResult } from './results.ts';

const RATE: Measurement = { name: 'x', unit: '/s', value: 100, better: 'higher', noise: 0.05 };
const LATENCY: Measurement = { ...RATE, unit: 'ms', better: 'lower' };

test('a higher rate is better, a higher latency is worse', () => {
  assert.equal(compare(RATE, { ...RATE, value: 120 }).verdict, 'better');
  assert.equal(compare(RATE, { ...RATE, value: 80 }).verdict, 'worse');
  assert.equal(compare(LATENCY, { ...LATENCY, value: 120 }).verdict, 'worse');
  assert.equal(compare(LATENCY, { ...LATENCY, value: 80 }).verdict, 'better');
});

test('the ratio says how many times as good, whatever is measured', () => {
  assert.equal(compare(RATE, { ...RATE, value: 150 }).ratio, 1.5);
  assert.equal(compare(LATENCY, { ...LATENCY, value: 50 }).ratio, 2);
});

test('what lies within the noise of both sides together is unclear', () => {
  // Noise of 0.05 on both sides makes a band of 0.0707.
  assert.equal(compare(RATE, { ...RATE, value: 107 }).verdict, 'unclear');
  assert.equal(compare(RATE, { ...RATE, value: 107.2 }).verdict, 'better');
  assert.equal(compare(RATE, { ...RATE, value: 93.5 }).verdict, 'unclear');
  assert.equal(compare(RATE, { ...RATE, value: 93.3 }).verdict, 'worse');
});

test('one noisy side is enough to make a change unclear', () => {
  assert.equal(compare(RATE, { ...RATE, value: 130, noise: 0.4 }).verdict, 'unclear');
});

test('a rate of nothing is no verdict in either direction but worse', () => {
  assert.equal(compare(RATE, { ...RATE, value: 0 }).verdict, 'worse');
  assert.equal(compare({ ...RATE, value: 0 }, { ...RATE, value: 0 }).verdict, 'unclear');
});

test('swapping the sides swaps the verdict', () => {
  const opposite = { better: 'worse', worse: 'better', unclear: 'unclear' } as const;
  const measurement = fc
    .record({
      value: fc.double({ min: 1, max: 1e6, noNaN: true }),
      noise: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map((fields): Measurement => ({ ...RATE, ...fields }));
  fc.assert(
    fc.property(measurement, measurement, (left, right) => {
      assert.equal(compare(right, left).verdict, opposite[compare(left, right).verdict]);
    }),
    // Shrinking doubles takes minutes, and the numbers say enough as they are.
    { endOnFailure: true },
  );
});

test('the spread of the repetitions widens the band, the least noise keeps it open', () => {
  const calm = macroResult();
  const [low, middle, high] = calm.repetitions;
  assert(low !== undefined && middle !== undefined && high !== undefined);
  const wild = macroResult({
    repetitions: [{ ...low, committedTps: 14_000 }, middle, { ...high, committedTps: 26_000 }],
  });
  const bandOf = (after: typeof calm) =>
    compareFiles(benchFile([calm]), benchFile([after])).comparisons[0]?.band as number;
  assert.equal(bandOf(calm), Math.hypot(0.05, 0.05));
  assert.equal(bandOf(wild), Math.hypot(0.05, 0.3));
});

test('a macro row is compared by rate and by latency', () => {
  const slower = macroResult({ committedTps: 10_000 });
  const later = {
    ...slower,
    openLoop: { ...slower.openLoop, latencyMs: { p50: 300, p99: 600, max: 900 } },
  };
  const { comparisons } = compareFiles(benchFile([macroResult()]), benchFile([later]));
  assert.deepEqual(
    comparisons.map(({ verdict, ratio }) => [verdict, Number(ratio.toFixed(2))]),
    [
      ['worse', 0.5],
      ['worse', 0.33],
      ['worse', 0.33],
    ],
  );
});

test('what only one side has is named, not compared', () => {
  const before = benchFile([microResult({ name: 'a' }), microResult({ name: 'b' })]);
  const after = benchFile([microResult({ name: 'b' }), rawVerifyResult([30_000])]);
  const { comparisons, onlyBefore, onlyAfter } = compareFiles(before, after);
  assert.deepEqual(
    comparisons.map(({ name }) => name),
    ['b'],
  );
  assert.deepEqual(onlyBefore, ['a']);
  assert.deepEqual(onlyAfter, ['verify/pool, all cores']);
});

test('different machines, profiles and noisy runs are pointed out', () => {
  const before = benchFile([]);
  assert.deepEqual(compareFiles(before, before).warnings, []);
  const other = benchFile([], {
    profile: 'smoke',
    machine: { ...before.machine, cores: 8 },
    warnings: ['the machine was busy at the start'],
  });
  assert.deepEqual(compareFiles(before, other).warnings, [
    'different machines: cores is 2 and 8',
    'different profiles: quick and smoke',
    "the second file's numbers mean nothing: smoke",
    'second file: the machine was busy at the start',
  ]);
});
