import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { killUnderLoad } from './crash/kills.ts';

test('a node that is killed under load loses nothing and does nothing twice', async () => {
  const report = await killUnderLoad({
    seed: 1,
    kills: 5,
    shards: 2,
    accounts: 1000,
    lifeMsMax: 1500,
    window: 3000,
  });
  assert.ok(report.transactions >= report.final, JSON.stringify(report));
});
