import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeltaControl } from '#core/bft/delta-control.ts';
import { DEFAULT_DELTA } from '#core/bft/settings.ts';

test('starts at its first guess and follows four times the average latency', () => {
  const delta = new DeltaControl(DEFAULT_DELTA);
  assert.equal(delta.ms, 500);
  for (let view = 0; view < 100; view++) delta.onNotarized(view, 0, 100);
  assert.ok(Math.abs(delta.ms - 400) <= 4);
  for (let view = 0; view < 100; view++) delta.onNotarized(view, 0, 1);
  assert.equal(delta.ms, 150);
});

test('doubles with every failed view up to the maximum, and comes down by a tenth per success', () => {
  const delta = new DeltaControl(DEFAULT_DELTA);
  const seen: number[] = [];
  for (let view = 0; view < 6; view++) {
    delta.onNullified(view, view % 4);
    seen.push(delta.ms);
  }
  assert.deepEqual(seen, [1000, 2000, 4000, 8000, 8000, 8000]);
  delta.onNotarized(7, 0, 125);
  assert.equal(delta.ms, 7200);
  for (let view = 0; view < 40; view++) delta.onNotarized(view, 0, 125);
  assert.equal(delta.ms, 500);
});

test('a fixed setting stays fixed', () => {
  const delta = new DeltaControl({ initialMs: 4, minMs: 4, maxMs: 4 });
  for (let view = 0; view < 20; view++) {
    delta.onNullified(view, 0);
    delta.onNotarized(view, 0, 1000);
    assert.equal(delta.ms, 4);
  }
});

test('a leader that fails turn after turn, while others succeed, does not drive it up', () => {
  const delta = new DeltaControl(DEFAULT_DELTA);
  for (let view = 1; view < 400; view += 4) {
    delta.onNullified(view, 0);
    for (const leader of [1, 2, 3]) delta.onNotarized(view + leader, leader, 125);
  }
  assert.equal(delta.ms, 500);
});
