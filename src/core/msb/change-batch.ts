/**
 * The changed keys of one update, flat and sorted: what a tree walks through in one pass. Nothing is
 * allocated per key once the arrays have the size of a usual block.
 */

import { assert } from '../assert.ts';

export const HASH_BYTES = 32;
export const HASH_WORDS = 8;
// An order entry is prefix · 2^16 + index in one double: 48 of its 53 bits.
const INDEX_SPAN = 2 ** 16;
const INITIAL_CAPACITY = 1024;

export class ChangeBatch {
  /** BOUND of one batch, some 5 MB; larger updates are cut, such as the loading of a whole state. */
  static readonly CHANGES_MAX: number = INDEX_SPAN;

  /** Changes in the order they came; `#ranks` lists them in the order of their keys. */
  #keys = new Uint32Array(INITIAL_CAPACITY * HASH_WORDS);
  #values = new Uint32Array(INITIAL_CAPACITY * HASH_WORDS);
  #removals = new Uint8Array(INITIAL_CAPACITY);
  #order = new Float64Array(INITIAL_CAPACITY);
  #ranks = new Uint32Array(INITIAL_CAPACITY);
  #added = 0;
  #count = 0;

  get added(): number {
    return this.#added;
  }

  /** Distinct keys, after `sort`. */
  get count(): number {
    return this.#count;
  }

  get keys(): Uint32Array {
    return this.#keys;
  }

  get values(): Uint32Array {
    return this.#values;
  }

  clear(): void {
    this.#added = 0;
    this.#count = 0;
  }

  /** A change given as bytes; `null` removes the key. */
  addBytes(key: Uint8Array, value: Uint8Array | null): void {
    assert(key.length === HASH_BYTES, 'keys of the state tree are hashes');
    assert(value === null || value.length === HASH_BYTES, 'the state tree holds hashes of values');
    const index = this.#next();
    for (let word = 0; word < HASH_WORDS; word++) {
      this.#keys[index * HASH_WORDS + word] = wordOfBytes(key, word * 4);
      if (value === null) continue;
      this.#values[index * HASH_WORDS + word] = wordOfBytes(value, word * 4);
    }
    this.#finish(index, value === null);
  }

  /** The same from words of an array: eight for the key, eight for the value, −1 for no value. */
  addWordsAt(words: Uint32Array, keyAt: number, valueAt: number): void {
    const index = this.#next();
    const at = index * HASH_WORDS;
    for (let word = 0; word < HASH_WORDS; word++) {
      this.#keys[at + word] = words[keyAt + word] as number;
      if (valueAt >= 0) this.#values[at + word] = words[valueAt + word] as number;
    }
    this.#finish(index, valueAt < 0);
  }

  /** The same from words of this machine: eight for the key, eight for the value. */
  addWords(key: Uint32Array, value: Uint32Array | null): void {
    const index = this.#next();
    this.#keys.set(key, index * HASH_WORDS);
    if (value !== null) this.#values.set(value, index * HASH_WORDS);
    this.#finish(index, value === null);
  }

  /** Sorts by key. Of several changes of one key the last one stays. */
  sort(): void {
    const order = this.#order.subarray(0, this.#added).sort();
    const prefixAt = (rank: number) => Math.floor((order[rank] as number) / INDEX_SPAN);
    let count = 0;
    for (let from = 0; from < order.length; ) {
      const prefix = prefixAt(from);
      let to = from + 1;
      while (to < order.length && prefixAt(to) === prefix) to += 1;
      if (to - from > 1) this.#sortRun(order.subarray(from, to));
      for (; from < to; from++) {
        const index = (order[from] as number) - prefix * INDEX_SPAN;
        const again = count > 0 && this.#compare(this.indexAt(count - 1), index) === 0;
        if (again) count -= 1;
        this.#ranks[count] = index;
        count += 1;
      }
    }
    this.#count = count;
  }

  /** Position in `keys` and `values`, in hashes, of the change at a rank of the sorted order. */
  indexAt(rank: number): number {
    return this.#ranks[rank] as number;
  }

  isRemoval(index: number): boolean {
    return this.#removals[index] === 1;
  }

  /** First rank in [from, to) whose key has a one at bit `depth`: all ranks share the bits before. */
  firstOne(from: number, to: number, depth: number): number {
    const word = depth >>> 5;
    const mask = 0x8000_0000 >>> (depth & 31);
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const bits = this.#keys[this.indexAt(middle) * HASH_WORDS + word] as number;
      if ((bits & mask) === 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #next(): number {
    assert(this.#added < INDEX_SPAN, 'a batch is cut at its bound');
    if (this.#added === this.#removals.length) this.#grow();
    return this.#added;
  }

  #finish(index: number, removal: boolean): void {
    this.#removals[index] = removal ? 1 : 0;
    this.#order[index] = (this.#keys[index * HASH_WORDS] as number) * INDEX_SPAN + index;
    this.#added += 1;
  }

  /** Keys that share 32 bits are so rare that any sort does. Equal keys stay in order of arrival. */
  #sortRun(run: Float64Array): void {
    const sorted = [...run].sort((left, right) => {
      const [first, second] = [left % INDEX_SPAN, right % INDEX_SPAN];
      return this.#compare(first, second) || first - second;
    });
    run.set(sorted);
  }

  #compare(first: number, second: number): number {
    for (let word = 0; word < HASH_WORDS; word++) {
      const left = this.#keys[first * HASH_WORDS + word] as number;
      const right = this.#keys[second * HASH_WORDS + word] as number;
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  }

  #grow(): void {
    const capacity = this.#removals.length * 2;
    const grown = <Typed extends Uint32Array | Uint8Array | Float64Array>(
      to: Typed,
      from: Typed,
    ) => {
      to.set(from);
      return to;
    };
    this.#keys = grown(new Uint32Array(capacity * HASH_WORDS), this.#keys);
    this.#values = grown(new Uint32Array(capacity * HASH_WORDS), this.#values);
    this.#removals = grown(new Uint8Array(capacity), this.#removals);
    this.#order = grown(new Float64Array(capacity), this.#order);
    this.#ranks = new Uint32Array(capacity);
  }
}

export function wordOfBytes(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
