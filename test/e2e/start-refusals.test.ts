/**
 * Starts that cannot be: one line of cause, one of what helps, an exit code that tells a service
 * manager whether to try again, and a data directory that is as it was.
 */

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type CliRun, runCli } from '#test/support/run-cli.ts';
import { freePorts, RunningNode } from '#test/support/running-node.ts';

const CONFIG = 78;
const RETRY = 75;
const FAULT = 70;

describe('a node refuses to start', () => {
  let node: RunningNode | undefined;
  const running = (): RunningNode => node as RunningNode;
  before(async () => {
    node = await RunningNode.start({ profile: 'dev', shards: 2 });
  });
  after(() => node?.remove());

  /** Starts another process on the node's data directory, with other ports unless said. */
  const startAgain = async (settings: Record<string, string | number> = {}): Promise<CliRun> => {
    const { rpc, telemetry, p2p } = await freePorts();
    const ports = { 'rpc.port': rpc, 'telemetry.port': telemetry, 'p2p.port': p2p };
    return runCli(running().startArguments({ ...ports, ...settings }));
  };

  test('on the data directory of a running node', async () => {
    const lock = join(running().dataDir, 'node.lock');
    const before = readFileSync(lock, 'utf8');
    const run = await startAgain();
    refused(run, RETRY, /process \d+ is running a node on it/, /stop the other node/);
    assert.equal(readFileSync(lock, 'utf8'), before);
    const answer = await fetch(`${running().rpcUrl}/getNodeInfo`);
    assert.ok(answer.ok, 'the running node goes on');
    await answer.body?.cancel();
  });

  test('where a port is taken', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    await running().stop();
    try {
      for (const key of ['rpc.port', 'telemetry.port']) {
        const run = await startAgain({ [key]: address.port });
        refused(run, CONFIG, new RegExp(`127\\.0\\.0\\.1:${address.port} is in use`), /--set/);
      }
    } finally {
      server.close();
    }
  });

  test('with another number of shards, network or genesis', async () => {
    const before = contentOf(running().dataDir);
    refused(await startAgain({ shards: 3 }), CONFIG, /2 shard/, /./);
    refused(await startAgain({ shards: 1 }), CONFIG, /2 shard/, /./);
    refused(await startAgain({ genesis: 'config/genesis/bench.json' }), CONFIG, /genesis/, /./);
    assert.deepEqual(contentOf(running().dataDir), before);
    await running().start();
    assert.equal((await running().stop()).code, 0);
  });

  test('with settings that cannot be', async () => {
    const run = await startAgain({ 'rpc.prot': 1 });
    refused(run, CONFIG, /rpc\.prot/, /./);
    refused(await startAgain({ shards: 0 }), CONFIG, /shards/, /./);
  });

  test('with a part of the data missing', async () => {
    const folder = join(running().dataDir, 'chains/shard-1');
    rmSync(folder, { recursive: true });
    refused(await startAgain(), FAULT, /shard-1 is empty, but root has \d+ blocks/, /backup/);
  });
});

/** One line of cause, one of what to do, no stack. */
function refused(run: CliRun, code: number, cause: RegExp, fix: RegExp): void {
  const lines = run.stderr.trimEnd().split('\n');
  const text = lines.join('\n');
  assert.equal(run.code, code, text);
  assert.ok(lines.filter((line) => cause.test(line)).length === 1, text);
  assert.match(text, cause);
  assert.match(lines.at(-1) ?? '', /fix: /);
  assert.match(lines.at(-1) ?? '', fix);
  assert.doesNotMatch(text, /\bat .*\.ts:\d+/, 'no stack');
  assert.equal(run.stdout, '');
}

/** Size and digest of every file below, without locks that readers leave. */
function contentOf(folder: string): readonly string[] {
  return globSync(join(folder, '**/*'))
    .filter((path) => statSync(path).isFile() && !path.endsWith('lock.mdb'))
    .map((path) => {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${path} ${digest}`;
    })
    .sort();
}
