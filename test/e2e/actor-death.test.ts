/**
 * The threads of a whole node die one after the other under load: each is started again alone, the
 * others go on, and what the node promised holds. The production actors run under the production
 * supervisor in this process, since nothing outside a process can end one of its threads.
 */

import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '#node/config/load-config.ts';
import { openIdentity } from '#node/identity/open-identity.ts';
import { readGenesis } from '#node/read-genesis.ts';
import { topologyOptions } from '#node/start.ts';
import { nodeTopology } from '#node/topology.ts';
import type { MortalOptions } from '#test/support/actors/mortal-actor.ts';
import { freePorts } from '#test/support/running-node.ts';
import { SupervisedNode } from '#test/support/supervised-node.ts';
import { audit } from './crash/audit.ts';
import { benchGenesis } from './crash/bench-genesis.ts';
import { Load } from './crash/load.ts';
import { WorkFactory } from './crash/work.ts';

const SHARDS = 2;
const ACCOUNTS = 1000;
const BETWEEN_DEATHS_MS = 300;
const MORTAL = new URL('../support/actors/mortal-actor.ts', import.meta.url).href;

test('every actor of a node under load may die', { timeout: 120_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'iost-node-deaths-'));
  const { rpc } = await freePorts();
  const settings = { genesis: benchGenesis(ACCOUNTS) };
  const loaded = loadConfig({
    profile: 'bench',
    file: undefined,
    dataDir,
    assignments: [`shards=${SHARDS}`, `rpc.port=${rpc}`, `genesis=${settings.genesis}`],
    environment: {},
  });
  assert.ok(loaded.ok);
  const { config } = loaded.value;
  const identity = await openIdentity(config.identity);
  const real = nodeTopology(topologyOptions(config, readGenesis(config.genesis), identity));
  const orders = new Map(real.actors.map(({ name }) => [name, new SharedArrayBuffer(4)]));
  const topology = {
    ...real,
    actors: real.actors.map((row) => {
      const order = orders.get(row.name) as SharedArrayBuffer;
      const options: MortalOptions = { module: row.module, options: row.options, order };
      return { ...row, module: MORTAL, options };
    }),
  };
  const node = new SupervisedNode({ topology });
  const load = new Load(new WorkFactory(ACCOUNTS), 2000);
  try {
    const isReady = await node.supervisor.start();
    assert.ok(isReady, JSON.stringify(node.lines));
    const connect = () => load.connect(`ws://127.0.0.1:${rpc}/ws`);
    await connect();
    for (const [name, order] of orders) {
      await sleep(BETWEEN_DEATHS_MS);
      const before = load.final;
      const restarted = new Promise<void>((resolve) => {
        node.supervisor.events.on('actorReady', (actor) => {
          if (actor === name) resolve();
        });
      });
      Atomics.store(new Int32Array(order), 0, 1);
      await restarted;
      assert.ok(node.lines.some(({ text }) => text.startsWith(`actor ${name} died: told to die`)));
      // A client sends again what it has no answer for.
      load.close();
      await connect();
      while (load.final === before) await sleep(20);
    }
    await sleep(BETWEEN_DEATHS_MS);
    await load.drain();
    load.close();
    assert.deepEqual(node.supervisor.health(), { ready: true, reasons: [], details: {} });
    node.supervisor.stop('the test is over');
    assert.equal((await node.supervisor.finished).code, 0);
    const died = node.lines.filter(({ text }) => / died: /.test(text));
    assert.equal(died.length, orders.size, died.map(({ text }) => text).join('\n'));
    await audit({ profile: 'bench', shards: SHARDS, dataDir, settings }, load);
  } finally {
    load.close();
    node.supervisor.force('the test is over');
    rmSync(dataDir, { recursive: true, force: true });
  }
});
