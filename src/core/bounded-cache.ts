/**
 * A memo of a pure function with bounded size: two generations of a `Map`. A hit in the old one copies
 * the entry to the young one; when the young one is full it becomes the old one and the old one goes.
 * So it holds at most `2 × generationSize` entries, keeps what is in use, and costs one lookup on a
 * hit. Which entries it holds never changes a result, only its cost.
 */

import { assert } from './assert.ts';

export class BoundedCache<Key, Value extends NonNullable<unknown>> {
  readonly #generationSize: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(generationSize: number) {
    assert(generationSize > 0, 'a cache generation holds at least one entry');
    this.#generationSize = generationSize;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#generationSize && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
