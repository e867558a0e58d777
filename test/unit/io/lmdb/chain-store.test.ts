/**
 * Goal: a reader sees exactly what was committed, wherever it lies: in a journal, in the tables, half
 * in each, and after a restart. Method: random histories against a Map.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FORMAT } from '#io/lmdb/chain-meta.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import { SLICES } from '#io/lmdb/pending-changes.ts';
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

test('chain store: empty: no head, nothing found', (t) => {
  const dataDir = temporaryDirectory(t);
  openStore(t, dataDir);
  const reader = openReader(t, dataDir);
  assert.equal(reader.head(), undefined);
  assert.equal(reader.state('b-x-y'), undefined);
  assert.deepEqual([...reader.allState()], []);
  assert.equal(reader.locate(digest('tx', 0, 0)), undefined);
  const { hashSeed: _, ...meta } = reader.meta();
  assert.deepEqual(meta, { ...IDENTITY, format: FORMAT });
});

test('chain store: blocks: every lookup finds them (heights=0..80)', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  const reader = openReader(t, dataDir);
  for (let height = 0; height <= 80; height++) {
    store.append({ commits: [commitAt(height)], votes: [] });
    assert.deepEqual(reader.head()?.height, height);
    assert.deepEqual(reader.state('b-counter-height'), Uint8Array.of(height));
    // The oldest of these are in the tables, the newest only in journals.
    for (let back = 0; back <= height; back += 7) checkBlock(reader, height - back);
  }
  assert.equal(reader.locate(digest('tx', 81, 0)), undefined);
  assert.equal(reader.heightOfHash(digest('block', 81)), undefined);
  assert.equal(reader.block(81), undefined);
});

function checkBlock(reader: ChainReader, height: number): void {
  assert.deepEqual(reader.block(height), digest('body', height));
  assert.deepEqual(reader.receipts(height), digest('receipts', height));
  assert.equal(reader.heightOfHash(digest('block', height)), height);
  assert.equal(reader.transactionIds(height)?.length, 96);
  assert.deepEqual(reader.locate(digest('tx', height, 2)), { height, index: 2 });
}

const KEYS = ['b-a-1', 'b-a-2', 'b-ab-1', 'm-t-Bé-iost', 'm-t-B漢-iost', 'm-t-B𝛼-iost', 'z'];
const historyOf = fc.array(
  fc.record({
    // How many blocks go into one transaction, and whether the store is opened anew before it.
    blocks: fc.array(
      fc.dictionary(fc.constantFrom(...KEYS), fc.option(fc.string(), { nil: null })),
      { minLength: 1, maxLength: 20 },
    ),
    reopen: fc.boolean(),
  }),
  { maxLength: 8 },
);

test('chain store: any history: equals the map it describes', async (t) => {
  await fc.assert(
    fc.asyncProperty(historyOf, async (history) => {
      const dataDir = temporaryDirectory(t);
      let store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 });
      store.append({
        commits: [commitAt(0, { changes: [change('b-a-2', 'genesis')] })],
        votes: [],
      });
      const model = new Map([['b-a-2', 'genesis']]);
      let height = 0;
      for (const { blocks, reopen } of history) {
        if (reopen) {
          await store.close();
          store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 });
        }
        const commits = blocks.map((changes) => {
          height += 1;
          const entries = Object.entries(changes);
          for (const [key, value] of entries) {
            if (value === null) model.delete(key);
            else model.set(key, value);
          }
          return commitAt(height, { changes: entries.map(([key, value]) => change(key, value)) });
        });
        store.append({ commits, votes: [] });
        const reader = ChainReader.open(dataDir, IDENTITY.chain);
        checkState(reader, model);
        await reader.close();
      }
      settleAll(store);
      const reader = ChainReader.open(dataDir, IDENTITY.chain);
      checkState(reader, model);
      await reader.close();
      await store.close();
    }),
    { numRuns: 15 },
  );
});

/** Blocks without changes until nothing of the earlier ones is in a journal any more. */
function settleAll(store: ChainStore): void {
  for (let round = 0; round < 3; round++) {
    const height = (store.head?.height ?? 0) + 1;
    const heights = Array.from({ length: SLICES }, (_, index) => height + index);
    const commits = heights.map((each) => commitAt(each, { changes: [] }));
    store.append({ commits, votes: [] });
  }
}

function checkState(reader: ChainReader, model: ReadonlyMap<string, string>): void {
  for (const key of KEYS) assert.equal(text(reader.state(key)), model.get(key), key);
  const ordered = [...model].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const read = (entries: Iterable<readonly [string, Uint8Array]>) =>
    Array.from(entries, ([key, value]) => [key, text(value)]);
  assert.deepEqual(read(reader.allState()), ordered);
  for (const prefix of ['', 'b-a', 'b-a-', 'm-t-B', 'm-t-Bé', 'x']) {
    const inside = ordered.filter(([key]) => key.startsWith(prefix));
    for (const limit of [1, 2, 100]) {
      const found = read(reader.stateRange({ prefix, limit }));
      assert.deepEqual(found, inside.slice(0, limit));
      const reversed = read(reader.stateRange({ prefix, limit, reverse: true }));
      assert.deepEqual(reversed, inside.toReversed().slice(0, limit));
    }
  }
  const between = ordered.filter(([key]) => key >= 'b-a-2' && key < 'm-t-Bé-iost' && key < 'm-t-C');
  const range = { from: 'b-a-2', to: 'm-t-Bé-iost', limit: 100 };
  assert.deepEqual(read(reader.stateRange(range)), between);
  assert.deepEqual(read(reader.stateRange({ ...range, reverse: true })), between.toReversed());
}

test('chain store: many keys in one slice: cuts move, nothing is lost', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  const reader = openReader(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  const expected = new Map<string, string>();
  for (let height = 1; height <= 60; height++) {
    const written = new Map<string, string>();
    for (let index = 0; index < 350; index++) {
      // Half of the keys are written once, half of them again and again.
      written.set(`m-token.iost-TBonce${height * 350 + index}-iost`, `${height}`);
      written.set(`m-token.iost-TBuser${(height * 109 + index) % 2000}-iost`, `${height}`);
    }
    const changes = Array.from(written, ([key, value]) => change(key, value));
    store.append({ commits: [commitAt(height, { changes })], votes: [] });
    for (const [key, value] of written) expected.set(key, value);
  }
  settleAll(store);
  const stored = reader.stateRange({ prefix: 'm-', limit: 100_000 });
  assert.deepEqual(new Map(stored.map(([key, value]) => [key, text(value)])), expected);
  assert.equal(reader.locate(digest('tx', 30, 1))?.height, 30);
});

test('chain store: crosslinks: the first root block at or above the height', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  const reader = openReader(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  const crosslinks = [
    { chain: 0, toHeight: 5 },
    { chain: 1, toHeight: 300 },
  ];
  store.append({ commits: [commitAt(1, { crosslinks })], votes: [] });
  store.append({ commits: [commitAt(2, { crosslinks: [{ chain: 0, toHeight: 9 }] })], votes: [] });
  assert.equal(reader.rootHeightOf(0, 1), 1);
  assert.equal(reader.rootHeightOf(0, 5), 1);
  assert.equal(reader.rootHeightOf(0, 6), 2);
  assert.equal(reader.rootHeightOf(0, 10), undefined);
  assert.equal(reader.rootHeightOf(1, 256), 1);
});

test('chain store: votes: kept in order, replaced, pruned below a key', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  const reader = openReader(t, dataDir);
  const vote = (key: string, byte: number) => ({
    chain: 0,
    token: byte,
    key,
    value: Uint8Array.of(byte),
  });
  store.append({ commits: [], votes: [vote('v2', 2), vote('v1', 1), vote('v3', 3)] });
  store.append({ commits: [], votes: [vote('v2', 22)] });
  assert.deepEqual(reader.votes(), [
    ['v1', Uint8Array.of(1)],
    ['v2', Uint8Array.of(22)],
    ['v3', Uint8Array.of(3)],
  ]);
  assert.equal(reader.votes('v2').length, 2);
  store.append({ commits: [], votes: [vote('v4', 4)], pruneVotesBefore: 'v3' });
  assert.deepEqual(
    reader.votes().map(([key]) => key),
    ['v3', 'v4'],
  );
});

test('chain store: a block left out: assertion, nothing written', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = openStore(t, dataDir);
  store.append({ commits: [commitAt(0)], votes: [] });
  assert.throws(() => store.append({ commits: [commitAt(2)], votes: [] }), /in order/);
  assert.equal(store.head?.height, 0);
  assert.equal(store.holds(0, digest('block', 0)), true);
  assert.equal(store.holds(1, digest('block', 0)), false);
  assert.equal(store.holds(2, digest('block', 2)), false);
});
