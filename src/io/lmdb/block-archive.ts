/**
 * The blocks of a chain with their receipts and transaction ids, one after the other in a file that
 * only grows. They are most of what a chain stores, are written once and seldom read, so they go past
 * the memory map: in it they would count as memory of the node, and LMDB would copy them once more.
 *
 * What the file holds is what the `blocks` table says: a place is committed there after the bytes it
 * names are on disk. Bytes behind the last place are of a batch that came to nothing; the next one is
 * written over them.
 */

import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StorageFailure } from './storage-failure.ts';

const FILE = 'blocks.dat';
const PLACE_BYTES = 20;
const RESTORE = 'restore a backup, or move the data directory away and fetch the chain again';

/** Where a block is, in bytes. Receipts follow the block, ids follow the receipts. */
export type BlockPlace = {
  readonly offset: number;
  readonly blockBytes: number;
  readonly receiptsBytes: number;
  readonly idsBytes: number;
};

export type ArchivedBlock = {
  readonly block: Uint8Array;
  readonly receipts: Uint8Array;
  readonly transactionIds: Uint8Array;
};

export function archivePath(environmentPath: string): string {
  return join(environmentPath, FILE);
}

/** offset f64, then the three lengths u32; little-endian. */
export function encodePlace(place: BlockPlace): Uint8Array {
  const bytes = Buffer.allocUnsafe(PLACE_BYTES);
  bytes.writeDoubleLE(place.offset, 0);
  bytes.writeUInt32LE(place.blockBytes, 8);
  bytes.writeUInt32LE(place.receiptsBytes, 12);
  bytes.writeUInt32LE(place.idsBytes, 16);
  return bytes;
}

export function decodePlace(bytes: Uint8Array): BlockPlace {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    offset: view.getFloat64(0, true),
    blockBytes: view.getUint32(8, true),
    receiptsBytes: view.getUint32(12, true),
    idsBytes: view.getUint32(16, true),
  };
}

/** The reading side. Returned bytes are the caller's own. */
export class ArchiveReader {
  readonly #path: string;
  readonly #file: number;

  constructor(environmentPath: string) {
    this.#path = archivePath(environmentPath);
    this.#file = openSync(this.#path, 'r');
  }

  block({ offset, blockBytes }: BlockPlace): Uint8Array {
    return this.#read(offset, blockBytes);
  }

  receipts({ offset, blockBytes, receiptsBytes }: BlockPlace): Uint8Array {
    return this.#read(offset + blockBytes, receiptsBytes);
  }

  /** All ids of the block, or the `byteCount` bytes of them from `from` on. */
  ids(place: BlockPlace, from = 0, byteCount = place.idsBytes): Uint8Array {
    const { offset, blockBytes, receiptsBytes } = place;
    return this.#read(offset + blockBytes + receiptsBytes + from, byteCount);
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(position: number, byteCount: number): Uint8Array {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(byteCount).buffer);
    for (let done = 0; done < byteCount; ) {
      const count = readSync(this.#file, bytes, done, byteCount - done, position + done);
      if (count === 0) throw tooShort(this.#path);
      done += count;
    }
    return bytes;
  }
}

/** The writing side. */
export class ArchiveWriter {
  readonly #file: number;
  /** Where the next block goes. */
  #end: number;

  /** `last`: the newest block that is committed. What lies behind it is cut off. */
  constructor(environmentPath: string, last: BlockPlace | undefined) {
    const path = archivePath(environmentPath);
    this.#end = last === undefined ? 0 : endOf(last);
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    const { size } = fstatSync(this.#file);
    if (size < this.#end) throw tooShort(path);
    if (size > this.#end) ftruncateSync(this.#file, this.#end);
    if (last === undefined) syncDirectory(dirname(path));
  }

  /**
   * Writes the blocks and returns, once they are on disk, where each of them is. Until `advance` the
   * next call writes to the same place: a batch that fails elsewhere is tried again as it is.
   */
  write(blocks: readonly ArchivedBlock[]): readonly BlockPlace[] {
    const places: BlockPlace[] = [];
    let offset = this.#end;
    for (const { block, receipts, transactionIds } of blocks) {
      const place = {
        offset,
        blockBytes: block.length,
        receiptsBytes: receipts.length,
        idsBytes: transactionIds.length,
      };
      places.push(place);
      offset = endOf(place);
    }
    if (blocks.length === 0) return places;
    const parts = blocks.flatMap((each) => [each.block, each.receipts, each.transactionIds]);
    writeAll(this.#file, parts, this.#end);
    fdatasyncSync(this.#file);
    return places;
  }

  /** The places of the last `write` are committed. */
  advance(places: readonly BlockPlace[]): void {
    const last = places.at(-1);
    if (last !== undefined) this.#end = endOf(last);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function endOf({ offset, blockBytes, receiptsBytes, idsBytes }: BlockPlace): number {
  return offset + blockBytes + receiptsBytes + idsBytes;
}

function writeAll(file: number, parts: readonly Uint8Array[], position: number): void {
  const byteCount = parts.reduce((sum, part) => sum + part.length, 0);
  let done = writevSync(file, parts, position);
  if (done === byteCount) return;
  // The disk is full or the file may not grow: writing the rest says which.
  const bytes = Buffer.concat(parts);
  while (done < byteCount) {
    done += writeSync(file, bytes, done, byteCount - done, position + done);
  }
}

/** A new file is there after a power failure only if its directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function tooShort(path: string): StorageFailure {
  return new StorageFailure('corrupt', `${path}: the end of the file is gone`, RESTORE);
}
