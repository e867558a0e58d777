/**
 * Reader of the canonical binary forms. Every read is bounds-checked; a violation throws
 * `MalformedBytes`, which the decode functions turn into a rejection at their boundary, so that a
 * decoder stays a straight line. Byte strings are views into the input, not copies.
 */

import { KeptShape } from '../kept-shape.ts';
import { NAME_BYTES_MAX, nameAt } from './names.ts';
import { plainStringsAt } from './plain-strings.ts';

/** Thrown by `BinaryReader`, caught by `decodeWith`: it never leaves core/chain. */
class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Shared by all empty lists, of which a transaction has several. */
const EMPTY: readonly never[] = [];
// PERF: a DataView for every reader took a fifth of the decoding of a transaction.
const long = new BigInt64Array(1);
const words = new Int32Array(long.buffer);
long[0] = 1n;
/** Which of the two words is the lower one: depends on the machine. */
const LOW = words[0] === 1 ? 0 : 1;

export class BinaryReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  /** A byte that is 0 or 1. */
  flag(): boolean {
    const value = this.u8();
    return value === 1 || (value === 0 ? false : this.malformed('flag is neither 0 nor 1'));
  }

  /** Gives the input up: the enclosing `decodeWith` answers `undefined`. */
  malformed(reason: string): never {
    throw new MalformedBytes(reason);
  }

  i32(): number {
    return wordAt(this.#bytes, this.#take(4));
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  i64(): bigint {
    const at = this.#take(8);
    words[LOW] = wordAt(this.#bytes, at + 4);
    words[1 - LOW] = wordAt(this.#bytes, at);
    return long[0] as bigint;
  }

  /** An int64 that the format bounds below 2^53. */
  safeInteger(): number {
    const value = Number(this.i64());
    if (!Number.isSafeInteger(value)) throw new MalformedBytes('integer out of range');
    return value;
  }

  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  bytes(): Uint8Array {
    return this.raw(this.#length());
  }

  string(): string {
    const length = this.skip();
    return this.textBefore(length);
  }

  /** The text of the bytes that were passed over last. */
  textBefore(length: number): string {
    const end = this.#offset;
    const at = end - length;
    if (length <= NAME_BYTES_MAX) {
      const name = nameAt(this.#bytes, at, end);
      if (name !== undefined) return name;
    }
    try {
      return utf8.decode(this.#bytes.subarray(at, end));
    } catch {
      throw new MalformedBytes('invalid UTF-8');
    }
  }

  /** What `plainStringsAt` finds in the bytes that were passed over last. */
  plainStringsBefore(length: number): readonly string[] | undefined {
    return plainStringsAt(this.#bytes, this.#offset - length, this.#offset);
  }

  /** `itemBytesMin` bounds the count by what the input can hold, before anything is allocated. */
  list<Item>(itemBytesMin: number, read: (reader: this) => Item): readonly Item[] {
    const count = this.#length();
    if (count === 0) return EMPTY;
    if (count * itemBytesMin > this.remaining) throw new MalformedBytes('list longer than input');
    const items: Item[] = [];
    for (let index = 0; index < count; index++) items.push(read(this));
    return items;
  }

  /** Passes over one byte string or record and answers its length. */
  skip(): number {
    const length = this.#length();
    this.#take(length);
    return length;
  }

  /** Passes over a list of byte strings or records. */
  skipList(): void {
    for (let left = this.#length(); left > 0; left--) this.skip();
  }

  record<Value>(read: (reader: this) => Value): Value {
    const length = this.#length();
    const end = this.#offset + length;
    const value = read(this);
    if (this.#offset !== end) throw new MalformedBytes('record length does not match its content');
    return value;
  }

  end(): void {
    if (this.remaining !== 0) throw new MalformedBytes('trailing bytes');
  }

  #length(): number {
    const length = this.i32();
    if (length < 0) throw new MalformedBytes('negative length');
    return length;
  }

  #take(length: number): number {
    const at = this.#offset;
    if (length > this.#bytes.length - at) throw new MalformedBytes('input ends too early');
    this.#offset = at + length;
    return at;
  }
}

const kept = new KeptShape<BinaryReader>();

/** Big-endian. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** Runs a decoder over the whole input; `undefined` where the bytes are not of its form. */
export function decodeWith<Value>(
  bytes: Uint8Array,
  decode: (reader: BinaryReader) => Value,
): Value | undefined {
  try {
    const reader = kept.of(new BinaryReader(bytes));
    const value = decode(reader);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}
