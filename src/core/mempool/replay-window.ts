/**
 * The ids of the transactions in the last 90 s of blocks of a shard: what must not run again. Older
 * ones need no memory, for a transaction that old is expired (spec go-iost §2.8). The window is not
 * state under the root: it is rebuilt from the blocks, so it depends on nothing but them.
 *
 * Up to 90 s of full blocks are millions of ids, so they lie flat: numbered in the order of arrival,
 * in pages whose oldest goes when all its ids have left, and an open-addressing table of their
 * numbers. Leaving ids are taken out by shifting later ones back, so there are no tombstones to sweep.
 *
 * Of an id 16 bytes are kept, as in the stored index: with 128 bits of a hash nobody can prepare two
 * transactions that are taken for each other.
 */

import { assert } from '#core/assert.ts';
import { TRANSACTION_AGE_NS_MAX } from './mempool.ts';

const ID_BYTES = 32;
/** Of an id, 32 bits each. The first decides its place in the table. */
const KEPT_WORDS = 4;
const PAGE_IDS = 2 ** 14;
/** Numbers are counted modulo 2^31: far more than ever are in the window. */
const NUMBER_MASK = 0x7fff_ffff;
/** Of a slot of the table: first word of the id, and its number + 1 or 0 where the slot is empty. */
const SLOT_WORDS = 2;
const SLOTS_MIN = 8192;
/** PERF: the first word lies in the slot, so a long run is a few cache lines and no look at an id. */
const FILLED_MAX = 0.7;
const FILLED_MIN = 0.1;

type BlockIds = { readonly timeNs: bigint; readonly count: number };

export class ReplayWindow {
  #pages: Uint32Array[] = [];
  /** A page that was left, for the next one that is needed. */
  #spare: Uint32Array | undefined;
  /** Number of the first id in the first page. */
  #pagesFrom = 0;
  #slots = new Uint32Array(SLOTS_MIN * SLOT_WORDS);
  /** Number of the oldest id. */
  #oldest = 0;
  #count = 0;
  #blocks: BlockIds[] = [];

  get count(): number {
    return this.#count;
  }

  /** Memory of ids and table. */
  get bytes(): number {
    const pages = this.#pages.length + (this.#spare === undefined ? 0 : 1);
    return this.#slots.byteLength + pages * PAGE_IDS * KEPT_WORDS * 4;
  }

  has(id: Uint8Array): boolean {
    const mask = this.#slotMask;
    const first = wordOf(id, 0);
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot * SLOT_WORDS + 1] as number;
      if (entry === 0) return false;
      if (this.#slots[slot * SLOT_WORDS] === first && this.#equals(entry - 1, id)) return true;
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

  get #slotMask(): number {
    return this.#slots.length / SLOT_WORDS - 1;
  }

  #add(id: Uint8Array): void {
    assert(id.length === ID_BYTES, 'a transaction id has 32 bytes');
    const slots = this.#slotMask + 1;
    if (this.#count >= slots * FILLED_MAX) this.#resize(slots * 2);
    const number = (this.#oldest + this.#count) & NUMBER_MASK;
    if (this.#pageOf(number) === this.#pages.length) this.#addPage();
    const page = this.#pages[this.#pageOf(number)] as Uint32Array;
    const at = placeInPage(number);
    for (let word = 0; word < KEPT_WORDS; word++) page[at + word] = wordOf(id, word);
    this.#count += 1;
    link(this.#slots, page[at] as number, number + 1);
  }

  #forgetBefore(timeNs: bigint): void {
    let blocks = 0;
    for (const block of this.#blocks) {
      if (block.timeNs >= timeNs) break;
      for (let index = 0; index < block.count; index++) this.#forgetOldest();
      blocks += 1;
    }
    if (blocks === 0) return;
    this.#blocks = this.#blocks.slice(blocks);
    const slots = this.#slotMask + 1;
    if (slots > SLOTS_MIN && this.#count < slots * FILLED_MIN) this.#resize(slots / 2);
  }

  #forgetOldest(): void {
    const page = this.#pages[0] as Uint32Array;
    this.#unlink(page[placeInPage(this.#oldest)] as number, this.#oldest + 1);
    this.#oldest = (this.#oldest + 1) & NUMBER_MASK;
    this.#count -= 1;
    if (placeInPage(this.#oldest) !== 0) return;
    this.#spare = this.#pages.shift();
    this.#pagesFrom = this.#oldest;
  }

  #unlink(first: number, entry: number): void {
    const slots = this.#slots;
    const mask = this.#slotMask;
    let hole = first & mask;
    while (slots[hole * SLOT_WORDS + 1] !== entry) hole = (hole + 1) & mask;
    // Whoever would not be found past the hole moves into it, and leaves the next hole.
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const later = slots[slot * SLOT_WORDS + 1] as number;
      if (later === 0) break;
      const home = slots[slot * SLOT_WORDS] as number;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole * SLOT_WORDS] = home;
      slots[hole * SLOT_WORDS + 1] = later;
      hole = slot;
    }
    slots[hole * SLOT_WORDS + 1] = 0;
  }

  #addPage(): void {
    this.#pages.push(this.#spare ?? new Uint32Array(PAGE_IDS * KEPT_WORDS));
    this.#spare = undefined;
  }

  #pageOf(number: number): number {
    return Math.floor(((number - this.#pagesFrom) & NUMBER_MASK) / PAGE_IDS);
  }

  #resize(slots: number): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(slots * SLOT_WORDS);
    for (let at = 0; at < before.length; at += SLOT_WORDS) {
      const entry = before[at + 1] as number;
      if (entry !== 0) link(this.#slots, before[at] as number, entry);
    }
  }

  #equals(number: number, id: Uint8Array): boolean {
    const page = this.#pages[this.#pageOf(number)] as Uint32Array;
    const at = placeInPage(number);
    for (let word = 0; word < KEPT_WORDS; word++) {
      if (page[at + word] !== wordOf(id, word)) return false;
    }
    return true;
  }
}

function placeInPage(number: number): number {
  return (number % PAGE_IDS) * KEPT_WORDS;
}

/** Enters an id with this first word and this entry into the table. */
function link(slots: Uint32Array, first: number, entry: number): void {
  const mask = slots.length / SLOT_WORDS - 1;
  let slot = first & mask;
  while (slots[slot * SLOT_WORDS + 1] !== 0) slot = (slot + 1) & mask;
  slots[slot * SLOT_WORDS] = first;
  slots[slot * SLOT_WORDS + 1] = entry;
}

/** Ids are hashes: any of their bits are spread evenly. */
function wordOf(id: Uint8Array, word: number): number {
  const at = word * 4;
  return (
    ((id[at] as number) |
      ((id[at + 1] as number) << 8) |
      ((id[at + 2] as number) << 16) |
      ((id[at + 3] as number) << 24)) >>>
    0
  );
}
