/**
 * RAM that the chain of a contract has on lease from the contract's owner, who lives elsewhere
 * (cross-shard.md, mechanism 2), so that storage grows without a question for every call. Who asks
 * when, and who gives back, is decided in atomix (held-leases.ts, lent-ram.ts); here is what
 * transactions see of it.
 *
 * On the chain of the contract `x-lease-<account>` is what is left of the lease; on that of the account
 * `x-lent-<account>` is what each chain has, with what is on its way. Bytes that were used come home as
 * the credit `ramUse`. Leased bytes are still the account's: nothing that depends on how much it has in
 * all may be answered before they are back.
 */

import { amountOf, changeUsedRam } from './balances.ts';
import type { Host } from './host.ts';
import { LockedState } from './locked-state.ts';
import type { StateReader } from './ports.ts';
import { balanceKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import type { StateValue } from './state-value.ts';

const PAYER = 'system.iost';

export const leaseKey = (account: string): string => `x-lease-${account}`;
export const lentKey = (account: string): string => `x-lent-${account}`;

/** Bytes as a value of either record. */
export function bytesValue(bytes: bigint): StateValue {
  return { kind: 'int', value: bytes, payer: PAYER };
}

/** Pays from what this chain has on lease; `false` and nothing done where that is too little. */
export function payFromLease(host: Host, account: string, bytes: bigint): boolean {
  const { state } = host;
  const left = amountOf(state.getOwned(leaseKey(account))) - bytes;
  if (left < 0n) return false;
  state.put(leaseKey(account), bytesValue(left));
  host.emit({ kind: 'ramUse', account, chain: state.chain, bytes });
  return true;
}

/** Bytes by chain, none of them 0; a number can be negative only on a node that is behind. */
export type Lent = ReadonlyMap<number, bigint>;

const NOTHING_LENT: Lent = new Map();

export function readLent(state: StateReader, account: string): Lent {
  const stored = state.get(lentKey(account));
  if (stored?.kind !== 'json') return NOTHING_LENT;
  const entries = JSON.parse(stored.value) as readonly (readonly [number, string])[];
  return new Map(entries.map(([chain, bytes]) => [chain, BigInt(bytes)]));
}

/** All that chains have on lease from the account. */
export function lentBytes(state: StateReader, account: string): bigint {
  let sum = 0n;
  for (const bytes of readLent(state, account).values()) sum += bytes;
  return sum;
}

/** Notes that a chain has so much more, or less, of the account's RAM. */
export function changeLent(
  state: StateOverlay,
  account: string,
  chain: number,
  change: bigint,
): void {
  const lent = new Map(readLent(state, account));
  const bytes = (lent.get(chain) ?? 0n) + change;
  if (bytes === 0n) lent.delete(chain);
  else lent.set(chain, bytes);
  if (lent.size === 0) return state.delete(lentKey(account));
  const entries = [...lent]
    .sort(([left], [right]) => left - right)
    .map(([each, amount]) => [each, String(amount)]);
  state.put(lentKey(account), { kind: 'json', value: JSON.stringify(entries), payer: PAYER });
}

/** Books what a chain has used of its lease. */
export function bookUse(
  state: StateOverlay,
  account: string,
  use: { readonly chain: number; readonly bytes: bigint },
): void {
  changeLent(state, account, use.chain, -use.bytes);
  changeUsedRam(state, account, use.bytes);
}

/**
 * To be asked for on the account's chain before anything depends on its RAM in all: ends the run as
 * `locked` while a part of it is on lease.
 */
export function requireAllRam(state: StateOverlay, account: string): void {
  if (state.getOwned(lentKey(account)) === undefined) return;
  throw new LockedState(balanceKey(account, 'ram'));
}
