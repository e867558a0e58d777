/** Goal: the believability of protocol.md §3.3, in integers, with its bounds. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BEHAVIOUR_START,
  type Believable,
  believability,
  contributionShare,
  integerRoot,
  nextBehaviour,
} from '#core/pob/believability.ts';

const BEST: Believable = {
  stake: 100n,
  stakeMax: 100n,
  servi: 7n,
  serviMax: 7n,
  contribution: 10_000n,
  feedback: 10_000n,
  behaviour: 10_000n,
  isSlashed: false,
};

test('the best has 10,000, the slashed nothing, and a quarter of the stake counts half', () => {
  assert.equal(believability(BEST), 10_000n);
  assert.equal(believability({ ...BEST, isSlashed: true }), 0n);
  assert.equal(believability({ ...BEST, stake: 25n }), 10_000n - 1500n);
  assert.equal(believability({ ...BEST, servi: 0n }), 8000n);
  assert.equal(believability({ ...BEST, behaviour: BEHAVIOUR_START }), 9000n);
});

test('behaviour: slowly up, steeply down, gone when slashed', () => {
  const clean = { missedAuditQuotas: 0n, jails: 0, isSlashed: false };
  assert.equal(nextBehaviour(5000n, clean), 5020n);
  assert.equal(nextBehaviour(9999n, clean), 10_000n);
  assert.equal(nextBehaviour(5000n, { ...clean, missedAuditQuotas: 2n }), 3000n);
  assert.equal(nextBehaviour(500n, { ...clean, missedAuditQuotas: 1n }), 0n);
  assert.equal(nextBehaviour(5000n, { ...clean, jails: 2 }), 1250n);
  assert.equal(nextBehaviour(9000n, { ...clean, isSlashed: true }), 0n);
});

test('work counts up to its cap', () => {
  assert.equal(contributionShare([]), 0n);
  const work = [
    { done: 50n, cap: 100n },
    { done: 900n, cap: 100n },
  ];
  assert.equal(contributionShare(work), 7500n);
});

test('within bounds and never better for less', () => {
  const amount = fc.bigInt(0n, 10n ** 22n);
  fc.assert(
    fc.property(amount, amount, amount, amount, (stake, stakeMore, servi, serviMore) => {
      const one = {
        ...BEST,
        stake,
        stakeMax: stake + stakeMore,
        servi,
        serviMax: servi + serviMore,
      };
      const worth = believability(one);
      assert.ok(worth >= 0n && worth <= 10_000n);
      assert.ok(believability({ ...one, stake: stake / 2n }) <= worth);
      assert.ok(believability({ ...one, servi: servi / 2n }) <= worth);
    }),
  );
});

test('integer roots', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 40n), (value) => {
      const root = integerRoot(value);
      assert.ok(root * root <= value && (root + 1n) * (root + 1n) > value);
    }),
  );
});
