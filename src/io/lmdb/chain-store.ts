/**
 * The writing side of one chain: the storage actor's, and nobody else's. A batch of blocks and votes
 * is one LMDB transaction with one flush, after the archive has been flushed; when `append` returns,
 * it is on disk.
 *
 * A block writes what is sequential (block, receipts and ids to the archive, the journal of changes
 * to LMDB) and settles one slice of the older changes into the random-access tables. PERF: see bench/micro/lmdb-commit.bench.ts; putting
 * every change straight into its table costs about four times as much.
 *
 * SAFETY: what runs inside `transactionSync` returns nothing. If it returned the promise of a `put`,
 * lmdb-js would commit in a later microtask, after we had reported success.
 *
 * Memory changes only after the transaction: a failed batch can be tried again as it is.
 */

import { statfsSync } from 'node:fs';
import type { Database, RootDatabase } from 'lmdb';
import { AssertionFailure, assert } from '#core/assert.ts';
import type { VoteRecord } from '#core/shard/commit.ts';
import type { PackedCommit } from '#core/shard/commit-codec.ts';
import {
  ArchiveReader,
  ArchiveWriter,
  type BlockPlace,
  decodePlace,
  encodePlace,
} from './block-archive.ts';
import {
  type ChainIdentity,
  type ChainMeta,
  checkIdentity,
  createMeta,
  decodeHead,
  decodeMeta,
  encodeHead,
  encodeMeta,
  HEAD_KEY,
  type HeadRecord,
  IDENTITY_KEY,
} from './chain-meta.ts';
import { crosslinkKey, heightValue } from './chain-records.ts';
import {
  buildJournal,
  type ChangeJournal,
  changeKey,
  changeOffsets,
  changeValue,
  journalOf,
} from './change-journal.ts';
import { chainName, chainPath } from './data-directory.ts';
import { inspectDataFile, isOutOfSpace } from './data-file.ts';
import { PendingChanges, SLICES } from './pending-changes.ts';
import { StorageFailure, storageFailureFrom } from './storage-failure.ts';
import {
  MAP_BYTES_DEFAULT,
  openMetaTable,
  openRoot,
  openTables,
  type Tables,
  toByteString,
} from './tables.ts';
import { type IndexedBlock, indexSlice, partitionOf } from './transaction-index.ts';

/** LMDB rewrites the pages it touches, so a batch may need this many times its own bytes. */
const SPACE_FACTOR = 3;
/** Values above about half a page have pages of their own; no real one ends in this many zeros. */
const OVERFLOW_BYTES_MIN = 1024;
const ZEROS_OF_HOLE = 16;
const FREE_SPACE = 'free some space; the node goes on by itself';
const RESTORE = 'move the data directory away and let the node fetch the chain again';

export type StoreLimits = {
  /** Below this much free disk nothing is written, so that the disk never fills. */
  readonly freeBytesMin: number;
  /** Address space reserved for the file at first; it grows as needed. */
  readonly mapBytes?: number;
};

export type ChainBatch = {
  /** Consecutive heights; the first commit of an empty chain is its genesis and comes alone. */
  readonly commits: readonly PackedCommit[];
  readonly votes: readonly VoteRecord[];
  /** Votes with keys before this one are deleted. */
  readonly pruneVotesBefore?: string;
};

type JournaledBlock = IndexedBlock & { readonly journal: ChangeJournal };

export class ChainStore {
  readonly #path: string;
  readonly #name: string;
  readonly #root: RootDatabase;
  readonly #tables: Tables;
  readonly #meta: ChainMeta;
  readonly #archive: ArchiveWriter;
  readonly #freeBytesMin: number;
  readonly #pending = new PendingChanges();
  /** Blocks whose changes and ids are not all settled, ascending. */
  #unsettled: JournaledBlock[] = [];
  /** Per slice: the height up to which it is in the tables. */
  readonly #settled: number[];
  #nextSlice = 0;
  #head: HeadRecord | undefined;

  static open(dataDir: string, identity: ChainIdentity, limits: StoreLimits): ChainStore {
    const path = chainPath(dataDir, identity.chain);
    const file = inspectDataFile(path, 'write');
    let root: RootDatabase | undefined;
    try {
      root = openRoot(path, false, limits.mapBytes ?? MAP_BYTES_DEFAULT);
      const store = new ChainStore(path, root, identity, limits.freeBytesMin);
      if (file === 'shorter-than-recorded') store.#readEverything();
      return store;
    } catch (error) {
      void root?.close();
      throw storageFailureFrom(error, path);
    }
  }

  private constructor(
    path: string,
    root: RootDatabase,
    identity: ChainIdentity,
    freeBytesMin: number,
  ) {
    this.#path = path;
    this.#name = chainName(identity.chain);
    this.#root = root;
    this.#freeBytesMin = freeBytesMin;
    this.#meta = claimEnvironment(root, identity, path);
    const tables = openTables(root);
    assert(tables !== undefined, 'a writer creates the tables that are missing');
    this.#tables = tables;
    const stored = tables.meta.getBinary(HEAD_KEY);
    this.#head = stored === undefined ? undefined : decodeHead(stored);
    this.#settled = new Array<number>(SLICES).fill(this.#head?.settledHeight ?? 0);
    this.#archive = new ArchiveWriter(path, this.#head && this.#placeOf(this.#head.height));
    this.#restorePending();
  }

  get head(): { readonly height: number; readonly hash: Uint8Array } | undefined {
    return this.#head;
  }

  /** The hash of the stored block at `height` equals `hash`. */
  holds(height: number, hash: Uint8Array): boolean {
    const stored = this.#tables.hashes.getBinary(hash);
    return stored !== undefined && Buffer.from(stored).readUInt32LE(0) === height;
  }

  /** Makes the batch durable as a whole, or throws `StorageFailure` and nothing has happened. */
  append(batch: ChainBatch): void {
    const batchBytes = bytesOf(batch) * SPACE_FACTOR;
    try {
      this.#requireSpace(batchBytes);
      if (this.#head === undefined && batch.commits.length > 0) this.#appendGenesis(batch);
      else this.#appendBlocks(batch);
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      const failure = storageFailureFrom(error, this.#path);
      if (failure.code === 'io-error' && isOutOfSpace(this.#path, batchBytes)) {
        throw new StorageFailure('disk-full', `${this.#path}: the disk is full`, FREE_SPACE, error);
      }
      throw failure;
    }
  }

  async close(): Promise<void> {
    this.#archive.close();
    await this.#root.close();
  }

  /** The first commit: its changes go straight into the table, without a journal. */
  #appendGenesis(batch: ChainBatch): void {
    const [genesis] = batch.commits;
    assert(genesis !== undefined && batch.commits.length === 1, 'genesis is committed alone');
    const journal = buildJournal(genesis, this.#meta.hashSeed);
    const transactionCount = genesis.transactionIds.length / 32;
    const head = { ...headOf(genesis), settledHeight: genesis.height, transactionCount };
    const indexed = { ...genesis, partition: 0 };
    const places = this.#archive.write([genesis]);
    this.#root.transactionSync(() => {
      this.#putBlock(genesis, places[0] as BlockPlace);
      for (const offset of changeOffsets(journal)) {
        this.#applyChange(changeKey(journal, offset), changeValue(journal, offset));
      }
      for (let slice = 0; slice < SLICES; slice++) {
        indexSlice(this.#tables.transactions, indexed, slice, SLICES);
      }
      this.#tables.meta.put(HEAD_KEY, encodeHead(head));
      this.#putVotes(batch);
    });
    this.#archive.advance(places);
    this.#head = head;
    this.#settled.fill(genesis.height);
  }

  #appendBlocks(batch: ChainBatch): void {
    const blocks = this.#journalBlocks(batch.commits);
    const slices = Array.from(
      { length: Math.min(SLICES, blocks.length) },
      (_, index) => (this.#nextSlice + index) % SLICES,
    );
    const settled = this.#settled.map((height, slice) =>
      slices.includes(slice) && this.#head !== undefined ? this.#head.height : height,
    );
    const head = this.#headAfter(batch.commits, Math.min(...settled));
    const places = this.#archive.write(batch.commits);
    this.#root.transactionSync(() => {
      for (const [index, commit] of batch.commits.entries()) {
        this.#putBlock(commit, places[index] as BlockPlace);
      }
      for (const { height, journal } of blocks) this.#tables.journals.put(height, journal.bytes);
      for (const slice of slices) this.#settle(slice);
      if (head !== undefined) {
        for (const { height } of this.#unsettled) {
          if (height <= head.settledHeight) this.#tables.journals.remove(height);
        }
        this.#tables.meta.put(HEAD_KEY, encodeHead(head));
      }
      this.#putVotes(batch);
    });
    if (head === undefined) return;
    this.#archive.advance(places);
    this.#head = head;
    for (const slice of slices) this.#settled[slice] = settled[slice] as number;
    this.#nextSlice = (this.#nextSlice + slices.length) % SLICES;
    this.#updatePending(slices, blocks, head.settledHeight);
  }

  #journalBlocks(commits: readonly PackedCommit[]): JournaledBlock[] {
    let transactionCount = this.#head?.transactionCount ?? 0;
    let height = this.#head?.height ?? 0;
    return commits.map((commit) => {
      height += 1;
      assert(commit.height === height, `${this.#name}: blocks are stored in order, none left out`);
      const partition = partitionOf(transactionCount);
      transactionCount += commit.transactionIds.length / 32;
      // A copy: the block stays unsettled for a while, the message it came in is twenty times as large.
      const transactionIds = commit.transactionIds.slice();
      const journal = buildJournal(commit, this.#meta.hashSeed);
      return { height, partition, transactionIds, journal };
    });
  }

  #headAfter(commits: readonly PackedCommit[], settledHeight: number): HeadRecord | undefined {
    const last = commits.at(-1);
    if (last === undefined) return undefined;
    const added = commits.reduce((sum, commit) => sum + commit.transactionIds.length / 32, 0);
    const transactionCount = (this.#head?.transactionCount ?? 0) + added;
    return { ...headOf(last), settledHeight, transactionCount };
  }

  #putBlock(commit: PackedCommit, place: BlockPlace): void {
    const { blocks, hashes, crosslinks } = this.#tables;
    blocks.put(commit.height, encodePlace(place));
    hashes.put(commit.hash, heightValue(commit.height));
    for (const { chain, toHeight } of commit.crosslinks) {
      crosslinks.put(crosslinkKey(chain, toHeight), heightValue(commit.height));
    }
  }

  #putVotes(batch: ChainBatch): void {
    const { votes } = this.#tables;
    for (const { key, value } of batch.votes) votes.put(toByteString(key), value);
    if (batch.pruneVotesBefore === undefined) return;
    const end = toByteString(batch.pruneVotesBefore);
    // The list is complete before the first removal: a cursor must not see its keys vanish.
    for (const key of [...votes.getKeys({ start: '\0', end })]) votes.remove(key);
  }

  #settle(slice: number): void {
    const above = this.#settled[slice] as number;
    this.#pending.visitSlice(slice, above, (key, value) => this.#applyChange(key, value));
    for (const block of this.#unsettled) {
      if (block.height <= above) continue;
      indexSlice(this.#tables.transactions, block, slice, SLICES);
    }
  }

  #applyChange(key: string, value: Uint8Array | null): void {
    if (value === null) this.#tables.state.remove(key);
    else this.#tables.state.put(key, value);
  }

  #updatePending(
    slices: readonly number[],
    blocks: readonly JournaledBlock[],
    settledHeight: number,
  ): void {
    this.#pending.forgetUpTo(settledHeight);
    this.#unsettled = this.#unsettled.filter(({ height }) => height > settledHeight);
    for (const block of blocks) {
      this.#unsettled.push(block);
      this.#pending.add(block.height, block.journal);
    }
    // Only once a round: then each round settles at least what was there when it began.
    if (this.#nextSlice < slices.length && this.#pending.rebalance()) {
      this.#settled.fill(settledHeight);
    }
  }

  /** After a start: what the journals hold is pending again. */
  #restorePending(): void {
    const head = this.#head;
    if (head === undefined) return;
    const archive = new ArchiveReader(this.#path);
    let transactionsBefore = head.transactionCount;
    for (let height = head.height; height > head.settledHeight; height--) {
      const transactionIds = archive.ids(this.#placeOf(height));
      const stored = this.#tables.journals.getBinary(height);
      if (stored === undefined) throw this.#incomplete(height);
      transactionsBefore -= transactionIds.length / 32;
      const partition = partitionOf(transactionsBefore);
      this.#unsettled.unshift({ height, partition, transactionIds, journal: journalOf(stored) });
    }
    archive.close();
    for (const { height, journal } of this.#unsettled) this.#pending.add(height, journal);
    this.#pending.rebalance();
  }

  #placeOf(height: number): BlockPlace {
    const stored = this.#tables.blocks.getBinary(height);
    if (stored === undefined) throw this.#incomplete(height);
    return decodePlace(stored);
  }

  #incomplete(height: number): StorageFailure {
    return new StorageFailure('corrupt', `${this.#path}: block ${height} is incomplete`, RESTORE);
  }

  /**
   * Meets every page of every table: LMDB reports one that is not what it should be, and a large
   * value that ends in the hole where the file was extended ends in zeros.
   */
  #readEverything(): void {
    for (const [name, table] of Object.entries(this.#tables)) {
      const entries = (table as Database<Uint8Array>).getRange({ start: '' });
      for (const { value } of entries) {
        if (value.length < OVERFLOW_BYTES_MIN || value.subarray(-ZEROS_OF_HOLE).some(Boolean)) {
          continue;
        }
        throw new StorageFailure(
          'corrupt',
          `${this.#path}: the end of table ${name} is gone`,
          RESTORE,
        );
      }
    }
  }

  #requireSpace(batchBytes: number): void {
    const { bavail, bsize } = statfsSync(this.#path);
    if (bavail * bsize >= this.#freeBytesMin + batchBytes) return;
    const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
    const reason = `${this.#path}: only ${freeMiB} MiB of disk are free`;
    throw new StorageFailure('disk-full', reason, FREE_SPACE);
  }
}

function bytesOf({ commits, votes }: ChainBatch): number {
  let bytes = 0;
  for (const { block, receipts, changes, transactionIds } of commits) {
    bytes += block.length + receipts.length + changes.length + transactionIds.length;
  }
  for (const { value } of votes) bytes += value.length;
  return bytes;
}

/** Checks whose environment it is before anything is written; a new one becomes ours. */
function claimEnvironment(root: RootDatabase, identity: ChainIdentity, path: string): ChainMeta {
  const table = openMetaTable(root);
  assert(table !== undefined, 'a writer creates the tables that are missing');
  const stored = table.getBinary(IDENTITY_KEY);
  if (stored !== undefined) {
    const meta = decodeMeta(stored, path);
    checkIdentity(meta, identity, path);
    return meta;
  }
  const meta = createMeta(identity);
  root.transactionSync(() => {
    table.put(IDENTITY_KEY, encodeMeta(meta));
  });
  return meta;
}

function headOf(commit: PackedCommit): { readonly height: number; readonly hash: Uint8Array } {
  return { height: commit.height, hash: commit.hash.slice() };
}
