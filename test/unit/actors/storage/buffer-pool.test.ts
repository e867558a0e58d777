import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferPool } from '#actors/storage/buffer-pool.ts';

test('a buffer is taken by one at a time, and used again for what fits', () => {
  const pool = new BufferPool();
  const first = pool.take(100_000);
  const second = pool.take(1);
  assert.ok(first.length >= 100_000 && first.buffer !== second.buffer);
  pool.give(second);
  pool.give(first);
  assert.equal(pool.take(90_000), first, 'the smaller one is too small');
  assert.equal(pool.take(0), second);
  assert.notEqual(pool.take(90_000), first);
});

test('what is kept free is bounded, and the largest are kept', () => {
  const pool = new BufferPool();
  const sizes = [1, 2, 3, 4, 5, 6, 7].map((number) => number * 2 ** 20);
  const buffers = sizes.map((size) => pool.take(size));
  for (const buffer of buffers) pool.give(buffer);
  const largest = buffers.at(-1);
  assert.equal(pool.take(sizes.at(-1) as number), largest);
  assert.notEqual(pool.take(sizes[0] as number), buffers[0]);
});
