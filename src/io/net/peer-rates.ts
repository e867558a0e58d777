/** How much one peer may send. Frames above the rate of their kind are dropped and held against it. */

import { RateLimiter } from '../rate-limiter.ts';
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
  // Everybody's votes for a closing block come within a moment: there are at most 5000 candidates.
  checkpointVote: 5000,
  wantCheckpoint: 50,
  checkpoint: 50,
  wantPeers: 2,
  peers: 10,
};
/** Of whoever is no validator, as far as is known here: elected a moment ago, it has some to say. */
const FOREIGN_BFT_PER_SECOND = 500;
/** Time is the currency: a frame costs what it takes of a second, and seconds come by themselves. */
const SECONDS_SAVED = 2;
/** BOUND: one second's worth may be saved up. */
const BYTES_PER_MS = { validator: 64 * 1024, other: 16 * 1024 } as const;
const MS_SAVED = 1000;

export class PeerRates {
  readonly #frames = new RateLimiter(1, SECONDS_SAVED);
  /** Milliseconds of sending that the peer may still use; below 0 it has to wait. */
  #savedMs = MS_SAVED;
  #savedAtMs: number;

  constructor(nowMs: number) {
    this.#savedAtMs = nowMs;
  }

  takeFrame(kind: PeerMessageKind, isValidator: boolean, nowMs: number): boolean {
    const perSecond =
      kind === 'bft' && !isValidator ? FOREIGN_BFT_PER_SECOND : FRAMES_PER_SECOND[kind];
    return this.#frames.take(kind, nowMs, 1 / perSecond);
  }

  /** Milliseconds for which nothing more may be read; 0 within the rate. */
  takeBytes(bytes: number, isValidator: boolean, nowMs: number): number {
    const costMs = bytes / BYTES_PER_MS[isValidator ? 'validator' : 'other'];
    const earnedMs = nowMs - this.#savedAtMs;
    this.#savedMs = Math.min(MS_SAVED, this.#savedMs + earnedMs) - costMs;
    this.#savedAtMs = nowMs;
    return Math.max(0, -this.#savedMs);
  }
}
