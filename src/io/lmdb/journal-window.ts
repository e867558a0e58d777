/**
 * A reader's copies of the journals above the settled height: what the state table does not say yet.
 * Refreshed to the head of the snapshot before each read; a journal never changes, so it is copied
 * once. BOUND: at most 3 × SLICES journals, because the writer settles every slice within two rounds.
 */

import type { Database } from 'lmdb';
import { assert } from '#core/assert.ts';
import type { HeadRecord } from './chain-meta.ts';
import {
  type ChangeJournal,
  candidatePositions,
  changeKey,
  changeOffsets,
  changeValue,
  findChange,
  hashKey,
  journalOf,
} from './change-journal.ts';
import { byteOrder } from './pending-changes.ts';
import type { ReadTransaction } from './read-transaction.ts';

/** Half-open range of byte strings; `to` undefined: no upper end. */
export type KeyRange = { readonly from: string; readonly to: string | undefined };

type Entry = {
  readonly height: number;
  readonly journal: ChangeJournal;
  /** Sorted on the first range read that meets the journal. */
  sorted: readonly (readonly [key: string, offset: number])[] | undefined;
};

export class JournalWindow {
  readonly #table: Database<Uint8Array, number>;
  readonly #transaction: ReadTransaction;
  readonly #hashSeed: number;
  /** Ascending heights without a gap. */
  #entries: Entry[] = [];

  constructor(table: Database<Uint8Array, number>, transaction: ReadTransaction, hashSeed: number) {
    this.#table = table;
    this.#transaction = transaction;
    this.#hashSeed = hashSeed;
  }

  /** Makes the window that of `head`, in whose snapshot the caller is. */
  refresh(head: HeadRecord): void {
    const last = this.#entries.at(-1)?.height ?? 0;
    const first = this.#entries[0]?.height ?? Number.MAX_SAFE_INTEGER;
    if (last === head.height && first === head.settledHeight + 1) return;
    this.#entries = this.#entries.filter(({ height }) => height > head.settledHeight);
    const next = Math.max(head.settledHeight, this.#entries.at(-1)?.height ?? 0) + 1;
    for (let height = next; height <= head.height; height++) {
      const stored = this.#table.get(height, this.#transaction.options);
      assert(stored !== undefined, 'a snapshot has the journals of all its unsettled blocks');
      this.#entries.push({ height, journal: journalOf(stored), sorted: undefined });
    }
  }

  /** The newest value of a key: `null` deleted, `undefined` not changed in the window. A view. */
  value(key: string): Uint8Array | null | undefined {
    const hash = hashKey(key, this.#hashSeed);
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const { journal } = this.#entries[index] as Entry;
      const offset = findChange(journal, key, hash);
      if (offset >= 0) return changeValue(journal, offset);
    }
    return undefined;
  }

  /** The newest changes in the range, sorted by key; `null` deleted. */
  range({ from, to }: KeyRange): readonly (readonly [string, Uint8Array | null])[] {
    const newest = new Map<string, Uint8Array | null>();
    for (const entry of this.#entries) {
      const sorted = sortedChanges(entry);
      for (let index = lowerBound(sorted, from); index < sorted.length; index++) {
        const [key, offset] = sorted[index] as readonly [string, number];
        if (to !== undefined && key >= to) break;
        newest.set(key, changeValue(entry.journal, offset));
      }
    }
    return [...newest].sort(([left], [right]) => byteOrder(left, right));
  }

  /** Places where a transaction with the first bytes of `id` is; the caller compares the rest. */
  *places(id: Uint8Array): Generator<{ readonly height: number; readonly index: number }> {
    for (const { height, journal } of this.#entries.toReversed()) {
      for (const index of candidatePositions(journal, id)) yield { height, index };
    }
  }
}

function sortedChanges(entry: Entry): readonly (readonly [string, number])[] {
  entry.sorted ??= [...changeOffsets(entry.journal)]
    .map((offset) => [changeKey(entry.journal, offset), offset] as const)
    .sort(([left], [right]) => byteOrder(left, right));
  return entry.sorted;
}

function lowerBound(sorted: readonly (readonly [string, number])[], from: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as readonly [string, number])[0] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
