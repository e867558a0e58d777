/**
 * Where and when a proposed block may stand: the next height, not before the interval has passed, and
 * near our clock (protocol.md §1.4, §2.3 pacing). It decides only whether we vote for the block; what
 * a quorum accepted is accepted.
 */

import type { Block, FinalBlock } from './block.ts';

/** Times of blocks may be this far from our clock. */
export const CLOCK_SKEW_MS = 5000;
/** And this much earlier than the interval asks. */
const INTERVAL_SLACK_MS = 50;

export type Moment = {
  readonly nowMs: number;
  readonly blockIntervalMs: number;
  /** How long we wait for a proposal, so how long an honest one may have been under way. */
  readonly waitedMs: number;
};

export function isPlausible(block: Block, parent: FinalBlock, moment: Moment): boolean {
  const { nowMs, blockIntervalMs, waitedMs } = moment;
  const { timestampMs, height } = block;
  return (
    height === parent.height + 1 &&
    timestampMs >= parent.timestampMs + Math.max(0, blockIntervalMs - INTERVAL_SLACK_MS) &&
    timestampMs >= nowMs - CLOCK_SKEW_MS - waitedMs &&
    timestampMs <= nowMs + CLOCK_SKEW_MS
  );
}
