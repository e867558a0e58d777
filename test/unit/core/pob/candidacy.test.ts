/**
 * Goal: who stands and who is removed, at the very edge (protocol.md §3.2 step 1, §12.2).
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { hasEnoughVotes } from '#core/pob/candidacy.ts';
import { removals } from '#core/pob/penalties.ts';
import { DEFAULT_POLICY } from '#core/pob/policy.ts';
import { candidate } from './servi-model.ts';

const IOST = 100_000_000n;
const rule = (mode: 'bps' | 'fixed' | 'max') => ({ ...DEFAULT_POLICY.candidacy, mode });

test('a share of the votable supply has to be exceeded, a fixed number reached', () => {
  const supply = 21_000_000_000n * IOST;
  assert.equal(hasEnoughVotes(4_200_000n * IOST, supply, rule('bps')), false);
  assert.equal(hasEnoughVotes(4_200_000n * IOST + 1n, supply, rule('bps')), true);
  assert.equal(hasEnoughVotes(2_100_000n * IOST - 1n, supply, rule('fixed')), false);
  assert.equal(hasEnoughVotes(2_100_000n * IOST, supply, rule('fixed')), true);
  assert.equal(hasEnoughVotes(2_100_000n * IOST, supply, rule('max')), false);
  assert.equal(hasEnoughVotes(4_200_000n * IOST + 1n, supply, rule('max')), true);
  const small = 1_000_000n * IOST;
  assert.equal(hasEnoughVotes(2_000_000n * IOST, small, rule('max')), false);
  // 2.1 M of 21 G is one basis point (closed form 10).
  assert.equal((2_100_000n * 10_000n) / 21_000_000_000n, 1n);
});

test('no share is lost to rounding', () => {
  assert.equal(hasEnoughVotes(1n, 4999n, rule('bps')), true);
  assert.equal(hasEnoughVotes(1n, 5000n, rule('bps')), false);
  assert.equal(hasEnoughVotes(0n, 0n, rule('bps')), false);
});

const rules = { missRule: 'zeroInPeriod', heartbeatPeriods: 6 } as const;
const none = new Map<string, never>();

test('six consecutive periods without a heartbeat are too many, five are not', () => {
  const heard = { ...candidate('c1', 5n, 0), heardIn: 10 };
  assert.deepEqual(removals([heard], none, 15, rules), []);
  assert.deepEqual(removals([heard], none, 16, rules), [{ account: 'c1', reason: 'silent' }]);
  assert.deepEqual(removals([{ ...heard, heardIn: 16 }], none, 16, rules), []);
});

test('a member without any block goes; by the strict reading one with a missed turn as well', () => {
  const members = ['dead', 'slow', 'good', 'unlucky'].map((account, index) =>
    candidate(account, 5n, index),
  );
  const turns = new Map([
    ['dead', { turns: 3, blocks: 0 }],
    ['slow', { turns: 3, blocks: 1 }],
    ['good', { turns: 3, blocks: 3 }],
    ['unlucky', { turns: 0, blocks: 0 }],
  ]);
  const gone = (missRule: 'zeroInPeriod' | 'anyMiss') =>
    removals(members, turns, 1, { ...rules, missRule }).map(({ account }) => account);
  assert.deepEqual(gone('zeroInPeriod'), ['dead']);
  assert.deepEqual(gone('anyMiss'), ['dead', 'slow']);
});
