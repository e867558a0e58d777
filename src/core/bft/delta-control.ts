/**
 * A member's own estimate of Δ, the delay it allows the network (protocol.md §2.3): four times the
 * moving average of what notarizations take, doubled after a view that came to nothing, decaying
 * by a tenth per success. It moves timers only; safety never depends on it. Whole milliseconds.
 */

import type { DeltaSettings } from './settings.ts';

/** Weight of a new sample is one in this many. */
const EWMA_SPAN = 8;
const LATENCIES_PER_DELTA = 4;
const PERCENT = 100;

export class DeltaControl {
  readonly #settings: DeltaSettings;
  /** Scaled by `EWMA_SPAN`, so that small differences are not rounded away. */
  #latencyScaled: number;
  #stretchPercent = PERCENT;
  /** By leader: its last turn, if that failed. */
  readonly #failedInView: (number | undefined)[] = [];
  #notarizedInView = 0;

  constructor(settings: DeltaSettings) {
    this.#settings = settings;
    this.#latencyScaled = Math.floor((settings.initialMs * EWMA_SPAN) / LATENCIES_PER_DELTA);
  }

  get ms(): number {
    const { minMs, maxMs } = this.#settings;
    const delta = Math.floor(
      (LATENCIES_PER_DELTA * this.#latencyScaled * this.#stretchPercent) / (EWMA_SPAN * PERCENT),
    );
    return Math.min(Math.max(delta, minMs), maxMs);
  }

  /** Average time from entering a view to its notarization, in ms. */
  get latencyMs(): number {
    return Math.floor(this.#latencyScaled / EWMA_SPAN);
  }

  onNotarized(view: number, leader: number, latencyMs: number): void {
    this.#notarizedInView = view;
    this.#failedInView[leader] = undefined;
    const sample = Math.min(Math.max(latencyMs, 0), this.#settings.maxMs);
    this.#latencyScaled += sample - Math.floor(this.#latencyScaled / EWMA_SPAN);
    this.#stretchPercent = Math.max(PERCENT, Math.floor((this.#stretchPercent * 9) / 10));
  }

  /**
   * A failed view suggests that Δ is too small, unless its leader is the one to blame: it failed its
   * last turn too, and others have succeeded since. Otherwise one bad leader of four would drive Δ
   * to its maximum and with it the price of its own next turn.
   */
  onNullified(view: number, leader: number): void {
    const failedBefore = this.#failedInView[leader];
    this.#failedInView[leader] = view;
    if (failedBefore !== undefined && this.#notarizedInView > failedBefore) return;
    if (this.ms < this.#settings.maxMs) this.#stretchPercent *= 2;
  }
}
