/**
 * Goal: tokens are conserved, channels are exactly-once, promises are kept and every transaction
 * ends, at every moment, whatever crashes.
 * Method: seeded runs of whole networks; every run is executed twice and must repeat itself.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { CHAINS_SCENARIOS, runChainsScenario } from './scenarios.ts';

const SEEDS = [1, 2, 3];

for (const { name, plan } of CHAINS_SCENARIOS) {
  test(`${name}: conserved, settled, repeatable`, () => {
    let crashes = 0;
    for (const seed of name.startsWith('atomix/') ? SEEDS.slice(0, 1) : SEEDS) {
      const first = runChainsScenario(name, seed);
      assert.ok(first.transactions > 40 && first.ran > 0);
      crashes += first.crashes;
      if (seed === 1) assert.equal(runChainsScenario(name, seed).digest, first.digest);
    }
    if (plan(1).crashesPerSecond > 0) assert.ok(crashes > 0, 'something crashed');
  });
}
