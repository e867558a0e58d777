/**
 * Who gives way where a transaction needs the exact balance of an account that has reservations open,
 * that is until transactions of the account have ended. Two of them could wait for each other. So the
 * older one waits, and the younger one gives back what was reserved for it and begins anew (wait-die):
 * everybody who waits is older than whom he waits for, hence there is no circle, and the oldest of all
 * gives way to nobody.
 */

import type { ReservedEntry } from '../ledger/reserved-record.ts';

/** What a transaction has to say for itself. */
export type Claim = {
  /** Hash of the transaction, in hex. */
  readonly id: string;
  /** Time of the transaction in ns; `HOLDS_NOTHING` where nothing is reserved for it. */
  readonly since: bigint;
};

/** Who holds nothing while he waits cannot be part of a circle. */
export const HOLDS_NOTHING = 0n;

/** Whether it may wait for all of them to be settled. */
export function mayWait(claim: Claim, entries: readonly ReservedEntry[]): boolean {
  return entries.every((entry) => isOlder(claim, entry));
}

function isOlder(one: Claim, other: Claim): boolean {
  return one.since === other.since ? one.id < other.id : one.since < other.since;
}
