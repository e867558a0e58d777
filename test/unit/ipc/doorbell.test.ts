import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorbell, Doorbell, DoorbellButton, SPIN_LOADS_MAX } from '#ipc/doorbell.ts';

test('doorbell: work appears while spinning: no sleep, within the budget of loads', () => {
  const doorbell = new Doorbell(createDoorbell());
  let polls = 0;
  const woken = doorbell.sleep(60_000, 1, () => {
    polls += 1;
    return polls === SPIN_LOADS_MAX;
  });
  assert.equal(woken, true);
  assert.equal(polls, SPIN_LOADS_MAX);
});

test('doorbell: many rings to poll: fewer polls, the same budget of loads', () => {
  const doorbell = new Doorbell(createDoorbell());
  let polls = 0;
  doorbell.sleep(0, 50, () => {
    polls += 1;
    return false;
  });
  assert.equal(polls, SPIN_LOADS_MAX / 50 + 1, 'the spin, and the look after the flag is set');
});

test('doorbell: rung between the last look and the wait: returns at once', () => {
  const memory = createDoorbell();
  const button = new DoorbellButton(memory);
  const doorbell = new Doorbell(memory);
  let polls = 0;
  const woken = doorbell.sleep(60_000, SPIN_LOADS_MAX, () => {
    polls += 1;
    if (polls === 2) button.ring();
    return false;
  });
  assert.equal(woken, true, 'not-equal counts as woken');
});

test('doorbell: nothing happens: false after the timeout', () => {
  const doorbell = new Doorbell(createDoorbell());
  assert.equal(
    doorbell.sleep(5, 1, () => false),
    false,
  );
});

test('doorbell on an event loop: work there already: no wait is declared', () => {
  const doorbell = new Doorbell(createDoorbell());
  assert.equal(
    doorbell.trySleepAsync(
      1000,
      () => true,
      () => assert.fail('nothing to wake'),
    ),
    false,
  );
});

test('doorbell on an event loop: sleeping twice: one pending wait, one wake', async () => {
  const memory = createDoorbell();
  const button = new DoorbellButton(memory);
  const doorbell = new Doorbell(memory);
  let wakes = 0;
  const onWake = (): void => {
    wakes += 1;
  };
  assert.equal(
    doorbell.trySleepAsync(60_000, () => false, onWake),
    true,
  );
  doorbell.awake();
  button.ring(); // Awake: costs nothing and wakes nobody.
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(wakes, 0);
  assert.equal(
    doorbell.trySleepAsync(60_000, () => false, onWake),
    true,
  );
  button.ring();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(wakes, 1);
});
