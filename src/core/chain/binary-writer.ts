/**
 * Writer of the canonical binary forms: big-endian integers, length-prefixed bytes and strings.
 * The primitives are those of the reference node's "SimpleEncoder" (spec go-iost §2.4), which fixes
 * what clients sign; blocks and receipts use the same ones so that there is one codec to trust.
 */

import { assert } from '../assert.ts';

const INITIAL_BYTES = 512;
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
    this.#view.setBigInt64(this.#length, BigInt(value));
    this.#length += 8;
    return this;
  }

  /** Bytes of a length both sides know, without a prefix. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    return this.i32(bytes.length).raw(bytes);
  }

  string(text: string): this {
    // A UTF-16 unit takes at most three bytes of UTF-8, so one reservation is always enough.
    this.#reserve(4 + text.length * 3);
    const start = this.#length + 4;
    const { written } = utf8.encodeInto(text, this.#bytes.subarray(start));
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
