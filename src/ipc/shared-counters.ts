/**
 * Numbers that one thread writes and another reads: the metric cells of one actor.
 *
 *     byte  0  version: odd while the writer is copying
 *     byte 64  CELLS_MAX float64 cells
 *
 * The writer counts in local memory and copies a few times a second, so counting costs no atomic
 * operation. SAFETY: a sequence lock. The reader copies the cells and accepts the copy only if the
 * version was even and the same before and after.
 */

import { assert } from '#core/assert.ts';

/** BOUND: cells of one actor, the buckets of its histograms included. 4 KiB. */
export const CELLS_MAX = 512;

const VERSION_WORD = 0;
const CELLS_OFFSET_BYTES = 64;
/** A copy takes about a microsecond; a writer that died halfway must not hang the reader. */
const READ_ATTEMPTS_MAX = 1000;

export function createCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(CELLS_OFFSET_BYTES + CELLS_MAX * 8);
}

export class CounterWriter {
  readonly #version: Int32Array<SharedArrayBuffer>;
  readonly #shared: Float64Array<SharedArrayBuffer>;
  readonly #local = new Float64Array(CELLS_MAX);
  #cellCount = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#version = new Int32Array(memory, 0, 1);
    this.#shared = new Float64Array(memory, CELLS_OFFSET_BYTES, CELLS_MAX);
  }

  /** Reserves `count` neighbouring cells and returns the first. Asserts the bound. */
  reserve(count: number): number {
    const first = this.#cellCount;
    assert(first + count <= CELLS_MAX, `an actor keeps within ${CELLS_MAX} metric cells`);
    this.#cellCount += count;
    return first;
  }

  add(cell: number, amount: number): void {
    this.#local[cell] = (this.#local[cell] ?? 0) + amount;
  }

  set(cell: number, value: number): void {
    this.#local[cell] = value;
  }

  /** Makes all cells visible to the reader. */
  publish(): void {
    Atomics.add(this.#version, VERSION_WORD, 1);
    this.#shared.set(this.#local);
    Atomics.add(this.#version, VERSION_WORD, 1);
  }
}

/** A consistent copy of all cells; the last state seen if the writer died while copying. */
export function readCounters(memory: SharedArrayBuffer): Float64Array {
  const version = new Int32Array(memory, 0, 1);
  const shared = new Float64Array(memory, CELLS_OFFSET_BYTES, CELLS_MAX);
  const copy = new Float64Array(CELLS_MAX);
  for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt += 1) {
    const before = Atomics.load(version, VERSION_WORD);
    copy.set(shared);
    if ((before & 1) === 0 && Atomics.load(version, VERSION_WORD) === before) break;
  }
  return copy;
}
