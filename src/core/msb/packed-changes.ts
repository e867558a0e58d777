/**
 * The changes of a block in the one form in which they are hashed, sent to storage and kept there: a
 * block changes thousands of keys, and an object for each would outlive several collections.
 *
 * A change is key length u16, value length u32 (`DELETED_VALUE` for a deletion), both little-endian,
 * key in UTF-8, value.
 */

import { assert } from '../assert.ts';
import { type StateValue, stateValueRoom, writeStateValue } from '../ledger/state-value.ts';

/** One state key after a block: its serialized value, or `null` where the key is deleted. */
export type StateChange = readonly [key: string, value: Uint8Array | null];

export const CHANGE_HEADER_BYTES = 6;
/** Value length of a deleted key. */
export const DELETED_VALUE = 0xffff_ffff;
/** BOUND: the ledger refuses longer keys (about 250 bytes); LMDB's own limit is 1,978. */
export const STATE_KEY_BYTES_MAX = 1024;

const INITIAL_BYTES = 64 * 1024;
/** More than any block needs; a genesis may. */
const KEPT_BYTES_MAX = 4 * 2 ** 20;
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

export class PackedChanges implements Iterable<StateChange> {
  /** Number of changes; at most one per key, in any order. */
  readonly count: number;
  readonly bytes: Uint8Array;

  constructor(count: number, bytes: Uint8Array) {
    this.count = count;
    this.bytes = bytes;
  }

  /** Calls back with the places of each key and its value; `valueStart` −1 for a deletion. */
  visit(
    at: (keyStart: number, keyEnd: number, valueStart: number, valueEnd: number) => void,
  ): void {
    const { buffer, byteOffset, byteLength } = this.bytes;
    const view = new DataView(buffer, byteOffset, byteLength);
    for (let start = 0; start < byteLength; ) {
      const keyStart = start + CHANGE_HEADER_BYTES;
      const keyEnd = keyStart + view.getUint16(start, true);
      const valueBytes = view.getUint32(start + 2, true);
      const deleted = valueBytes === DELETED_VALUE;
      start = deleted ? keyEnd : keyEnd + valueBytes;
      at(keyStart, keyEnd, deleted ? -1 : keyEnd, start);
    }
  }

  *[Symbol.iterator](): Generator<StateChange> {
    const changes: StateChange[] = [];
    this.visit((keyStart, keyEnd, valueStart, valueEnd) => {
      const key = fromUtf8.decode(this.bytes.subarray(keyStart, keyEnd));
      changes.push([key, valueStart < 0 ? null : this.bytes.slice(valueStart, valueEnd)]);
    });
    yield* changes;
  }
}

/** Packs values in their stored form; `undefined` deletes the key. */
export function packValues(changes: ReadonlyMap<string, StateValue | undefined>): PackedChanges {
  packer.start();
  for (const [key, value] of changes) packer.addValue(key, value);
  return packer.finish();
}

/** Packs changes whose values are encoded already. */
export function packChanges(changes: Iterable<StateChange>): PackedChanges {
  packer.start();
  for (const [key, value] of changes) packer.addBytes(key, value);
  return packer.finish();
}

/** Writes into memory that is kept from block to block. */
class Packer {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #count = 0;
  /** Where the length of the value added last stands. */
  #lengthAt = 0;

  start(): void {
    this.#length = 0;
    this.#count = 0;
  }

  addValue(key: string, value: StateValue | undefined): void {
    if (value === undefined) return this.addBytes(key, null);
    const stored = value.kind === 'bytes' ? bytesOnce(value.value) : value;
    const valueAt = this.#addKey(key, stateValueRoom(stored));
    const end = writeStateValue(this.#bytes, this.#view, valueAt, stored);
    this.#endValue(valueAt, end);
  }

  addBytes(key: string, value: Uint8Array | null): void {
    const valueAt = this.#addKey(key, value?.length ?? 0);
    if (value === null) return this.#view.setUint32(this.#lengthAt, DELETED_VALUE, true);
    this.#bytes.set(value, valueAt);
    this.#endValue(valueAt, valueAt + value.length);
  }

  /** A copy of exactly what was added. */
  finish(): PackedChanges {
    const bytes = this.#bytes.slice(0, this.#length);
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#replace(INITIAL_BYTES);
    return new PackedChanges(this.#count, bytes);
  }

  /** Returns where the value belongs, for which there is `room`. */
  #addKey(key: string, room: number): number {
    this.#reserve(CHANGE_HEADER_BYTES + key.length * 3 + room);
    const keyAt = this.#length + CHANGE_HEADER_BYTES;
    const keyBytes = this.#writeText(key, keyAt);
    assert(keyBytes > 0 && keyBytes <= STATE_KEY_BYTES_MAX, 'state keys have 1 to 1,024 bytes');
    this.#view.setUint16(this.#length, keyBytes, true);
    this.#lengthAt = this.#length + 2;
    this.#length = keyAt + keyBytes;
    this.#count += 1;
    return this.#length;
  }

  #endValue(start: number, end: number): void {
    this.#view.setUint32(this.#lengthAt, end - start, true);
    this.#length = end;
  }

  #writeText(text: string, start: number): number {
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return utf8.encodeInto(text, bytes.subarray(start)).written;
      bytes[start + index] = unit;
    }
    return text.length;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#bytes.length) return;
    const before = this.#bytes;
    this.#replace(Math.max(needed, before.length * 2));
    this.#bytes.set(before.subarray(0, this.#length));
  }

  #replace(byteCount: number): void {
    this.#bytes = new Uint8Array(byteCount);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

/** A record makes its bytes whenever they are asked for: here once. */
function bytesOnce(value: Uint8Array): StateValue {
  return { kind: 'bytes', value };
}

/** One block is packed after the other. */
const packer = new Packer();
