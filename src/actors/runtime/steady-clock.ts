/**
 * Wall-clock milliseconds that never go backwards. When the system clock is set back, this clock
 * creeps at half speed until the system clock has caught up, so timers keep firing meanwhile; a
 * step forward is followed at once.
 */

import type { Clock } from './actor-context.ts';

export type TimeSources = {
  /** Unix milliseconds; may jump. */
  readonly wallMs: () => number;
  /** Milliseconds from any origin; never jumps. */
  readonly monotonicMs: () => number;
};

const SYSTEM_TIME: TimeSources = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export class SteadyClock implements Clock {
  readonly #sources: TimeSources;
  #lastMs: number;
  #lastMonotonicMs: number;

  constructor(sources: TimeSources = SYSTEM_TIME) {
    this.#sources = sources;
    this.#lastMs = sources.wallMs();
    this.#lastMonotonicMs = sources.monotonicMs();
  }

  nowMs(): number {
    const wall = this.#sources.wallMs();
    const monotonic = this.#sources.monotonicMs();
    const creep = this.#lastMs + (monotonic - this.#lastMonotonicMs) / 2;
    this.#lastMs = Math.max(wall, creep);
    this.#lastMonotonicMs = monotonic;
    return Math.floor(this.#lastMs);
  }
}
