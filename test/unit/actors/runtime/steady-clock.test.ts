import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteadyClock } from '#actors/runtime/steady-clock.ts';

function createClock() {
  const time = { wall: 1_000_000, monotonic: 5_000 };
  const clock = new SteadyClock({ wallMs: () => time.wall, monotonicMs: () => time.monotonic });
  const pass = (ms: number): void => {
    time.wall += ms;
    time.monotonic += ms;
  };
  return { clock, time, pass };
}

test('clock: the system clock runs evenly: the same time', () => {
  const { clock, pass } = createClock();
  assert.equal(clock.nowMs(), 1_000_000);
  pass(1234);
  assert.equal(clock.nowMs(), 1_001_234);
});

test('clock: set forward: follows at once', () => {
  const { clock, time } = createClock();
  time.wall += 3_600_000;
  assert.equal(clock.nowMs(), 4_600_000);
});

test('clock: set back by a second: creeps at half speed until both agree, never back', () => {
  const { clock, time, pass } = createClock();
  time.wall -= 1000;
  let last = clock.nowMs();
  assert.equal(last, 1_000_000);
  for (let step = 0; step < 30; step += 1) {
    pass(100);
    const now = clock.nowMs();
    assert.ok(now > last, 'timers keep firing');
    last = now;
    if (step === 9) assert.equal(now, 1_000_500, 'half a second in one');
    if (step === 19) assert.equal(now, time.wall, 'caught up after two');
  }
  assert.equal(last, time.wall);
});

test('clock: read often while creeping: no time is lost to rounding', () => {
  const { clock, time, pass } = createClock();
  time.wall -= 1000;
  for (let step = 0; step < 1000; step += 1) {
    pass(1);
    clock.nowMs();
  }
  assert.equal(clock.nowMs(), 1_000_500);
});
