/**
 * The slice of its RAM that a publisher sends along with a transaction (cross-shard.md, mechanism 2),
 * under `x-slice-<account>`. It stands in for the balance, which several transactions share while they
 * run: they may pay from their slices, but not look at what there is, nor change the account's record.
 */

import { accountKeys } from './account-keys.ts';
import { amountOf, changeUsedRam } from './balances.ts';
import type { CarriedState } from './outcome.ts';
import { accountKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';

export const sliceKey = (account: string): string => accountKeys(account).slice;

/** Bytes as a carried value. */
export function sliceValue(bytes: bigint): StateValue {
  return { kind: 'int', value: bytes, payer: 'ram.iost' };
}

/** The carried key that a transaction may read and not write; none where it has its account alone. */
export function seenOnly(publisher: string, carried: CarriedState | undefined): string | undefined {
  return carried?.has(sliceKey(publisher)) === true ? accountKey(publisher) : undefined;
}

/** Takes bytes from the slice of the account; `false` and nothing done where it is too small. */
export function payFromSlice(state: StateOverlay, account: string, bytes: bigint): boolean {
  const left = amountOf(state.getOwned(sliceKey(account))) - bytes;
  if (left < 0n) return false;
  state.update(sliceKey(account), sliceValue(left));
  changeUsedRam(state, account, bytes);
  return true;
}
