/**
 * The ids of the transactions in the last 90 s of blocks of a shard: what must not run again. Older
 * ones need no memory, for a transaction that old is expired (spec go-iost §2.8). The window is not
 * state under the root: it is rebuilt from the blocks, so it depends on nothing but them.
 *
 * Up to 90 s of full blocks are millions of ids, so they lie flat: a ring of 32-byte ids in the
 * order of arrival and an open-addressing table of ring positions. Both double when half full, and
 * leaving ids are taken out by shifting later ones back, so there are no tombstones to sweep.
 */

import { assert } from '#core/assert.ts';
import { TRANSACTION_AGE_NS_MAX } from './mempool.ts';

const ID_BYTES = 32;
const INITIAL_CAPACITY = 4096;

type BlockIds = { readonly timeNs: bigint; readonly count: number };

export class ReplayWindow {
  #capacity = INITIAL_CAPACITY;
  #ids = new Uint8Array(INITIAL_CAPACITY * ID_BYTES);
  /** Ring position + 1, or 0 where empty. Twice the capacity, so at most half full. */
  #slots = new Int32Array(INITIAL_CAPACITY * 2);
  /** Ring position of the oldest id. */
  #head = 0;
  #count = 0;
  #blocks: BlockIds[] = [];

  get count(): number {
    return this.#count;
  }

  has(id: Uint8Array): boolean {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(id, 0) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return false;
      if (this.#equals(entry - 1, id)) return true;
    }
  }

  /**
   * Adds the ids of the next block and forgets those of blocks older than 90 s before it.
   * `blockTimeNs` does not decrease from call to call.
   */
  addBlock(blockTimeNs: bigint, ids: readonly Uint8Array[]): void {
    this.#forgetBefore(blockTimeNs - TRANSACTION_AGE_NS_MAX);
    for (const id of ids) this.#add(id);
    if (ids.length > 0) this.#blocks.push({ timeNs: blockTimeNs, count: ids.length });
  }

  #add(id: Uint8Array): void {
    assert(id.length === ID_BYTES, 'a transaction id has 32 bytes');
    if (this.#count === this.#capacity) this.#grow();
    const position = (this.#head + this.#count) & (this.#capacity - 1);
    this.#ids.set(id, position * ID_BYTES);
    this.#count += 1;
    this.#link(position);
  }

  #forgetBefore(timeNs: bigint): void {
    let blocks = 0;
    for (const block of this.#blocks) {
      if (block.timeNs >= timeNs) break;
      for (let index = 0; index < block.count; index++) this.#forgetOldest();
      blocks += 1;
    }
    if (blocks > 0) this.#blocks = this.#blocks.slice(blocks);
  }

  #forgetOldest(): void {
    const mask = this.#slots.length - 1;
    let hole = hashOf(this.#ids, this.#head * ID_BYTES) & mask;
    while (this.#slots[hole] !== this.#head + 1) hole = (hole + 1) & mask;
    // Whoever would not be found past the hole moves into it, and leaves the next hole.
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      const home = hashOf(this.#ids, (entry - 1) * ID_BYTES) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#slots[hole] = entry;
      hole = slot;
    }
    this.#slots[hole] = 0;
    this.#head = (this.#head + 1) & (this.#capacity - 1);
    this.#count -= 1;
  }

  #grow(): void {
    const old = this.#ids;
    const headBytes = this.#head * ID_BYTES;
    this.#capacity *= 2;
    this.#ids = new Uint8Array(this.#capacity * ID_BYTES);
    this.#ids.set(old.subarray(headBytes));
    this.#ids.set(old.subarray(0, headBytes), old.length - headBytes);
    this.#head = 0;
    this.#slots = new Int32Array(this.#capacity * 2);
    for (let position = 0; position < this.#count; position++) this.#link(position);
  }

  /** Enters the id at this ring position into the table. */
  #link(position: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#ids, position * ID_BYTES) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = position + 1;
  }

  #equals(position: number, id: Uint8Array): boolean {
    const start = position * ID_BYTES;
    for (let index = 0; index < ID_BYTES; index++) {
      if (this.#ids[start + index] !== id[index]) return false;
    }
    return true;
  }
}

/** Ids are hashes: any of their bytes are spread evenly. */
function hashOf(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
