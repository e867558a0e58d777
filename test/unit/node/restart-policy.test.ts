import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartPolicy } from '#node/restart-policy.ts';

const LIMITS = { failuresMax: 5, windowMs: 1000, backoffMsMin: 10, backoffMsMax: 50 };

test('restart policy: deaths in a row: delay doubles up to its limit, then it gives up', () => {
  const policy = new RestartPolicy(LIMITS);
  const decisions = [0, 1, 2, 3, 4].map((atMs) => policy.onFailure(atMs));
  assert.deepEqual(decisions, [
    { kind: 'restart', delayMs: 10 },
    { kind: 'restart', delayMs: 20 },
    { kind: 'restart', delayMs: 40 },
    { kind: 'restart', delayMs: 50 },
    { kind: 'giveUp', failureCount: 5 },
  ]);
});

test('restart policy: deaths far apart: each is the first', () => {
  const policy = new RestartPolicy(LIMITS);
  for (let death = 0; death < 20; death += 1) {
    assert.deepEqual(policy.onFailure(death * 1000), { kind: 'restart', delayMs: 10 });
  }
});
