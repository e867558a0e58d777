/**
 * Token balances (spec go-iost §6.2, `TB<account>` field token) on the chain that holds the account.
 * These functions move numbers and charge nothing; who pays what is decided by token.iost.
 */

import { assert } from '../assert.ts';
import { frozenItems, maturedAmount, takeMatured } from './freezes.ts';
import { withField } from './map-index.ts';
import type { StateReader } from './ports.ts';
import { balanceKey, freezeKey, tokenIndexKey, usedRamKey } from './state-key.ts';
import type { StateOverlay } from './state-overlay.ts';
import { type StateValue, utf8Bytes } from './state-value.ts';

/** Pays for entries that cost nobody. */
export const FREE_PAYER = 'token.iost';

/** Whether a new entry costs RAM: not for `iost` and `ram` of anybody but user contracts. */
export function entryCostsRam(account: string, token: string): boolean {
  return (token !== 'iost' && token !== 'ram') || account.startsWith('Contract');
}

/** RAM of a balance entry that `payer` pays for (spec §5.6). */
export function entryBytes(account: string, token: string, payer: string): number {
  const key = 'token.iost-TB'.length + utf8Bytes(account) + 2 * utf8Bytes(token);
  return key + 1 + 8 + 1 + utf8Bytes(payer);
}

/** The stored balance without what has matured since. */
export function storedBalance(state: StateReader, account: string, token: string): bigint {
  return amountOf(state.get(balanceKey(account, token)));
}

/** What the account can spend at `timeNs`: the balance and the frozen amounts that have matured. */
export function spendableBalance(
  state: StateReader,
  account: string,
  token: string,
  timeNs: bigint,
): bigint {
  const stored = storedBalance(state, account, token);
  return stored + maturedAmount(frozenItems(state, account, token), timeNs);
}

/** Takes `amount` out; `false` and nothing done where there is less. */
export function debit(
  state: StateOverlay,
  account: string,
  token: string,
  amount: bigint,
  timeNs: bigint,
): boolean {
  foldMatured(state, account, token, timeNs);
  return debitStored(state, account, token, amount);
}

/** As `debit` where matured amounts have been folded in. */
export function debitStored(
  state: StateOverlay,
  account: string,
  token: string,
  amount: bigint,
): boolean {
  const key = balanceKey(account, token);
  const entry = state.get(key);
  if (amountOf(entry) < amount) return false;
  if (entry === undefined || entry.kind !== 'int') return amount === 0n;
  state.update(key, { kind: 'int', value: entry.value - amount, payer: entry.payer });
  return true;
}

/** Adds `amount`. Answers whether the entry is new; `payer` pays for it then. */
export function credit(
  state: StateOverlay,
  account: string,
  token: string,
  amount: bigint,
  payer: string,
): boolean {
  const key = balanceKey(account, token);
  return creditEntry(state, key, state.get(key), account, token, amount, payer);
}

/** As `credit` where the entry has been read already. */
export function creditEntry(
  state: StateOverlay,
  key: string,
  entry: StateValue | undefined,
  account: string,
  token: string,
  amount: bigint,
  payer: string,
): boolean {
  if (entry !== undefined) {
    assert(entry.kind === 'int', 'a balance is an integer');
    state.update(key, { kind: 'int', value: entry.value + amount, payer: entry.payer });
    return false;
  }
  const by = entryCostsRam(account, token) && payer !== '' ? payer : FREE_PAYER;
  state.put(key, { kind: 'int', value: amount, payer: by });
  const indexKey = tokenIndexKey(account);
  state.put(indexKey, withField(state.getOwned(indexKey), token));
  return true;
}

/**
 * Books frozen amounts whose time has come into the balance, and gives the account the RAM back that
 * it paid for them. To be called where the account lives. Answers whether there were any.
 */
export function foldMatured(
  state: StateOverlay,
  account: string,
  token: string,
  timeNs: bigint,
): boolean {
  const value = state.getOwned(freezeKey(account, token));
  if (value === undefined) return false;
  const matured = takeMatured(state, account, token, value, timeNs);
  if (matured === undefined) return false;
  credit(state, account, token, matured.amount, FREE_PAYER);
  if (matured.ram > 0) refundRam(state, account, BigInt(matured.ram));
  return true;
}

/** Gives bytes back to the account. */
export function refundRam(state: StateOverlay, account: string, bytes: bigint): void {
  credit(state, account, 'ram', bytes, FREE_PAYER);
  changeUsedRam(state, account, -bytes);
}

/** Takes bytes from the account; `false` and nothing done where it has less. */
export function spendRam(
  state: StateOverlay,
  account: string,
  bytes: bigint,
  timeNs: bigint,
): boolean {
  if (bytes < 0n) refundRam(state, account, -bytes);
  else if (debit(state, account, 'ram', bytes, timeNs)) changeUsedRam(state, account, bytes);
  else return false;
  return true;
}

export function changeUsedRam(state: StateOverlay, account: string, bytes: bigint): void {
  const key = usedRamKey(account);
  const used = amountOf(state.get(key)) + bytes;
  state.put(key, { kind: 'int', value: used, payer: 'ram.iost' });
}

export function amountOf(value: StateValue | undefined): bigint {
  return value?.kind === 'int' ? value.value : 0n;
}
