/**
 * The state changes that are in journals but maybe not yet in the state table, cut into slices of the
 * key space. Each block settles one slice: all its keys lie near each other, so a page of the tree is
 * written once for many keys, and a key that changed in several blocks is written once.
 *
 * Invariant: all changes of a key are in the same slice, so an older value can never be settled after
 * a newer one. The cuts therefore only move in `rebalance`, which assigns every change anew.
 */

import { assert } from '#core/assert.ts';
import {
  type ChangeJournal,
  changeKey,
  changeValue,
  compareKeys,
  hasSameKey,
} from './change-journal.ts';

/**
 * Blocks until every slice has had its turn, hence journals a reader has to search. PERF: 16 settles
 * 100,000 random accounts at a third of the cost of writing each block through
 * (bench/micro/lmdb-commit.bench.ts, 2026-11: 5.4 µs instead of 20 per transaction).
 */
export const SLICES = 16;
// A slice is too large when it holds this many times its share; small totals do not matter.
const SKEW_MAX = 3;
const REBALANCE_CHANGES_MIN = 4096;
const SAMPLES_PER_SLICE = 64;

type PendingJournal = {
  readonly height: number;
  readonly journal: ChangeJournal;
  /** Slice of each change, in the order of the journal's key index. */
  readonly slices: Uint8Array;
};

export class PendingChanges {
  /** Ascending heights. BOUND: two rounds of slices, and a group of commits at most (chain-store). */
  #journals: PendingJournal[] = [];
  readonly #sizes = new Uint32Array(SLICES);
  /** Ascending lower bounds of slices 1 … SLICES − 1; empty: everything is slice 0. */
  #cuts: readonly string[] = [];

  add(height: number, journal: ChangeJournal): void {
    const last = this.#journals.at(-1);
    assert(last === undefined || last.height < height, 'journals are added in the order of blocks');
    const slices = new Uint8Array(journal.keyOffsets.length);
    const pending = { height, journal, slices };
    this.#assign(pending);
    this.#journals.push(pending);
  }

  /**
   * Calls `visit` once per key of the slice that changed above the height `above`, with its newest
   * value; `null` is a deletion. Keys are byte strings.
   */
  visitSlice(
    slice: number,
    above: number,
    visit: (key: string, value: Uint8Array | null) => void,
  ): void {
    const journals = this.#journals.filter(({ height }) => height > above);
    const seen = new SeenKeys(this.#sizeOf(slice));
    for (const { journal, slices } of journals.toReversed()) {
      for (let index = 0; index < slices.length; index++) {
        if (slices[index] !== slice) continue;
        const offset = journal.keyOffsets[index] as number;
        if (!seen.add(journal, offset, journal.keyHashes[index] as number)) continue;
        visit(changeKey(journal, offset), changeValue(journal, offset));
      }
    }
  }

  /** All changes up to `height` are in the table. */
  forgetUpTo(height: number): void {
    while (this.#journals[0] !== undefined && this.#journals[0].height <= height) {
      for (const slice of this.#journals[0].slices) this.#sizes[slice] = this.#sizeOf(slice) - 1;
      this.#journals.shift();
    }
  }

  /**
   * Moves the cuts when one slice has far more than its share. True if it did: a change may then be
   * in another slice than before, so every slice must be settled from the first journal on.
   */
  rebalance(): boolean {
    const total = this.#sizes.reduce((sum, size) => sum + size, 0);
    const largest = this.#sizes.reduce((most, size) => Math.max(most, size), 0);
    if (total < REBALANCE_CHANGES_MIN || largest * SLICES <= total * SKEW_MAX) return false;
    const sample = this.#sample(Math.ceil(total / (SLICES * SAMPLES_PER_SLICE)));
    this.#cuts = Array.from(
      { length: SLICES - 1 },
      (_, index) => sample[Math.floor(((index + 1) * sample.length) / SLICES)] as string,
    );
    this.#sizes.fill(0);
    for (const pending of this.#journals) this.#assign(pending);
    return true;
  }

  /** Every `stride`-th key, sorted. The index is in hash order, so this is a fair sample. */
  #sample(stride: number): string[] {
    const sample: string[] = [];
    let next = 0;
    for (const { journal } of this.#journals) {
      for (; next < journal.keyOffsets.length; next += stride) {
        sample.push(changeKey(journal, journal.keyOffsets[next] as number));
      }
      next -= journal.keyOffsets.length;
    }
    return sample.sort(byteOrder);
  }

  #assign({ journal, slices }: PendingJournal): void {
    for (let index = 0; index < slices.length; index++) {
      const slice = this.#sliceOf(journal, journal.keyOffsets[index] as number);
      slices[index] = slice;
      this.#sizes[slice] = this.#sizeOf(slice) + 1;
    }
  }

  #sliceOf(journal: ChangeJournal, offset: number): number {
    let low = 0;
    let high = this.#cuts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(journal, offset, this.#cuts[middle] as string) >= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sizeOf(slice: number): number {
    return this.#sizes[slice] as number;
  }
}

/** Byte order of byte strings. */
export function byteOrder(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A set of keys, as references into journals. PERF: a Set of strings costs ten times as much. */
class SeenKeys {
  readonly #mask: number;
  readonly #hashes: Uint32Array;
  /** Index into `#journals`, plus one; 0 is a free place. */
  readonly #journalOf: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #journals: ChangeJournal[] = [];

  constructor(keysMax: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * keysMax + 2));
    this.#mask = places - 1;
    this.#hashes = new Uint32Array(places);
    this.#journalOf = new Uint8Array(places);
    this.#offsets = new Uint32Array(places);
  }

  /** False if the key is there already. */
  add(journal: ChangeJournal, offset: number, hash: number): boolean {
    let place = hash & this.#mask;
    for (; this.#journalOf[place] !== 0; place = (place + 1) & this.#mask) {
      if (this.#hashes[place] !== hash) continue;
      const other = this.#journals[(this.#journalOf[place] as number) - 1] as ChangeJournal;
      if (hasSameKey(other, this.#offsets[place] as number, journal, offset)) return false;
    }
    if (this.#journals.at(-1) !== journal) this.#journals.push(journal);
    assert(this.#journals.length < 256, 'journals are numbered by a byte');
    this.#hashes[place] = hash;
    this.#offsets[place] = offset;
    this.#journalOf[place] = this.#journals.length;
    return true;
  }
}
