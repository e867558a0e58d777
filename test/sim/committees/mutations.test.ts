/**
 * Goal: the scenarios of the committees notice bugs.
 * Method: every seeded bug must be caught.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { COMMITTEE_MUTATIONS, catchCommitteeMutation } from './mutations.ts';

for (const mutation of COMMITTEE_MUTATIONS) {
  test(`seeded bug: ${mutation.name} is caught`, async () => {
    const caught = await catchCommitteeMutation(mutation);
    assert.ok(caught !== undefined, `survived ${mutation.scenario}`);
  });
}
