/** Goal: readers on other threads see each block as soon as it is flushed, and hold nothing back. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { StateChange } from '#core/msb/packed-changes.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import {
  change,
  commitAt,
  digest,
  IDENTITY,
  openReader,
  openStore,
  temporaryDirectory,
  text,
} from '#test/support/lmdb/chain-fixture.ts';

const WORKER = new URL('../../../support/lmdb/reading-worker.ts', import.meta.url);
const DYING_WRITER = new URL('../../../support/lmdb/dying-writer.ts', import.meta.url);
const ANSWER_MS_MAX = 10_000;
const NO_ANSWER = -2;
/** lmdb-js sets one per table while it opens. */
const TIMERS_MAX = 20;

/** Starts the worker and returns a function that asks it for the height it sees. */
function startReading(
  t: TestContext,
  dataDir: string,
): { ask(number: number): Promise<number>; cells: Int32Array } {
  const cells = new Int32Array(new SharedArrayBuffer(12));
  Atomics.store(cells, 1, NO_ANSWER);
  const worker = new Worker(WORKER, { workerData: { dataDir, cells } });
  t.after(() => worker.terminate());
  let last = NO_ANSWER;
  return {
    cells,
    ask: async (number) => {
      if (number !== 0) {
        Atomics.store(cells, 0, number);
        Atomics.notify(cells, 0);
      }
      const waiting = Atomics.waitAsync(cells, 1, last, ANSWER_MS_MAX);
      if (waiting.async) await waiting.value;
      last = Atomics.load(cells, 1);
      return last;
    },
  };
}

test('chain reader: thread without event loop: sees every block, leaks no timers', async (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  const worker = startReading(t, dataDir);
  assert.equal(await worker.ask(0), 0);
  for (let height = 1; height <= 100; height++) {
    store.append({ commits: [commitAt(height)], votes: [] });
    assert.equal(await worker.ask(height), height);
  }
  assert.equal(await worker.ask(-1), -1);
  assert.ok((worker.cells[2] as number) <= TIMERS_MAX, `${worker.cells[2]} timers`);
});

test('chain reader: file outgrows the map under a reading thread: both go on', async (t) => {
  const dataDir = temporaryDirectory(t);
  const store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0, mapBytes: 2 ** 20 });
  t.after(() => store.close());
  store.append({ commits: [commitAt(0)], votes: [] });
  const worker = startReading(t, dataDir);
  assert.equal(await worker.ask(0), 0);
  const value = new Uint8Array(2 ** 20).fill(7);
  for (let height = 1; height <= 24; height++) {
    const changes: readonly StateChange[] = [
      ['b-counter-height', Uint8Array.of(height)],
      [`b-large-${height}`, value],
    ];
    store.append({ commits: [commitAt(height, { changes })], votes: [] });
    assert.equal(await worker.ask(height), height);
  }
  assert.ok(statSync(join(dataDir, 'chains/shard-0/data.mdb')).size > 20 * 2 ** 20);
  const reader = openReader(t, dataDir);
  for (let height = 1; height <= 24; height++) {
    assert.deepEqual(reader.state(`b-large-${height}`), value);
  }
  assert.equal(await worker.ask(-1), -1);
});

test('chain reader: idle reader: pages are reused, the file stays small', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  const reader = openReader(t, dataDir);
  assert.equal(reader.head()?.height, 0);
  const changes = Array.from({ length: 2000 }, (_, index) =>
    change(`b-k-${index}`, 'v'.repeat(50)),
  );
  const nothing = new Uint8Array(0);
  const fields = { changes, block: nothing, receipts: nothing };
  for (let height = 1; height <= 200; height++) {
    store.append({ commits: [commitAt(height, fields)], votes: [] });
    // One read in between: its snapshot must not be pinned by the reader.
    if (height === 50) assert.equal(reader.head()?.height, 50);
  }
  const megabytes = statSync(join(dataDir, 'chains/shard-0/data.mdb')).size / 2 ** 20;
  assert.ok(megabytes < 16, `${megabytes} MiB for 0.2 MiB of state`);
});

test('chain reader: snapshot: its reads are of one block', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  const reader = openReader(t, dataDir);
  reader.snapshot(() => {
    assert.equal(reader.head()?.height, 0);
    store.append({ commits: [commitAt(1)], votes: [] });
    assert.equal(reader.head()?.height, 0);
    assert.deepEqual(reader.state('b-counter-height'), Uint8Array.of(0));
    assert.equal(reader.block(1), undefined);
  });
  assert.equal(reader.head()?.height, 1);
  assert.deepEqual(reader.block(1), digest('body', 1));
});

test('chain reader: returned bytes: stay when the chain goes on', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  store.append({ commits: [commitAt(0, { changes: [change('b-a-a', 'old')] })], votes: [] });
  const reader = openReader(t, dataDir);
  const block = reader.block(0);
  const settled = reader.state('b-a-a');
  store.append({ commits: [commitAt(1, { changes: [change('b-a-a', 'new')] })], votes: [] });
  const journaled = reader.state('b-a-a');
  for (let height = 2; height <= 40; height++) {
    const changes = [change('b-a-a', `${height}`)];
    store.append({ commits: [commitAt(height, { changes })], votes: [] });
    reader.state('b-a-a');
  }
  assert.deepEqual(block, digest('body', 0));
  assert.equal(text(settled), 'old');
  assert.equal(text(journaled), 'new');
});

test('chain reader: the whole state in pages (entries=10,000)', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  const changes = Array.from({ length: 10_000 }, (_, index) => change(`b-k-${index}`, `${index}`));
  store.append({ commits: [commitAt(0, { changes })], votes: [] });
  store.append({ commits: [commitAt(1, { changes: [change('b-k-77', null)] })], votes: [] });
  const read = new Map(openReader(t, dataDir).allState());
  assert.equal(read.size, 9_999);
  assert.equal(text(read.get('b-k-9999')), '9999');
  assert.equal(read.has('b-k-77'), false);
});

test('chain reader: nothing there: refusal that says what to do', (t) => {
  const dataDir = temporaryDirectory(t);
  assert.throws(() => ChainReader.open(dataDir, 0), {
    name: 'StorageFailure',
    code: 'missing',
    fix: /start the node once/,
  });
});

test('chain reader: the writing thread dies and comes back: reading goes on', async (t) => {
  const dataDir = temporaryDirectory(t);
  let reader: ChainReader | undefined;
  for (let height = 0; height < 4; height++) {
    const writer = new Worker(DYING_WRITER, { workerData: { dataDir } });
    assert.deepEqual(await once(writer, 'message'), [height]);
    reader ??= openReader(t, dataDir);
    assert.equal(reader.head()?.height, height);
    const died = once(writer, 'error');
    const ended = new Promise((resolve) => writer.once('exit', resolve));
    writer.postMessage('die');
    assert.match(String((await died)[0]), /the writer dies/);
    await ended;
    assert.deepEqual(reader.state('b-counter-height'), Uint8Array.of(height));
  }
});

test('chain reader: opened before the store in its process: the store says so', async (t) => {
  const dataDir = temporaryDirectory(t);
  const store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 });
  await store.close();
  openReader(t, dataDir);
  assert.throws(() => ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 }), {
    code: 'read-only',
    message: /opened for reading only in this process/,
  });
});

test('chain reader: another process: reads while the store writes', async (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  store.append({ commits: [commitAt(1)], votes: [] });
  const script = `
    const { ChainReader } = await import(${JSON.stringify(import.meta.resolve('#io/lmdb/chain-reader.ts'))});
    process.stdout.write(String(ChainReader.open(${JSON.stringify(dataDir)}, 0).head()?.height));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  await once(child, 'close');
  assert.equal(Buffer.concat(output).toString(), '1');
});
