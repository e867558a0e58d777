/**
 * Which keys to lock when a run has met one that it needs: the keys that usually go with it, so that
 * one round is the usual case. All of them lie on one chain, for they share an anchor.
 */

import { accountKey, anchorOf, balanceKey, freezeKey, mapIndexKey } from '../ledger/state-key.ts';

const ACCOUNT = 'account:';
const HOLDING = /^m-token\.iost-T[BF](.+)-([^-]+)$/;

export function keysWith(missing: string): readonly string[] {
  const anchor = anchorOf(missing);
  if (!anchor.startsWith(ACCOUNT)) return [missing];
  const account = anchor.slice(ACCOUNT.length);
  const keys = new Set([missing, accountKey(account)]);
  const token = HOLDING.exec(missing)?.[2];
  if (token !== undefined) {
    keys.add(balanceKey(account, token));
    keys.add(freezeKey(account, token));
    keys.add(mapIndexKey('token.iost', `TB${account}`));
  }
  return [...keys].sort(byCodeUnits);
}

/** One global order, so that two transactions rarely refuse each other twice. */
function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
