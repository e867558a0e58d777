/** Goal: an environment that is not ours is refused with a reason and left as it was. */

import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { archivePath } from '#io/lmdb/block-archive.ts';
import { createMeta, encodeMeta, FORMAT, IDENTITY_KEY } from '#io/lmdb/chain-meta.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import { chainPath } from '#io/lmdb/data-directory.ts';
import { storageFailureFrom } from '#io/lmdb/storage-failure.ts';
import { openMetaTable, openRoot } from '#io/lmdb/tables.ts';
import {
  change,
  commitAt,
  IDENTITY,
  temporaryDirectory,
} from '#test/support/lmdb/chain-fixture.ts';
import { crashCommit, crashVote } from '#test/support/lmdb/crash-history.ts';

const LIMITS = { freeBytesMin: 0 };

async function storedChain(t: TestContext): Promise<string> {
  const dataDir = temporaryDirectory(t);
  const store = ChainStore.open(dataDir, IDENTITY, LIMITS);
  store.append({ commits: [commitAt(0)], votes: [] });
  await store.close();
  return dataDir;
}

test('refusal: another shard count, genesis: names both, writes nothing', async (t) => {
  const dataDir = await storedChain(t);
  const file = join(chainPath(dataDir, 0), 'data.mdb');
  const before = readFileSync(file);
  assert.throws(() => ChainStore.open(dataDir, { ...IDENTITY, shards: 4 }, LIMITS), {
    code: 'wrong-shards',
    message: /made for 2 shards, the configuration says 4/,
    fix: /shards=2/,
  });
  assert.throws(() => ChainStore.open(dataDir, { ...IDENTITY, genesis: 'ffff' }, LIMITS), {
    code: 'wrong-genesis',
    message: /genesis a1b2, not ffff/,
  });
  assert.deepEqual(readFileSync(file), before);
  const store = ChainStore.open(dataDir, IDENTITY, LIMITS);
  assert.equal(store.head?.height, 0);
  await store.close();
});

test('refusal: directory of another chain', async (t) => {
  const dataDir = await storedChain(t);
  cpSync(chainPath(dataDir, 0), chainPath(dataDir, ROOT_CHAIN), { recursive: true });
  assert.throws(() => ChainStore.open(dataDir, { ...IDENTITY, chain: ROOT_CHAIN }, LIMITS), {
    code: 'wrong-chain',
  });
});

test('refusal: newer and older format: store and reader', async (t) => {
  const dataDir = await storedChain(t);
  const root = openRoot(chainPath(dataDir, 0), false, 2 ** 24);
  for (const [code, format] of [
    ['newer-format', FORMAT + 1],
    ['older-format', FORMAT - 1],
  ] as const) {
    root.transactionSync(() => {
      openMetaTable(root)?.put(IDENTITY_KEY, encodeMeta({ ...createMeta(IDENTITY), format }));
    });
    const message = new RegExp(`format ${format}, this one (knows|needs) ${FORMAT}`);
    assert.throws(() => ChainStore.open(dataDir, IDENTITY, LIMITS), { code, message });
    assert.throws(() => ChainReader.open(dataDir, 0), { code });
  }
  await root.close();
});

test('refusal: a file that is no database', (t) => {
  const dataDir = temporaryDirectory(t);
  mkdirSync(chainPath(dataDir, 0), { recursive: true });
  writeFileSync(join(chainPath(dataDir, 0), 'data.mdb'), 'x'.repeat(16_384));
  assert.throws(() => ChainStore.open(dataDir, IDENTITY, LIMITS), { code: 'corrupt' });
});

test('refusal: a truncated file: found at the start, whatever was cut off', async (t) => {
  for (const cutBytes of [4096, 20_000, 100_000, 300_000]) {
    const dataDir = temporaryDirectory(t);
    const store = ChainStore.open(dataDir, IDENTITY, LIMITS);
    for (let height = 0; height < 40; height++) {
      store.append({ commits: [crashCommit(height)], votes: [crashVote(height)] });
    }
    // Too large for free pages in between: all that is cut off is in use.
    const changes = [change('b-large', 'x'.repeat(400_000))];
    store.append({ commits: [commitAt(40, { changes })], votes: [] });
    await store.close();
    const file = join(chainPath(dataDir, 0), 'data.mdb');
    truncateSync(file, statSync(file).size - cutBytes);
    assert.throws(
      () => ChainStore.open(dataDir, IDENTITY, LIMITS),
      { code: 'corrupt' },
      `${cutBytes}`,
    );
  }
});

test('refusal: a block archive that lost its end: found at the start', async (t) => {
  for (const cutBytes of [1, 60, 200]) {
    const dataDir = await storedChain(t);
    const file = archivePath(chainPath(dataDir, 0));
    truncateSync(file, statSync(file).size - Math.min(cutBytes, statSync(file).size));
    assert.throws(() => ChainStore.open(dataDir, IDENTITY, LIMITS), {
      code: 'corrupt',
      message: /blocks\.dat: the end of the file is gone/,
    });
  }
});

test('a block that was written and not committed: written over', async (t) => {
  const dataDir = await storedChain(t);
  const file = archivePath(chainPath(dataDir, 0));
  const { size } = statSync(file);
  appendFileSync(file, 'half a block');
  const store = ChainStore.open(dataDir, IDENTITY, LIMITS);
  assert.equal(statSync(file).size, size);
  store.append({ commits: [commitAt(1)], votes: [] });
  await store.close();
  const reader = ChainReader.open(dataDir, 0);
  assert.deepEqual(reader.block(1), new Uint8Array(commitAt(1).block));
  assert.deepEqual(reader.receipts(1), new Uint8Array(commitAt(1).receipts));
  assert.deepEqual(reader.transactionIds(1), new Uint8Array(commitAt(1).transactionIds));
  await reader.close();
});

test('refusal: file without its last free pages: opens', async (t) => {
  const dataDir = await storedChain(t);
  const file = join(chainPath(dataDir, 0), 'data.mdb');
  // The newest root claims three pages more than were ever written.
  const bytes = readFileSync(file);
  for (const page of [0, 4096]) {
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(page + 144) + 3n, page + 144);
  }
  writeFileSync(file, bytes);
  const store = ChainStore.open(dataDir, IDENTITY, LIMITS);
  store.append({ commits: [commitAt(1)], votes: [] });
  assert.equal(store.head?.height, 1);
  await store.close();
});

test('refusal: errors of the system: typed, with a fix', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['No space left on device', 'disk-full'],
    ['EFBIG: file too large, write', 'disk-full'],
    ['MDB_MAP_FULL: Environment mapsize limit reached', 'map-full'],
    ['Cannot allocate memory', 'map-full'],
    ['Input/output error', 'io-error'],
    ['Read-only file system', 'read-only'],
    ['EACCES: permission denied, open', 'read-only'],
    ['MDB_CORRUPTED: Located page was wrong type', 'corrupt'],
    ['ENOENT: no such file or directory', 'missing'],
    ['something new', 'io-error'],
  ];
  for (const [text, code] of cases) {
    const cause = new Error(text);
    const failure = storageFailureFrom(cause, '/data/chains/root');
    assert.equal(failure.code, code, text);
    assert.match(failure.message, /^\/data\/chains\/root: /);
    assert.notEqual(failure.fix, '');
    assert.equal(failure.cause, cause);
    assert.equal(failure.passing, code === 'disk-full' || code === 'map-full');
    assert.equal(storageFailureFrom(failure, 'elsewhere'), failure);
  }
});

test('refusal: too little free disk: nothing is written', (t) => {
  const dataDir = temporaryDirectory(t);
  const store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: Number.MAX_SAFE_INTEGER });
  t.after(() => store.close());
  assert.throws(() => store.append({ commits: [commitAt(0)], votes: [] }), { code: 'disk-full' });
  assert.equal(store.head, undefined);
});
