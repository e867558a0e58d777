/**
 * Candidacies that have ended and whose votes still count in the vote contracts: those are settled
 * first thing in the next block in which no transaction of another chain holds what has to change.
 */

import { ContractFailure } from '../ledger/contract-failure.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import { LockedState } from '../ledger/locked-state.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { readForfeits, writeForfeits } from './pob-state.ts';
import type { CandidateTable } from './registered-candidate.ts';

export function oweForfeit(state: StateOverlay, account: string): void {
  const owed = readForfeits(state);
  if (!owed.includes(account)) writeForfeits(state, [...owed, account]);
}

/** False where something is left to be done, because it is locked. */
export function settleForfeits(environment: LedgerEnvironment, table: CandidateTable): boolean {
  const { overlay } = environment;
  const owed = readForfeits(overlay);
  if (owed.length === 0) return true;
  const left = owed.filter((account) => !settle(environment, table, account));
  overlay.begin();
  writeForfeits(overlay, left);
  overlay.commit();
  return left.length === 0;
}

function settle(environment: LedgerEnvironment, table: CandidateTable, account: string): boolean {
  const { overlay, locks } = environment;
  overlay.begin(undefined, locks);
  try {
    table.forfeit(environment, account);
    overlay.commit();
    return true;
  } catch (error) {
    overlay.rollback();
    if (error instanceof LockedState) return false;
    // It has left by itself: nothing is left to lose.
    if (error instanceof ContractFailure) return true;
    throw error;
  }
}
