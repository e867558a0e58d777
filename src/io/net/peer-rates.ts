/** How much one peer may send. Frames above the rate of their kind are dropped and held against it. */

import { RateLimiter } from '#io/rate-limiter.ts';
import type { PeerMessageKind } from './wire-message.ts';

/**
 * BOUND: frames per second; two seconds' worth may come at once. The largest honest sender of each
 * kind stays below a tenth of it.
 */
const FRAMES_PER_SECOND: Readonly<Record<PeerMessageKind, number>> = {
  bft: 20_000,
  transactions: 2000,
  heads: 50,
  wantHeaders: 100,
  wantBodies: 400,
  headers: 400,
  bodies: 400,
  wantPeers: 2,
  peers: 10,
};

/** Time is the currency: a frame costs what it takes of a second, and seconds come by themselves. */
const SECONDS_SAVED = 2;

export class PeerRates {
  readonly #frames = new RateLimiter(1, SECONDS_SAVED);
  readonly #bytesPerSecond: number;
  #allowance: number;
  #allowanceAtMs: number;

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#allowance = bytesPerSecond;
    this.#allowanceAtMs = nowMs;
  }

  takeFrame(kind: PeerMessageKind, nowMs: number): boolean {
    return this.#frames.take(kind, nowMs, 1 / FRAMES_PER_SECOND[kind]);
  }

  /** Milliseconds for which nothing more may be read; 0 within the rate. */
  takeBytes(bytes: number, nowMs: number): number {
    const earned = ((nowMs - this.#allowanceAtMs) * this.#bytesPerSecond) / 1000;
    this.#allowance = Math.min(this.#bytesPerSecond, this.#allowance + earned) - bytes;
    this.#allowanceAtMs = nowMs;
    return this.#allowance >= 0 ? 0 : (-this.#allowance / this.#bytesPerSecond) * 1000;
  }
}
