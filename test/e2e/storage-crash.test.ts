/**
 * Goal: `kill -9` at any moment costs nothing that was acknowledged and leaves no half block. Method:
 * a process commits without pause, is killed at random moments and goes on with what it left; after
 * each kill all of the chain is compared with what its height says it must be.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { digest, temporaryDirectory } from '#test/support/lmdb/chain-fixture.ts';
import { crashCommit, crashState, voteKey } from '#test/support/lmdb/crash-history.ts';

const PROCESS = fileURLToPath(new URL('../support/lmdb/committing-process.ts', import.meta.url));
const KILLS = 25;
const LIFE_MS_MAX = 120;

test(`storage: kill -9 while committing: acknowledged blocks are whole (kills=${KILLS})`, async (t) => {
  const dataDir = temporaryDirectory(t);
  let acknowledged = -1;
  let moved = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const lifeMs = Math.random() * LIFE_MS_MAX;
    const last = await commitUntilKilled(t, dataDir, lifeMs);
    if (last > acknowledged) moved += 1;
    acknowledged = Math.max(acknowledged, last);
    await checkChain(dataDir, acknowledged, `kill ${kill} after ${lifeMs.toFixed(1)} ms`);
  }
  assert.ok(moved > KILLS / 2, `the chain grew in ${moved} of ${KILLS} lives`);
});

/** The last height that the process acknowledged. It is killed `lifeMs` after the first. */
async function commitUntilKilled(t: TestContext, dataDir: string, lifeMs: number): Promise<number> {
  const child = spawn(process.execPath, [PROCESS, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), lifeMs);
    output += chunk.toString();
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL', 'the process ends only by being killed');
  // A line without its end was cut by the kill: not an acknowledgement.
  const lines = output.split('\n').slice(0, -1);
  return lines.length === 0 ? -1 : Number(lines.at(-1));
}

async function checkChain(dataDir: string, acknowledged: number, when: string): Promise<void> {
  const reader = ChainReader.open(dataDir, 0);
  const head = reader.head();
  assert.ok(head !== undefined && head.height >= acknowledged, `${when}: ${acknowledged} is lost`);
  for (let height = 0; height <= head.height; height++) {
    const { hash, block, receipts } = crashCommit(height);
    assert.deepEqual(reader.block(height), new Uint8Array(block), `${when}: block ${height}`);
    assert.deepEqual(reader.receipts(height), new Uint8Array(receipts));
    assert.equal(reader.heightOfHash(hash), height);
    assert.deepEqual(reader.locate(digest('tx', height, 1)), { height, index: 1 });
  }
  assert.equal(reader.block(head.height + 1), undefined, when);
  assert.equal(reader.locate(digest('tx', head.height + 1, 1)), undefined, when);
  assert.deepEqual(new Map(reader.allState()), crashState(head.height), when);
  assert.equal(reader.votes().at(-1)?.[0], voteKey(head.height));
  assert.equal(reader.votes().length, head.height + 1);
  await reader.close();
}
