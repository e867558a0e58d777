/**
 * The reading side of one chain, for any thread: synchronous, read only, always at the newest flushed
 * block. A call takes a snapshot, reads and lets go of it, so a reader that sits idle, or on a thread
 * without event loop, neither sees the past nor holds back the writer. Returned bytes are copies.
 *
 * In the process of the storage actor a reader must be opened after it: the first opener of an
 * environment decides for all threads whether it can be written.
 */

import type { Database, RootDatabase } from 'lmdb';
import { AssertionFailure } from '#core/assert.ts';
import { ArchiveReader, type BlockPlace, decodePlace } from './block-archive.ts';
import {
  type ChainMeta,
  decodeHead,
  decodeMeta,
  HEAD_KEY,
  type HeadRecord,
  IDENTITY_KEY,
} from './chain-meta.ts';
import { crosslinkKey, heightFrom } from './chain-records.ts';
import { chainPath } from './data-directory.ts';
import { inspectDataFile } from './data-file.ts';
import { JournalWindow, type KeyRange } from './journal-window.ts';
import { ReadTransaction } from './read-transaction.ts';
import { mergeRange, type RangeDirection } from './state-range.ts';
import { StorageFailure, storageFailureFrom } from './storage-failure.ts';
import {
  fromByteString,
  MAP_BYTES_DEFAULT,
  openRoot,
  openTables,
  type Tables,
  toByteString,
} from './tables.ts';
import { indexKey, partitionOf, placeFrom, type TransactionPlace } from './transaction-index.ts';

export type StateEntry = readonly [key: string, value: Uint8Array];

/** Either all keys with a prefix, or the keys from `from` up to but without `to`. */
export type StateRange = (
  | { readonly prefix: string }
  | { readonly from: string; readonly to: string }
) & { readonly limit: number; readonly reverse?: boolean };

const ID_BYTES = 32;
const START_FIRST = 'start the node once to create it';
/** Entries read per snapshot while walking the whole state. */
const PAGE_ENTRIES = 4096;
/** No key is empty, so this is at or below the first. */
const FIRST_KEY = '\0';

export class ChainReader {
  readonly #path: string;
  readonly #root: RootDatabase;
  readonly #tables: Tables;
  readonly #meta: ChainMeta;
  readonly #archive: ArchiveReader;
  readonly #transaction: ReadTransaction;
  readonly #window: JournalWindow;
  /** Nesting of `snapshot`; the head of the current snapshot once it was asked for. */
  #depth = 0;
  #head: HeadRecord | undefined;

  static open(dataDir: string, chain: number): ChainReader {
    const path = chainPath(dataDir, chain);
    // Checked first, because lmdb-js would create the directory.
    if (inspectDataFile(path, 'read') === 'absent') {
      throw new StorageFailure('missing', `${path}: there is no chain here`, START_FIRST);
    }
    try {
      return new ChainReader(path, openRoot(path, true, MAP_BYTES_DEFAULT));
    } catch (error) {
      throw storageFailureFrom(error, path);
    }
  }

  private constructor(path: string, root: RootDatabase) {
    this.#path = path;
    this.#root = root;
    const tables = openTables(root);
    const identity = tables?.meta.getBinary(IDENTITY_KEY);
    if (tables === undefined || identity === undefined) {
      throw new StorageFailure('missing', `${path}: the chain is not complete`, START_FIRST);
    }
    this.#tables = tables;
    this.#meta = decodeMeta(identity, path);
    this.#archive = new ArchiveReader(path);
    this.#transaction = new ReadTransaction(root);
    this.#window = new JournalWindow(tables.journals, this.#transaction, this.#meta.hashSeed);
  }

  meta(): ChainMeta {
    return this.#meta;
  }

  /** The newest flushed block; undefined before genesis. */
  head(): { readonly height: number; readonly hash: Uint8Array } | undefined {
    return this.#read(() => this.#currentHead());
  }

  /** The serialized value of a state key. */
  state(key: string): Uint8Array | undefined {
    return this.#read(() => {
      this.#refreshWindow();
      const bytes = toByteString(key);
      const recent = this.#window.value(bytes);
      if (recent === undefined) return this.#get(this.#tables.state, bytes);
      return recent === null ? undefined : new Uint8Array(recent);
    });
  }

  /** Entries in the order of the keys' UTF-8 bytes, or backwards; at most `limit`. */
  stateRange(range: StateRange): readonly StateEntry[] {
    const { limit } = range;
    const direction = range.reverse === true ? 'descending' : 'ascending';
    return this.#read(() => this.#rangeOf(keyRangeOf(range), limit, direction)).map(
      ([key, value]) => [fromByteString(key), value] as const,
    );
  }

  /**
   * The whole state in key order, for rebuilding what is kept in memory at start. Read page by page
   * so that no snapshot is held: the chain must not commit meanwhile.
   */
  *allState(): Generator<StateEntry> {
    let from = FIRST_KEY;
    while (true) {
      const range = { from, to: undefined };
      const page = this.#read(() => this.#rangeOf(range, PAGE_ENTRIES, 'ascending'));
      for (const [key, value] of page) yield [fromByteString(key), value];
      const last = page.at(-1);
      if (page.length < PAGE_ENTRIES || last === undefined) return;
      from = `${last[0]}\0`;
    }
  }

  block(height: number): Uint8Array | undefined {
    return this.#read(() => {
      const place = this.#placeOf(height);
      return place && this.#archive.block(place);
    });
  }

  receipts(height: number): Uint8Array | undefined {
    return this.#read(() => {
      const place = this.#placeOf(height);
      return place && this.#archive.receipts(place);
    });
  }

  /** The ids of the block's transactions, 32 bytes each, in block order. */
  transactionIds(height: number): Uint8Array | undefined {
    return this.#read(() => {
      const place = this.#placeOf(height);
      return place && this.#archive.ids(place);
    });
  }

  heightOfHash(hash: Uint8Array): number | undefined {
    const value = this.#read(() => this.#get(this.#tables.hashes, hash));
    return value === undefined ? undefined : heightFrom(value);
  }

  /** Block and position of a transaction by its id of 32 bytes. */
  locate(id: Uint8Array): TransactionPlace | undefined {
    return this.#read(() => this.#locateRecent(id) ?? this.#locateSettled(id));
  }

  /** Root chain only: the root block whose crosslinks include block `height` of shard `chain`. */
  rootHeightOf(chain: number, height: number): number | undefined {
    const start = crosslinkKey(chain, height);
    const end = crosslinkKey(chain + 1, 0);
    return this.#read(() => {
      const range = { start, end, limit: 1, ...this.#transaction.options };
      for (const { value } of this.#tables.crosslinks.getRange(range)) return heightFrom(value);
      return undefined;
    });
  }

  /** The BFT votes with keys from `from` on, in key order. */
  votes(from: string = FIRST_KEY): readonly StateEntry[] {
    return this.#read(() => {
      const start = toByteString(from);
      const range = this.#tables.votes.getRange({ start, ...this.#transaction.options });
      return Array.from(range, ({ key, value }) => [fromByteString(key), copyOf(value)] as const);
    });
  }

  /** Runs several reads on one snapshot. `read` must be synchronous and short. */
  snapshot<Value>(read: () => Value): Value {
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) {
        this.#head = undefined;
        this.#transaction.reset();
      }
    }
  }

  async close(): Promise<void> {
    this.#transaction.close();
    this.#archive.close();
    await this.#root.close();
  }

  #read<Value>(read: () => Value): Value {
    try {
      return this.snapshot(read);
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      throw storageFailureFrom(error, this.#path);
    }
  }

  #currentHead(): HeadRecord | undefined {
    if (this.#head === undefined) {
      const stored = this.#get(this.#tables.meta, HEAD_KEY);
      this.#head = stored === undefined ? undefined : decodeHead(stored);
    }
    return this.#head;
  }

  #refreshWindow(): void {
    const head = this.#currentHead();
    if (head !== undefined) this.#window.refresh(head);
  }

  #rangeOf(range: KeyRange, limit: number, direction: RangeDirection): StateEntry[] {
    this.#refreshWindow();
    const recent = this.#window.range(range);
    const { options } = this.#transaction;
    return mergeRange(this.#tables.state, options, { range, recent, limit, direction });
  }

  #locateRecent(id: Uint8Array): TransactionPlace | undefined {
    this.#refreshWindow();
    for (const place of this.#window.places(id)) {
      const block = this.#placeOf(place.height);
      if (block === undefined) continue;
      const stored = this.#archive.ids(block, place.index * ID_BYTES, ID_BYTES);
      if (Buffer.compare(stored, id) === 0) return place;
    }
    return undefined;
  }

  #locateSettled(id: Uint8Array): TransactionPlace | undefined {
    const newest = partitionOf(this.#currentHead()?.transactionCount ?? 0);
    for (let partition = newest; partition >= 0; partition--) {
      const value = this.#get(this.#tables.transactions, indexKey(partition, id, 0));
      if (value !== undefined) return placeFrom(value);
    }
    return undefined;
  }

  #placeOf(height: number): BlockPlace | undefined {
    const stored = this.#get(this.#tables.blocks, height);
    return stored && decodePlace(stored);
  }

  #get<Key extends string | number | Uint8Array>(
    table: Database<Uint8Array, Key>,
    key: Key,
  ): Uint8Array | undefined {
    const value = table.get(key, this.#transaction.options);
    return value === undefined ? undefined : plain(value);
  }
}

/** lmdb-js gives Buffers of its own, some with extra properties; callers get ordinary arrays. */
function plain(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function copyOf(value: Uint8Array): Uint8Array {
  return new Uint8Array(value);
}

function keyRangeOf(range: StateRange): KeyRange {
  if ('from' in range) return { from: toByteString(range.from), to: toByteString(range.to) };
  const prefix = toByteString(range.prefix);
  return { from: prefix === '' ? FIRST_KEY : prefix, to: endOfPrefix(prefix) };
}

/** The first byte string above all that start with `prefix`; UTF-8 has no byte 0xff. */
function endOfPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
