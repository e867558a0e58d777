/**
 * What the leaves changed since a checkpoint held before. The tree's shape and hashes follow from
 * its leaves alone, so putting those back puts everything back.
 */

import { type ChangeBatch, HASH_WORDS } from './change-batch.ts';

const ENTRY_WORDS = 1 + 2 * HASH_WORDS;
const ABSENT = 0;
const PRESENT = 1;

export class UndoLog {
  #entries = new Uint32Array(64 * ENTRY_WORDS);
  #length = 0;

  get count(): number {
    return this.#length / ENTRY_WORDS;
  }

  /** Forgets everything and keeps the memory. */
  clear(): void {
    this.#length = 0;
  }

  /** Records the leaf whose 16 words (key and value hash) start at `at` of `words`. */
  record(words: Uint32Array, at: number, existed: boolean): void {
    if (this.#length === this.#entries.length) {
      const grown = new Uint32Array(this.#length * 2);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    this.#entries[this.#length] = existed ? PRESENT : ABSENT;
    for (let word = 0; word < 2 * HASH_WORDS; word++) {
      this.#entries[this.#length + 1 + word] = words[at + word] as number;
    }
    this.#length += ENTRY_WORDS;
  }

  /** Fills the batch with the way back: entries from `from` on, the oldest of a key winning. */
  fill(batch: ChangeBatch, from: number, to: number): void {
    for (let entry = to - 1; entry >= from; entry--) {
      const at = entry * ENTRY_WORDS;
      const key = this.#entries.subarray(at + 1, at + 1 + HASH_WORDS);
      const value = this.#entries.subarray(at + 1 + HASH_WORDS, at + ENTRY_WORDS);
      batch.addWords(key, this.#entries[at] === PRESENT ? value : null);
    }
  }
}
