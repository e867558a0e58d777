/**
 * The named one-shot timers of an actor. The run loop asks when to wake and which are due.
 *
 * An actor has a handful of timers, so a map with a remembered minimum beats a heap: setting is one
 * map write, and the scan happens only when something is due.
 */

import { assert } from '#core/assert.ts';

/** BOUND: timer names of one actor. A name per block or peer is fine, one per transaction is not. */
export const TIMERS_MAX = 4096;

export class TimerTable {
  readonly #dueById = new Map<string, number>();
  /** No timer is due before this; it may be early after a removal, never late. */
  #earliestMs = Number.POSITIVE_INFINITY;

  get earliestMs(): number {
    return this.#earliestMs;
  }

  set(id: string, atMs: number): void {
    assert(!Number.isNaN(atMs), 'a timer has a time');
    this.#dueById.set(id, atMs);
    assert(this.#dueById.size <= TIMERS_MAX, `an actor keeps within ${TIMERS_MAX} timers`);
    if (atMs < this.#earliestMs) this.#earliestMs = atMs;
  }

  clear(id: string): void {
    this.#dueById.delete(id);
  }

  /** Removes and returns what is due at `nowMs`, by time, then by name. */
  takeDue(nowMs: number): readonly string[] {
    if (nowMs < this.#earliestMs) return NONE;
    const due: [string, number][] = [];
    this.#earliestMs = Number.POSITIVE_INFINITY;
    for (const [id, atMs] of this.#dueById) {
      if (atMs <= nowMs) due.push([id, atMs]);
      else if (atMs < this.#earliestMs) this.#earliestMs = atMs;
    }
    for (const [id] of due) this.#dueById.delete(id);
    due.sort(([idA, msA], [idB, msB]) => msA - msB || (idA < idB ? -1 : 1));
    return due.map(([id]) => id);
  }
}

const NONE: readonly string[] = [];
