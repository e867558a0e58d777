/** Data directories that vanish with the test, and commits whose content follows from a height. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { packChanges, type StateChange } from '#core/msb/packed-changes.ts';
import type { ChainCommit } from '#core/shard/commit.ts';
import { encodeCommit, openCommit, type PackedCommit } from '#core/shard/commit-codec.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';

export const IDENTITY = { chain: 0, shards: 2, genesis: 'a1b2' } as const;

export function temporaryDirectory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'iost-storage-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function openStore(t: TestContext, dataDir: string): ChainStore {
  const store = ChainStore.open(dataDir, IDENTITY, { freeBytesMin: 0 });
  t.after(() => store.close());
  return store;
}

export function openReader(t: TestContext, dataDir: string): ChainReader {
  const reader = ChainReader.open(dataDir, IDENTITY.chain);
  t.after(() => reader.close());
  return reader;
}

export function digest(...parts: readonly (string | number)[]): Uint8Array {
  return new Uint8Array(createHash('sha256').update(parts.join('/')).digest());
}

/** Three transactions and a text as block, unless `fields` say otherwise. */
type CommitFields = Partial<Omit<ChainCommit, 'changes'>> & {
  readonly changes?: readonly StateChange[];
};

export function commitAt(height: number, fields: CommitFields = {}): PackedCommit {
  const changes = fields.changes ?? [['b-counter-height', Uint8Array.of(height % 256)]];
  const ids = [0, 1, 2].map((index) => digest('tx', height, index));
  return packed({
    chain: IDENTITY.chain,
    height,
    hash: digest('block', height),
    block: digest('body', height),
    receipts: digest('receipts', height),
    transactionIds: Buffer.concat(ids),
    ...fields,
    changes: packChanges(changes),
  });
}

export function packed(commit: ChainCommit): PackedCommit {
  return openCommit(encodeCommit(commit));
}

export function change(key: string, text: string | null): StateChange {
  return [key, text === null ? null : new TextEncoder().encode(text)];
}

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
