/**
 * Balances that the outcome of a transaction depends on to the last unit: those that a contract reads,
 * and those that are not enough. While a transaction of the account runs on another chain nobody can
 * know them: what is reserved for it is missing here, and what it leaves of that is not known yet. Taking
 * from a balance where there is enough, and adding to it, do not depend on the rest.
 */

import type { Host } from './host.ts';
import { LockedState } from './locked-state.ts';
import { MissingState } from './missing-state.ts';
import { requireAllRam } from './ram-lease.ts';
import { isReservedFor } from './reserved-record.ts';
import { ReservedState } from './reserved-state.ts';
import { balanceKey } from './state-key.ts';

/**
 * To be called once the balance has been read. Ends the run where it is not exact: with `MissingState`
 * for the publisher's own that was only reserved, with `ReservedState` for one of this chain, with
 * `LockedState` for one that was locked to be taken from, and for RAM of which a part is on lease.
 *
 * RAM of a publisher of another chain is what was reserved, all of it (reservation.ts).
 */
export function requireExact(host: Host, account: string, token: string): void {
  const key = balanceKey(account, token);
  if (!host.state.carries(key)) {
    if (token === 'ram') requireAllRam(host.state, account);
    if (isReservedFor(host.state, account)) throw new ReservedState(account);
  } else if (host.exact?.has(key) !== true) {
    if (account !== host.publisher) throw new LockedState(key);
    if (token !== 'ram') throw MissingState.key(key);
  }
}
