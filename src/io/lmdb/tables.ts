/**
 * Every table of a chain's environment, and how its keys are written.
 *
 * State keys are UTF-8 and ordered as bytes. Inside io/lmdb they are "byte strings": one character
 * per byte (latin1), because those compare in byte order as JavaScript strings, hash well in a Map
 * and are written to a page with one copy. For ASCII keys, nearly all, they equal the key.
 */

import { type Database, open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';

export type Tables = {
  /** `chain` → who this environment belongs to (JSON); `head` → `HeadRecord`. */
  readonly meta: Database<Uint8Array, string>;
  /** State key → value, all changes up to `HeadRecord.settledHeight`. */
  readonly state: Database<Uint8Array, string>;
  /** Height → change journal, for the heights above `settledHeight`. */
  readonly journals: Database<Uint8Array, number>;
  /** Height → `BlockPlace` (block-archive.ts). */
  readonly blocks: Database<Uint8Array, number>;
  /** Block hash → height (u32). */
  readonly hashes: Database<Uint8Array, Uint8Array>;
  /** See transaction-index.ts. */
  readonly transactions: Database<Uint8Array, Uint8Array>;
  /** Root only. Shard u8, shard height u32 (big-endian) → root height (u32). */
  readonly crosslinks: Database<Uint8Array, Uint8Array>;
  /** BFT promises by the chain's own keys. */
  readonly votes: Database<Uint8Array, string>;
};

/** BOUND: LMDB's slots for named tables; room for tables that later formats add. */
const TABLES_MAX = 24;

/**
 * Address space reserved at first, not memory and not disk. lmdb-js grows the map by itself when
 * the file outgrows it, at the price of a second mapping, so we start with plenty.
 */
export const MAP_BYTES_DEFAULT = 2 ** 36;
/** Where the system does not grant that much address space (ulimit -v). */
const MAP_BYTES_MODEST = 2 ** 30;

type KeyEncoder = {
  writeKey(key: string, target: Buffer, start: number): number;
  readKey(source: Buffer, start: number, end: number): string;
};

const byteStrings: KeyEncoder = {
  writeKey: (key, target, start) => start + target.write(key, start, 'latin1'),
  readKey: (source, start, end) => source.toString('latin1', start, end),
};

/**
 * `overlappingSync: false`: a synchronous commit returns after data and root page are on disk. With
 * lmdb-js's default it would return when the block is merely visible.
 */
export function openRoot(path: string, readOnly: boolean, mapBytes: number): RootDatabase {
  const options = {
    path,
    readOnly,
    maxDbs: TABLES_MAX,
    overlappingSync: false,
    encoding: 'binary',
    compression: false,
  } as const;
  try {
    return open({ ...options, mapSize: mapBytes });
  } catch (error) {
    if (!(error instanceof Error && /ENOMEM|Cannot allocate/.test(error.message))) throw error;
    return open({ ...options, mapSize: Math.min(mapBytes, MAP_BYTES_MODEST) });
  }
}

/** Opens the tables; in a read-only environment `undefined` where one is missing. */
export function openTables(root: RootDatabase): Tables | undefined {
  const tables = {
    meta: openMetaTable(root),
    state: table<string>(root, 'state', { keyEncoder: byteStrings }),
    journals: table<number>(root, 'journals', { keyEncoding: 'uint32' }),
    blocks: table<number>(root, 'blocks', { keyEncoding: 'uint32' }),
    hashes: table<Uint8Array>(root, 'hashes', { keyEncoding: 'binary' }),
    transactions: table<Uint8Array>(root, 'transactions', { keyEncoding: 'binary' }),
    crosslinks: table<Uint8Array>(root, 'crosslinks', { keyEncoding: 'binary' }),
    votes: table<string>(root, 'votes', { keyEncoder: byteStrings }),
  };
  const missing = Object.values(tables).some((opened) => opened === undefined);
  return missing ? undefined : (tables as Tables);
}

export function openMetaTable(root: RootDatabase): Tables['meta'] | undefined {
  return table<string>(root, 'meta', { keyEncoder: byteStrings });
}

function table<Key extends string | number | Uint8Array>(
  root: RootDatabase,
  name: string,
  keys: Pick<RootDatabaseOptions, 'keyEncoder' | 'keyEncoding'>,
): Database<Uint8Array, Key> | undefined {
  return root.openDB<Uint8Array, Key>({ name, encoding: 'binary', ...keys });
}

/** The byte string of a state key; the key itself where it is ASCII. */
export function toByteString(key: string): string {
  for (let index = 0; index < key.length; index++) {
    if (key.charCodeAt(index) >= 0x80) return Buffer.from(key, 'utf8').toString('latin1');
  }
  return key;
}

export function fromByteString(bytes: string): string {
  for (let index = 0; index < bytes.length; index++) {
    if (bytes.charCodeAt(index) >= 0x80) return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  return bytes;
}
