/**
 * Goal: tokens are conserved and channels are exactly-once at every moment, whatever crashes.
 * Method: seeded runs of whole networks; every run is executed twice and must repeat itself.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { runChains } from './run-chains.ts';

for (const [shards, crashesPerSecond, seed] of [
  [1, 0, 1],
  [2, 0, 2],
  [4, 0, 3],
  [2, 3, 4],
  [3, 3, 5],
  [8, 3, 6],
] as const) {
  test(`chains: random load: conserved, settled, repeatable (shards=${shards}, crashes=${crashesPerSecond}/s, seed=${seed})`, () => {
    const run = { seed, shards, crashesPerSecond, steps: 40, checkEvery: 7 };
    const first = runChains(run);
    assert.ok(first.transactions > 50);
    if (crashesPerSecond > 0) assert.ok(first.crashes > 0, 'something crashed');
    assert.equal(runChains(run).digest, first.digest);
  });
}
