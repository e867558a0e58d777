/** Seeds that once failed, each with what it had found: none of them may come back. */

import { test } from 'node:test';
import { scenariosNamed } from './scenarios.ts';
import seeds from './seeds.json' with { type: 'json' };

for (const { scenario, seed, cause } of seeds) {
  test(`${scenario} seed ${seed}: ${cause}`, () => {
    for (const { run } of scenariosNamed(scenario)) run(seed);
  });
}
