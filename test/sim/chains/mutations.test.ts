/**
 * Goal: the scenarios of the chains notice bugs.
 * Method: every seeded bug must be caught; the BFT ones are in ../bft.test.ts.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { CHAINS_MUTATIONS, catchChainsMutation } from './mutations.ts';

for (const mutation of CHAINS_MUTATIONS) {
  test(`seeded bug: ${mutation.name} is caught`, async () => {
    const caught = await catchChainsMutation(mutation);
    assert.ok(caught !== undefined, `survived ${mutation.scenario}`);
  });
}
