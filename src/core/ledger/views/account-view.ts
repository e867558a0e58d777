/** An account as getAccount answers it (spec go-iost §4.4, §4.5). */

import { ok, type Result, reject } from '../../result.ts';
import { readAccount } from '../accounts.ts';
import type { AccountRecord } from '../native/account-record.ts';
import { accountAnchor } from '../state-key.ts';
import { accountGasView, type GasView } from './gas-view.ts';
import { type AccountRamView, accountRamView } from './ram-view.ts';
import { type FrozenBalanceView, tokenBalanceView } from './token-view.ts';
import type { ViewSource } from './view-source.ts';
import { type VoteView, votesOf } from './vote-view.ts';

export type AccountView = {
  readonly id: string;
  /** 1e-8 IOST, matured freezes and reservations included. */
  readonly balance: bigint;
  readonly frozen: readonly FrozenBalanceView[];
  readonly gas: GasView;
  readonly ram: AccountRamView;
  readonly permissions: AccountRecord['permissions'];
  readonly groups: AccountRecord['groups'];
  readonly votes: readonly VoteView[];
};

/** `timeNs` is the time of the block whose state is read: it decides what has matured. */
export function accountView(source: ViewSource, id: string, timeNs: bigint): Result<AccountView> {
  const account = readAccount(source.readerOf(accountAnchor(id)), id);
  if (account === undefined) return reject('account_not_found', 'account not found');
  const iost = tokenBalanceView(source, id, 'iost', timeNs);
  return ok({
    id,
    balance: iost.balance,
    frozen: iost.frozen,
    gas: accountGasView(source, id, timeNs),
    ram: accountRamView(source, id, timeNs),
    permissions: account.record.permissions,
    groups: account.record.groups,
    votes: votesOf(source, id),
  });
}
