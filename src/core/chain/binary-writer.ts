/**
 * Writer of the canonical binary forms: big-endian integers, length-prefixed bytes and strings.
 * The primitives are those of the reference node's "SimpleEncoder" (spec go-iost §2.4), which fixes
 * what clients sign; blocks and receipts use the same ones so that there is one codec to trust.
 */

import { assert } from '../assert.ts';
import type { BytePages } from './byte-pages.ts';

const INITIAL_BYTES = 512;
// PERF: below this, a loop in JavaScript copies faster than a call of TypedArray.set or a TextEncoder.
const LOOP_BYTES_MAX = 64;
const TWO_32 = 2 ** 32;
const NOTHING = new Uint8Array(0);
const utf8 = new TextEncoder();

export class BinaryWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(initialBytes: number = INITIAL_BYTES) {
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** The same, among others in a page: for what is small and many. */
  finishIn(pages: BytePages): Uint8Array {
    return pages.copy(this.#bytes, this.#length);
  }

  /**
   * What was written, without a copy: the memory goes along, so a writer of the right initial size
   * wastes none. The writer is empty afterwards.
   */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = NOTHING;
    this.#view = new DataView(NOTHING.buffer);
    this.#length = 0;
    return bytes;
  }

  /** Forgets what was written and keeps the memory. */
  reset(): this {
    this.#length = 0;
    return this;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
    return this;
  }

  /** Signed or unsigned 32 bits: the bytes are the same. */
  i32(value: number): this {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value | 0);
    this.#length += 4;
    return this;
  }

  i64(value: bigint | number): this {
    this.#reserve(8);
    if (typeof value === 'number') {
      assert(Number.isSafeInteger(value), 'a number written as an integer is one');
      this.#view.setInt32(this.#length, Math.floor(value / TWO_32) | 0);
      this.#view.setInt32(this.#length + 4, (value % TWO_32) | 0);
    } else this.#view.setBigInt64(this.#length, value);
    this.#length += 8;
    return this;
  }

  /** Bytes of a length both sides know, without a prefix. */
  raw(bytes: Uint8Array): this {
    const { length } = bytes;
    this.#reserve(length);
    const start = this.#length;
    const target = this.#bytes;
    if (length > LOOP_BYTES_MAX) target.set(bytes, start);
    else
      for (let index = 0; index < length; index++) target[start + index] = bytes[index] as number;
    this.#length = start + length;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    return this.i32(bytes.length).raw(bytes);
  }

  string(text: string): this {
    // A UTF-16 unit takes at most three bytes of UTF-8, so one reservation is always enough.
    this.#reserve(4 + text.length * 3);
    const start = this.#length + 4;
    let written = this.#writeAscii(text, start);
    if (written < 0) written = utf8.encodeInto(text, this.#bytes.subarray(start)).written;
    this.#view.setInt32(this.#length, written);
    this.#length = start + written;
    return this;
  }

  list<Item>(items: readonly Item[], write: (writer: this, item: Item) => void): this {
    this.i32(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  /** A record inside a list carries its own byte length in front. */
  record(write: (writer: this) => void): this {
    const lengthAt = this.#length;
    this.i32(0);
    write(this);
    this.#view.setInt32(lengthAt, this.#length - lengthAt - 4);
    return this;
  }

  /** Bytes written, or −1 where the text is long or has a character outside ASCII. */
  #writeAscii(text: string, start: number): number {
    const { length } = text;
    if (length > LOOP_BYTES_MAX) return -1;
    const target = this.#bytes;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return -1;
      target[start + index] = unit;
    }
    return length;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#bytes.length) return;
    assert(needed < 2 ** 31, 'a canonical object stays below 2 GiB');
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
