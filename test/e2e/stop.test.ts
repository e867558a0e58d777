/** SIGTERM at full load: intake ends, what is in flight is finished and flushed, within 10 s. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { complaintsIn, RunningNode } from '#test/support/running-node.ts';
import { audit } from './crash/audit.ts';
import { benchGenesis } from './crash/bench-genesis.ts';
import { Load } from './crash/load.ts';
import { WorkFactory } from './crash/work.ts';

const ACCOUNTS = 1000;
const LOAD_MS = 2000;
const STOP_MS_MAX = 10_000;

test('SIGTERM under load ends with 0 and loses nothing', { timeout: 120_000 }, async () => {
  const load = new Load(new WorkFactory(ACCOUNTS), 6000);
  const node = await RunningNode.start({
    profile: 'bench',
    shards: 2,
    settings: { genesis: benchGenesis(ACCOUNTS) },
  });
  try {
    await load.connect(node.websocketUrl);
    await sleep(LOAD_MS);
    const before = load.final;
    assert.ok(before > 0, 'it is under load');
    const startedMs = performance.now();
    const { code, stderr } = await node.stop();
    const tookMs = performance.now() - startedMs;
    assert.equal(code, 0, stderr);
    assert.deepEqual(complaintsIn(stderr), []);
    assert.ok(tookMs < STOP_MS_MAX, `it took ${tookMs} ms`);
    await audit(node.atRest, load);
    // The same data serves again, and everything that was open finds its end.
    await node.start();
    await load.connect(node.websocketUrl);
    await load.drain();
    load.close();
    assert.ok(load.final + load.known > before);
    assert.equal((await node.stop()).code, 0);
    await audit(node.atRest, load);
  } finally {
    load.close();
    await node.remove();
  }
});
