/**
 * Goal: committees follow each other as the elections say, without a gap and without a fork, whatever
 * happens while they hand over; who fails loses what it should, and nobody else anything.
 * Method: whole validators in virtual time with periods of twelve root blocks.
 */

import { test } from 'node:test';
import { COMMITTEE_SCENARIOS } from './scenarios.ts';

for (const [index, scenario] of COMMITTEE_SCENARIOS.entries()) {
  const seed = index + 1;
  test(`${scenario.name} (seed=${seed})`, () => scenario.run(seed));
}
