/**
 * Goal: what runs at once comes to what some order, one after the other, comes to (A7).
 * Method: every order of small histories on one ledger; more seeds by `npm run sim -- --seeds 100
 * --scenario chains/serial-order`.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { explainHistory } from './serial-order.ts';

const SEEDS = [1, 2, 3, 5];

test('small histories have a serial order, and not always the order of arrival', () => {
  const orders = SEEDS.map((seed) => explainHistory(seed).join());
  assert.ok(new Set(orders).size > 2, orders.join(' '));
});
