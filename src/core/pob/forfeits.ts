/**
 * Candidacies that have ended and whose votes still count in the vote contracts: those are settled
 * first thing in the next block in which no transaction of another chain holds what has to change.
 */

import { ContractFailure } from '../ledger/contract-failure.ts';
import type { Credit } from '../ledger/credit.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import { LockedState } from '../ledger/locked-state.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { type Forfeit, readForfeits, writeForfeits } from './pob-state.ts';
import type { CandidateTable } from './registered-candidate.ts';

export function oweForfeit(state: StateOverlay, forfeit: Forfeit): void {
  const others = readForfeits(state).filter(({ account }) => account !== forfeit.account);
  writeForfeits(state, [...others, forfeit]);
}

/** What leaves the chain, and whether something is left to be done because it is locked. */
export function settleForfeits(
  environment: LedgerEnvironment,
  table: CandidateTable,
): { readonly credits: readonly Credit[]; readonly isDone: boolean } {
  const { overlay } = environment;
  const owed = readForfeits(overlay);
  if (owed.length === 0) return { credits: [], isDone: true };
  const credits: Credit[] = [];
  const left: Forfeit[] = [];
  for (const forfeit of owed) {
    const leaving = settle(environment, table, forfeit);
    if (leaving === 'locked') left.push(forfeit);
    else credits.push(...leaving);
  }
  overlay.begin();
  writeForfeits(overlay, left);
  overlay.commit();
  return { credits, isDone: left.length === 0 };
}

function settle(
  environment: LedgerEnvironment,
  table: CandidateTable,
  { account, isSlashed, reporter }: Forfeit,
): readonly Credit[] | 'locked' {
  const { overlay, locks } = environment;
  overlay.begin(undefined, locks);
  try {
    const credits = isSlashed
      ? table.slash(environment, account, reporter)
      : table.forfeit(environment, account);
    overlay.commit();
    return credits;
  } catch (error) {
    overlay.rollback();
    if (error instanceof LockedState) return 'locked';
    // It has left by itself: nothing is left to lose.
    if (error instanceof ContractFailure) return [];
    throw error;
  }
}
