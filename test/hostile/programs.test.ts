import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePrograms } from './programs/compare-programs.ts';

test('random programs end the same in two processes, whatever ran there before', async () => {
  const count = 100;
  const { different, succeeded } = await comparePrograms(7, count);
  assert.deepEqual(different, []);
  // Else they would all be the same failure.
  assert.ok(succeeded > count, `${succeeded} calls succeeded`);
});
