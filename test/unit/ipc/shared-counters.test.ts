import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELLS_MAX, CounterWriter, createCounters, readCounters } from '#ipc/shared-counters.ts';

test('counters: what was counted appears when published, not before', () => {
  const memory = createCounters();
  const writer = new CounterWriter(memory);
  const first = writer.reserve(2);
  writer.add(first, 2);
  writer.add(first, 3);
  writer.set(first + 1, 0.25);
  assert.equal(readCounters(memory)[first], 0);
  writer.publish();
  assert.deepEqual([...readCounters(memory).subarray(first, first + 2)], [5, 0.25]);
});

test('counters: more cells than there are: assertion', () => {
  const writer = new CounterWriter(createCounters());
  writer.reserve(CELLS_MAX);
  assert.throws(() => writer.reserve(1), /keeps within/);
});

test('counters: writer died while copying: the reader still answers', () => {
  const memory = createCounters();
  new Int32Array(memory)[0] = 1;
  assert.equal(readCounters(memory).length, CELLS_MAX);
});
