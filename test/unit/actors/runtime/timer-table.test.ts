import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMERS_MAX, TimerTable } from '#actors/runtime/timer-table.ts';

test('timers: due ones once, by time, then by name', () => {
  const timers = new TimerTable();
  timers.set('c', 30);
  timers.set('b', 10);
  timers.set('a', 10);
  assert.equal(timers.earliestMs, 10);
  assert.deepEqual(timers.takeDue(9), []);
  assert.deepEqual(timers.takeDue(30), ['a', 'b', 'c']);
  assert.deepEqual(timers.takeDue(1000), []);
  assert.equal(timers.earliestMs, Number.POSITIVE_INFINITY);
});

test('timers: set again: moved; cleared: gone', () => {
  const timers = new TimerTable();
  timers.set('a', 10);
  timers.set('a', 50);
  timers.set('b', 20);
  timers.clear('b');
  assert.deepEqual(timers.takeDue(40), []);
  assert.equal(timers.earliestMs, 50);
  assert.deepEqual(timers.takeDue(50), ['a']);
});

test('timers: too many or without a time: assertion', () => {
  const timers = new TimerTable();
  for (let index = 0; index < TIMERS_MAX; index += 1) timers.set(`t${index}`, index);
  assert.throws(() => timers.set('one more', 1), /keeps within/);
  assert.throws(() => timers.set('t0', Number.NaN), /has a time/);
});
