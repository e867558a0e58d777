/** Goal: an answer means on disk, whatever order, restart or repetition; no disk, no answer. */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMIT_PART_BYTES_MAX, commitParts } from '#actors/storage/protocol.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { temporaryDirectory } from '#test/support/lmdb/chain-fixture.ts';
import {
  answers,
  createStorage,
  deliverCommits,
  persisted,
  SHARD,
  type StorageHarness,
  shardCommit,
  shardVote,
} from '#test/support/lmdb/storage-harness.ts';

const FULL_DISK_PROCESS = fileURLToPath(
  new URL('../../../support/lmdb/full-disk-process.ts', import.meta.url),
);

async function startStorage(t: TestContext, dataDir: string): Promise<StorageHarness> {
  const storage = createStorage(dataDir);
  await storage.start();
  t.after(() => storage.stop());
  return storage;
}

test('storage actor: first start: every chain has its genesis, a second start keeps it', async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = createStorage(dataDir);
  await first.start();
  const hashes = [0, ROOT_CHAIN].map((chain) => {
    const head = ChainReader.open(dataDir, chain).head();
    assert.equal(head?.height, 0);
    return head.hash;
  });
  await first.stop();
  await startStorage(t, dataDir);
  assert.deepEqual(
    [0, ROOT_CHAIN].map((chain) => ChainReader.open(dataDir, chain).head()?.hash),
    hashes,
  );
});

test('storage actor: blocks and votes of a turn: answered once they can be read', async (t) => {
  const dataDir = temporaryDirectory(t);
  const storage = await startStorage(t, dataDir);
  const reader = ChainReader.open(dataDir, 0);
  storage.deliver(
    SHARD,
    shardVote(7),
    ...commitParts(shardCommit(1)),
    ...commitParts(shardCommit(2)),
    shardVote(8),
  );
  assert.deepEqual(answers(storage), [
    { kind: 'votesPersisted', chain: 0, tokens: [7, 8] },
    persisted(1),
    persisted(2),
  ]);
  assert.equal(reader.head()?.height, 2);
  assert.deepEqual(
    reader.votes().map(([key, value]) => [key, ...value]),
    [
      ['view-7', 7],
      ['view-8', 8],
    ],
  );
  storage.deliver(SHARD, { kind: 'pruneVotes', chain: 0, before: 'view-8' });
  assert.deepEqual(answers(storage), []);
  assert.equal(reader.votes().length, 1);
});

test('storage actor: a block larger than a message: arrives in parts (bytes=3,000,000)', async (t) => {
  const dataDir = temporaryDirectory(t);
  const storage = await startStorage(t, dataDir);
  const commit = shardCommit(1, 3_000_000);
  const parts = commitParts(commit);
  assert.equal(parts.length, 6);
  for (const { pieces } of parts) {
    assert.ok(pieces.reduce((sum, piece) => sum + piece.length, 0) <= COMMIT_PART_BYTES_MAX);
  }
  storage.deliver(SHARD, ...parts.slice(0, 2));
  assert.deepEqual(answers(storage), []);
  storage.deliver(SHARD, ...parts.slice(2));
  assert.deepEqual(answers(storage), [persisted(1)]);
  assert.deepEqual(ChainReader.open(dataDir, 0).block(1), commit.block);
});

test('storage actor: many blocks at once: stored in groups, answered in order (blocks=50)', async (t) => {
  const dataDir = temporaryDirectory(t);
  const storage = await startStorage(t, dataDir);
  const heights = Array.from({ length: 50 }, (_, index) => index + 1);
  deliverCommits(storage, ...heights.map((height) => shardCommit(height)));
  assert.deepEqual(answers(storage), heights.map(persisted));
  assert.equal(storage.metricTotals.get('storage_commit_seconds'), 4);
});

test('storage actor: after its restart: what is stored is answered again, not stored twice', async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = createStorage(dataDir);
  await first.start();
  deliverCommits(first, shardCommit(1), shardCommit(2));
  await first.stop();
  const second = await startStorage(t, dataDir);
  deliverCommits(second, shardCommit(1), shardCommit(2), shardCommit(3));
  assert.deepEqual(answers(second), [1, 2, 3].map(persisted));
  assert.equal(ChainReader.open(dataDir, 0).head()?.height, 3);
});

test('storage actor: another block at a stored height: the node stops', async (t) => {
  const storage = await startStorage(t, temporaryDirectory(t));
  deliverCommits(storage, shardCommit(1));
  assert.throws(() => deliverCommits(storage, shardCommit(1, 100, 'fork')), {
    name: 'FatalActorError',
    message: /shard-0 wants to replace its flushed block 1/,
  });
});

test('storage actor: the sender dies between parts: its next block starts anew', async (t) => {
  const storage = await startStorage(t, temporaryDirectory(t));
  const parts = commitParts(shardCommit(1, 3_000_000));
  storage.deliver(SHARD, ...parts.slice(0, 2));
  storage.peerRestarted(SHARD);
  deliverCommits(storage, shardCommit(1));
  assert.deepEqual(answers(storage), [persisted(1)]);
});

test('storage actor: another shard count: the node stops with a reason and a way out', async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = createStorage(dataDir);
  await first.start();
  await first.stop();
  await assert.rejects(() => createStorage(dataDir, { shards: 3 }).start(), {
    name: 'FatalActorError',
    code: 'config',
    message: /made for 1 shards, the configuration says 3/,
    fix: /shards=1/,
  });
  assert.throws(() => ChainReader.open(dataDir, 2), { code: 'missing' });
});

for (const content of ['blocks', 'state'] as const) {
  test(`storage actor: disk full (${content}): stalls unready, loses nothing, goes on with space`, async (t) => {
    const dataDir = temporaryDirectory(t);
    // 16 MiB per file, as a soft limit, so that it can be lifted while the process runs.
    const node = `exec "${process.execPath}" "${FULL_DISK_PROCESS}" "${dataDir}" ${content}`;
    const command = `ulimit -S -f 16384; ${node}`;
    const child = spawn('bash', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    const stalled = String(await nextLine(child.stdout));
    const height = Number(/^stalled (\d+) .*the disk is full: free some space/.exec(stalled)?.[1]);
    assert.ok(height > 10, stalled);
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    child.stdin.write('go on\n');
    assert.equal(await nextLine(child.stdout), `resumed ${height + 2}\n`);
    await once(child, 'exit');
    const reader = ChainReader.open(dataDir, 0);
    assert.equal(reader.head()?.height, height + 2);
    for (let each = 1; each <= height + 2; each++) {
      const bytes = new Uint8Array(200_000).fill(each);
      if (content === 'blocks') assert.deepEqual(reader.block(each), bytes);
      else assert.deepEqual(reader.state(`b-large-${each}`), bytes);
    }
  });
}

async function nextLine(stream: NodeJS.ReadableStream): Promise<string> {
  const ended = once(stream, 'end').then(() => ['the process ended']);
  const [chunk] = await Promise.race([once(stream, 'data'), ended]);
  return String(chunk);
}
