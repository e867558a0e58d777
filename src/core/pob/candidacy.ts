/** The barrier in front of candidacy (protocol.md §12.2, rows 2 and 3). */

import { BASIS_POINTS } from './basis-points.ts';
import type { CandidacyRule } from './policy.ts';

/** Whether `votes` suffice; `votable` is the supply that could be voted with, in the same units. */
export function hasEnoughVotes(votes: bigint, votable: bigint, rule: CandidacyRule): boolean {
  // Compared without a division, so that no share is lost to rounding.
  const isAboveShare = votes * BASIS_POINTS > votable * rule.bps;
  const reachesFixed = votes >= rule.fixed;
  switch (rule.mode) {
    case 'bps':
      return isAboveShare;
    case 'fixed':
      return reachesFixed;
    case 'max':
      return isAboveShare && reachesFixed;
  }
}
