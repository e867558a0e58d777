/**
 * What one block changed, as one value: written whole with the block and searched in place. The state
 * table itself is updated later and in slices (pending-changes.ts), because thousands of random keys
 * per block would dirty nearly every page of the tree; until then readers find the newest value here.
 *
 * Little-endian: changes u32, ids u32; then two sorted indexes for binary search, each an array of
 * u32 hashes and an array of u32 positions: key hash → offset of the change, first 4 bytes of the
 * transaction id → position in the block; then the changes as the commit packed them.
 */

import { assert } from '#core/assert.ts';
import { CHANGE_HEADER_BYTES, DELETED_VALUE } from '#core/msb/packed-changes.ts';
import type { PackedCommit } from '#core/shard/commit-codec.ts';

const HEADER_BYTES = 8;
const ID_BYTES = 32;
/** BOUND: hash and position share a double while sorting: 32 + 21 bits. Blocks have thousands. */
const ENTRIES_MAX = 2 ** 21;
const FNV_PRIME = 0x0100_0193;

export type ChangeJournal = {
  /** Aligned to four bytes. */
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly keyHashes: Uint32Array;
  readonly keyOffsets: Uint32Array;
  readonly idHashes: Uint32Array;
  readonly idPositions: Uint32Array;
};

/** `seed` is the environment's secret (chain-meta.ts): nobody can prepare keys that collide. */
export function buildJournal(commit: PackedCommit, seed: number): ChangeJournal {
  const idCount = commit.transactionIds.length / ID_BYTES;
  assert(commit.changeCount < ENTRIES_MAX && idCount < ENTRIES_MAX, 'a block has < 2^21 entries');
  const entriesAt = HEADER_BYTES + 8 * (commit.changeCount + idCount);
  const bytes = Buffer.from(new ArrayBuffer(entriesAt + commit.changes.length));
  bytes.set(commit.changes, entriesAt);
  bytes.writeUInt32LE(commit.changeCount, 0);
  bytes.writeUInt32LE(idCount, 4);
  const journal = journalOf(bytes);
  const keys = new Float64Array(commit.changeCount);
  const offsets = new Uint32Array(commit.changeCount);
  let at = entriesAt;
  for (let index = 0; index < commit.changeCount; index++) {
    const keyBytes = journal.view.getUint16(at, true);
    const keyAt = at + CHANGE_HEADER_BYTES;
    keys[index] = hashRange(bytes, keyAt, keyAt + keyBytes, seed) * ENTRIES_MAX + index;
    offsets[index] = at;
    at = changeEnd(journal, at);
  }
  assert(at === bytes.length, 'the count of changes fits their bytes');
  fillIndex(keys, journal.keyHashes, journal.keyOffsets, (index) => offsets[index] as number);
  const ids = new Float64Array(idCount);
  const { transactionIds } = commit;
  for (let index = 0; index < idCount; index++) {
    ids[index] = idHash(transactionIds, index * ID_BYTES) * ENTRIES_MAX + index;
  }
  fillIndex(ids, journal.idHashes, journal.idPositions, (index) => index);
  return journal;
}

/** Opens a stored journal; copies where the bytes are not aligned for the index arrays. */
export function journalOf(stored: Uint8Array): ChangeJournal {
  const aligned = stored.byteOffset % 4 === 0 ? stored : new Uint8Array(stored);
  const bytes = Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const keyCount = bytes.readUInt32LE(0);
  const idCount = bytes.readUInt32LE(4);
  let at = bytes.byteOffset + HEADER_BYTES;
  const array = (count: number): Uint32Array => {
    at += 4 * count;
    return new Uint32Array(bytes.buffer, at - 4 * count, count);
  };
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    keyHashes: array(keyCount),
    keyOffsets: array(keyCount),
    idHashes: array(idCount),
    idPositions: array(idCount),
  };
}

/** Key hash of a byte string. The same function as over bytes. */
export function hashKey(key: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), FNV_PRIME);
  }
  return finish(hash);
}

/** Offset of the change of `key`, or −1. */
export function findChange(journal: ChangeJournal, key: string, hash: number): number {
  const { keyHashes, keyOffsets } = journal;
  for (let at = lowerBound(keyHashes, hash); keyHashes[at] === hash; at++) {
    const offset = keyOffsets[at] as number;
    if (compareKeys(journal, offset, key) === 0) return offset;
  }
  return -1;
}

/** Positions in the block of the ids that share their first four bytes with `id`. */
export function* candidatePositions(journal: ChangeJournal, id: Uint8Array): Generator<number> {
  const hash = idHash(id, 0);
  for (let at = lowerBound(journal.idHashes, hash); journal.idHashes[at] === hash; at++) {
    yield journal.idPositions[at] as number;
  }
}

/** The key at `offset` as a byte string. */
export function changeKey(journal: ChangeJournal, offset: number): string {
  const keyAt = offset + CHANGE_HEADER_BYTES;
  return journal.bytes.toString('latin1', keyAt, keyAt + journal.view.getUint16(offset, true));
}

/** Order of the key at `offset` against a byte string: negative, zero or positive. */
export function compareKeys(journal: ChangeJournal, offset: number, key: string): number {
  const { bytes } = journal;
  const keyBytes = journal.view.getUint16(offset, true);
  const keyAt = offset + CHANGE_HEADER_BYTES;
  const shared = Math.min(keyBytes, key.length);
  for (let index = 0; index < shared; index++) {
    const difference = (bytes[keyAt + index] as number) - key.charCodeAt(index);
    if (difference !== 0) return difference;
  }
  return keyBytes - key.length;
}

/** Whether two changes, maybe of two journals, are of the same key. */
export function hasSameKey(
  left: ChangeJournal,
  leftOffset: number,
  right: ChangeJournal,
  rightOffset: number,
): boolean {
  const keyBytes = left.view.getUint16(leftOffset, true);
  if (right.view.getUint16(rightOffset, true) !== keyBytes) return false;
  const leftAt = leftOffset + CHANGE_HEADER_BYTES;
  const rightAt = rightOffset + CHANGE_HEADER_BYTES;
  for (let index = 0; index < keyBytes; index++) {
    if (left.bytes[leftAt + index] !== right.bytes[rightAt + index]) return false;
  }
  return true;
}

/** A view of the value at `offset`, or `null` where the key was deleted. */
export function changeValue(journal: ChangeJournal, offset: number): Uint8Array | null {
  const valueBytes = journal.view.getUint32(offset + 2, true);
  if (valueBytes === DELETED_VALUE) return null;
  const valueAt = offset + CHANGE_HEADER_BYTES + journal.view.getUint16(offset, true);
  return journal.bytes.subarray(valueAt, valueAt + valueBytes);
}

/** Offsets of all changes, in the order of the commit. */
export function* changeOffsets(journal: ChangeJournal): Generator<number> {
  const start = HEADER_BYTES + 8 * (journal.keyHashes.length + journal.idHashes.length);
  for (let at = start; at < journal.bytes.length; at = changeEnd(journal, at)) yield at;
}

function changeEnd(journal: ChangeJournal, offset: number): number {
  const valueBytes = journal.view.getUint32(offset + 2, true);
  const keyEnd = offset + CHANGE_HEADER_BYTES + journal.view.getUint16(offset, true);
  return valueBytes === DELETED_VALUE ? keyEnd : keyEnd + valueBytes;
}

function hashRange(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  return finish(hash);
}

/** FNV-1a leaves the last bytes in the low bits; account names often differ only there. */
function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** Ids are hashes already: any four bytes of them are a hash. */
function idHash(ids: Uint8Array, at: number): number {
  const low = (ids[at] as number) | ((ids[at + 1] as number) << 8);
  return (low | ((ids[at + 2] as number) << 16) | ((ids[at + 3] as number) << 24)) >>> 0;
}

/** PERF: sorting doubles is native; hash and index packed in one beat sorting pairs tenfold. */
function fillIndex(
  keyed: Float64Array,
  hashes: Uint32Array,
  positions: Uint32Array,
  positionOf: (index: number) => number,
): void {
  keyed.sort();
  for (let rank = 0; rank < keyed.length; rank++) {
    const packed = keyed[rank] as number;
    const hash = Math.floor(packed / ENTRIES_MAX);
    hashes[rank] = hash;
    positions[rank] = positionOf(packed - hash * ENTRIES_MAX);
  }
}

function lowerBound(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
