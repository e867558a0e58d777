/**
 * The state changes that are in journals but not yet in the state table, newest value per key, cut
 * into slices of the key space. Each block settles one slice: all its keys lie near each other, so a
 * page of the tree is written once for many keys, and keys that changed in several blocks once.
 *
 * Invariant: a key is in at most one slice, with its newest change. The cuts therefore only move in
 * `rebalance`, which distributes everything anew.
 */

import type { Database } from 'lmdb';
import { assert } from '#core/assert.ts';
import { type ChangeJournal, changeKey, changeOffsets, changeValue } from './change-journal.ts';

/**
 * Blocks until every slice has had its turn, hence journals a reader has to search. PERF: fewer cost
 * more page writes, more cost more searching; 16 halves the cost of 4 and is near that of 64.
 */
export const SLICES = 16;
// A slice is too large when it holds this many times its share; small totals do not matter.
const SKEW_MAX = 3;
const REBALANCE_CHANGES_MIN = 4096;
const SAMPLES_PER_SLICE = 64;
// A change is referred to by one number: slot of its journal and offset in it.
const OFFSETS_PER_JOURNAL = 2 ** 32;
/** BOUND: more than the journals alive at once (chain-store.ts keeps them below 3 × SLICES). */
const JOURNAL_SLOTS = 1024;

export class PendingChanges {
  readonly #slices: Map<string, number>[] = Array.from({ length: SLICES }, () => new Map());
  readonly #journals = new Map<number, ChangeJournal>();
  /** Ascending lower bounds of slices 1 … SLICES − 1; empty: everything is slice 0. */
  #cuts: readonly string[] = [];

  get count(): number {
    return this.#slices.reduce((sum, slice) => sum + slice.size, 0);
  }

  add(height: number, journal: ChangeJournal): void {
    const slot = height % JOURNAL_SLOTS;
    assert(!this.#journals.has(slot), 'journals are forgotten long before their slot comes round');
    this.#journals.set(slot, journal);
    const base = slot * OFFSETS_PER_JOURNAL;
    for (const offset of changeOffsets(journal)) {
      const key = changeKey(journal, offset);
      this.#sliceOf(key).set(key, base + offset);
    }
  }

  /** Calls `visit` for every change of the slice; `null` is a deletion. */
  visitSlice(slice: number, visit: (key: string, value: Uint8Array | null) => void): void {
    for (const [key, reference] of this.#slices[slice] ?? []) {
      const journal = this.#journals.get(Math.floor(reference / OFFSETS_PER_JOURNAL));
      assert(journal !== undefined, 'a pending change has its journal');
      visit(key, changeValue(journal, reference % OFFSETS_PER_JOURNAL));
    }
  }

  /** The slice is in the state table now. */
  clearSlice(slice: number): void {
    this.#slices[slice]?.clear();
  }

  /** No change refers to the journal any more. */
  forgetJournal(height: number): void {
    this.#journals.delete(height % JOURNAL_SLOTS);
  }

  /**
   * Moves the cuts when one slice has far more than its share. True if it did: changes may then be
   * in any slice, so all slices must be settled once before a journal is forgotten.
   */
  rebalance(): boolean {
    const total = this.count;
    const largest = Math.max(...this.#slices.map((slice) => slice.size));
    if (total < REBALANCE_CHANGES_MIN || largest * SLICES <= total * SKEW_MAX) return false;
    const all = this.#slices.flatMap((slice) => [...slice]);
    const stride = Math.ceil(all.length / (SLICES * SAMPLES_PER_SLICE));
    const sample = all.filter((_, index) => index % stride === 0).map(([key]) => key);
    sample.sort(byteOrder);
    this.#cuts = Array.from(
      { length: SLICES - 1 },
      (_, index) => sample[Math.floor(((index + 1) * sample.length) / SLICES)] as string,
    );
    for (const slice of this.#slices) slice.clear();
    for (const [key, reference] of all) this.#sliceOf(key).set(key, reference);
    return true;
  }

  #sliceOf(key: string): Map<string, number> {
    let low = 0;
    let high = this.#cuts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cuts[middle] as string) <= key) low = middle + 1;
      else high = middle;
    }
    return this.#slices[low] as Map<string, number>;
  }
}

export function applyChange(
  table: Database<Uint8Array, string>,
  key: string,
  value: Uint8Array | null,
): void {
  if (value === null) table.remove(key);
  else table.put(key, value);
}

export function byteOrder(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
