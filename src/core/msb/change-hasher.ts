/**
 * Hashes the keys and values that a block changed, many at once, and hands them to the batch that
 * the tree walks through.
 */

import { assert } from '../assert.ts';
import { DigestBatch } from '../crypto/sha256-lanes/digest-batch.ts';
import { type ChangeBatch, HASH_WORDS } from './change-batch.ts';

export class ChangeHasher {
  /** BOUND of what is gathered; a divisor of `ChangeBatch.CHANGES_MAX`. */
  static readonly CHANGES_MAX = 1024;

  /** Digests 2 i and 2 i + 1: key and value of change i. */
  readonly #digests = new DigestBatch();
  readonly #removals = new Uint8Array(ChangeHasher.CHANGES_MAX);
  #added = 0;

  get added(): number {
    return this.#added;
  }

  clear(): void {
    this.#added = 0;
    this.#digests.begin(2 * ChangeHasher.CHANGES_MAX);
  }

  /** `null` removes the key. */
  add(key: string, value: Uint8Array | null): void {
    const index = this.#added;
    assert(index < ChangeHasher.CHANGES_MAX, 'gathered changes are moved at their bound');
    this.#digests.addText(2 * index, key);
    if (value !== null) this.#digests.add(2 * index + 1, value);
    this.#removals[index] = value === null ? 1 : 0;
    this.#added += 1;
  }

  /** The same with key and value, none where `valueStart` is −1, in ranges of `bytes`. */
  addRanges(
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void {
    const index = this.#added;
    assert(index < ChangeHasher.CHANGES_MAX, 'gathered changes are moved at their bound');
    this.#digests.addRange(2 * index, bytes, keyStart, keyEnd);
    if (valueStart >= 0) this.#digests.addRange(2 * index + 1, bytes, valueStart, valueEnd);
    this.#removals[index] = valueStart < 0 ? 1 : 0;
    this.#added += 1;
  }

  /** Adds the gathered changes to `batch` and is empty again. */
  moveTo(batch: ChangeBatch): void {
    this.#digests.run();
    const { words } = this.#digests.memory;
    let at = this.#digests.digestsAt;
    for (let index = 0; index < this.#added; index++) {
      batch.addWordsAt(words, at, this.#removals[index] === 1 ? -1 : at + HASH_WORDS);
      at += 2 * HASH_WORDS;
    }
    this.clear();
  }
}
