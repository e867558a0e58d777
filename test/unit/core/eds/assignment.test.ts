import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionFailure } from '#core/assert.ts';
import { sha256 } from '#core/crypto/hash.ts';
import { assignValidators, leaveOrder, pendingOrder } from '#core/eds/assignment.ts';
import { Drbg, epochSeed, shardSeed } from '#core/eds/drbg.ts';

const randomness = sha256('IOST/test/rnd/1');

test('known answers (protocol.md §15.3)', () => {
  const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
  assert.equal(hex(randomness), '48cd424846a35018811a83d280e48bb906824416cf3d6bc6c2e7909c91705c6f');
  assert.equal(
    hex(epochSeed('IOST/epoch/assign/v1', randomness, 7n)),
    '6c1f486d444fda28277f355394ee134472838fcfd038c234be645e2927f2471e',
  );
  assert.equal(
    hex(epochSeed('IOST/epoch/pend/v1', randomness, 7n)),
    '6c691a9323b2a2c53f664950472bbb804d49fa5f37d68b9bd6e0fceaf169d1fe',
  );
  assert.equal(
    hex(shardSeed('IOST/epoch/shard/v1', randomness, 7n, 3)),
    '71ae14c2b50ca4b4dc173e4613203c2ea66ad77f29d9a88adefb0ac25cb58f55',
  );
  assert.deepEqual(assignValidators(randomness, 7n, 12, 3), [
    [7, 1, 11, 3],
    [9, 10, 2, 6],
    [8, 4, 5, 0],
  ]);
  assert.deepEqual(pendingOrder(randomness, 7n, 6), [0, 3, 2, 4, 5, 1]);
  assert.deepEqual(
    leaveOrder(randomness, 7n, 3, 16),
    [5, 12, 4, 2, 8, 1, 6, 0, 3, 11, 14, 13, 7, 15, 9, 10],
  );
});

test('every validator gets exactly one shard, and sizes differ by one at most', () => {
  for (const [validators, shards] of [
    [10, 3],
    [64, 64],
    [100, 7],
    [5, 8],
  ] as const) {
    const buckets = assignValidators(randomness, 1n, validators, shards);
    const sizes = buckets.map((bucket) => bucket.length);
    assert.equal(buckets.length, shards);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    assert.deepEqual(
      buckets.flat().sort((a, b) => a - b),
      Array.from({ length: validators }, (_, index) => index),
    );
  }
});

test('another epoch or another randomness is another assignment', () => {
  const base = assignValidators(randomness, 1n, 20, 4);
  assert.notDeepEqual(assignValidators(randomness, 2n, 20, 4), base);
  assert.notDeepEqual(assignValidators(sha256('other'), 1n, 20, 4), base);
});

test('draws stay in range, come out evenly, and refuse a bound that has no meaning', () => {
  const drbg = new Drbg(sha256('draws'));
  const counts = new Array<number>(3).fill(0);
  for (let draw = 0; draw < 3000; draw++) {
    const value = drbg.below(3);
    counts[value] = (counts[value] as number) + 1;
  }
  assert.equal(counts.length, 3);
  for (const count of counts) assert.ok(count > 850 && count < 1150, `${counts}`);
  for (const bound of [0, -1, 1.5, 2 ** 33]) {
    assert.throws(() => drbg.below(bound), AssertionFailure);
  }
});

test('a draw above the last whole run is discarded', () => {
  // With n just above 2^31 about half of all words are refused, so the words used are not all words.
  const n = 2 ** 31 + 1;
  const words = new Drbg(sha256('rejection'));
  const accepted: number[] = [];
  for (let draw = 0; draw < 40; draw++) {
    const word = words.nextU32();
    if (word < n) accepted.push(word);
  }
  const drbg = new Drbg(sha256('rejection'));
  assert.ok(accepted.length < 40);
  assert.deepEqual(
    accepted.map(() => drbg.below(n)),
    accepted,
  );
});
