/** Goal: an environment that is not ours is refused with a reason and left as it was. */

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { createMeta, encodeMeta, IDENTITY_KEY } from '#io/lmdb/chain-meta.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import { chainPath } from '#io/lmdb/data-directory.ts';
import { storageFailureFrom } from '#io/lmdb/storage-failure.ts';
import { openMetaTable, openRoot } from '#io/lmdb/tables.ts';
import { commitAt, IDENTITY, temporaryDirectory } from '#test/support/lmdb/chain-fixture.ts';
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

test('refusal: newer format: store and reader', async (t) => {
  const dataDir = await storedChain(t);
  const root = openRoot(chainPath(dataDir, 0), false, 2 ** 24);
  root.transactionSync(() => {
    openMetaTable(root)?.put(IDENTITY_KEY, encodeMeta({ ...createMeta(IDENTITY), format: 2 }));
  });
  assert.throws(() => ChainStore.open(dataDir, IDENTITY, LIMITS), {
    code: 'newer-format',
    message: /format 2, this one knows 1/,
  });
  assert.throws(() => ChainReader.open(dataDir, 0), { code: 'newer-format' });
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
