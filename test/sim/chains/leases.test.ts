/**
 * Goal: storage of a contract grows by what its owner on another shard has lent, many calls beside each
 * other; the owner can use, see and sell all of its RAM at any time; nothing is lost by crashes, and
 * what nobody uses goes home.
 * Method: users and the owner at once, conservation and the sums of leases every few events.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { leaseKey, lentKey } from '#core/ledger/ram-lease.ts';
import { CALL_SCENES, callsPerSecond } from './call-rates.ts';
import { checkNetwork } from './conservation.ts';
import { Lending, runLending } from './lending.ts';

const IDLE_MS = 150_000;

for (const crashesPerSecond of [0, 3]) {
  test(`users and the owner use the RAM at once (${crashesPerSecond} crashes a second)`, () => {
    runLending({ seed: 2, crashesPerSecond });
  });
}

test('a lease that nobody uses goes home', () => {
  const lending = new Lending({ seed: 4, crashesPerSecond: 0 });
  const { network, owner } = lending.scene;
  lending.grow(3);
  lending.run(2000);
  assert.equal(lending.recordsOf(leaseKey(owner)), 1);
  network.run(IDLE_MS);
  for (const key of [leaseKey(owner), lentKey(owner), `x-terms-${owner}`, 'x-leases']) {
    assert.equal(lending.recordsOf(key), 0, key);
  }
  checkNetwork(network);
});

test('calls for which an owner elsewhere pays do not wait for each other', () => {
  const [near, far] = CALL_SCENES;
  assert.ok(callsPerSecond(far) > callsPerSecond(near) / 4);
});
