/** Token balances and definitions as clients ask for them (spec go-iost §4.5, §6.2). */

import { ok, type Result, reject } from '../../result.ts';
import { spendableBalance } from '../balances.ts';
import { type FrozenItem, frozenItems } from '../freezes.ts';
import { CONTRIBUTE_TOKEN, earnedContribution } from '../native/bonus-contract.ts';
import { lentBytes } from '../ram-lease.ts';
import { readReserved, reservedToken } from '../reserved-record.ts';
import {
  accountAnchor,
  balanceKey,
  holderAnchor,
  LOCAL_ANCHOR,
  ROOT_ANCHOR,
} from '../state-key.ts';
import { readTokenDefinition, tokenInfoKey } from '../token-definition.ts';
import { integerOf, readKey, type ViewSource } from './view-source.ts';

export type TokenBalanceView = {
  /** Smallest units, matured freezes and reservations included. */
  readonly balance: bigint;
  /** Decimals of the token, 0 where it does not exist. */
  readonly decimal: number;
  /** What is still frozen at the asked time, oldest first. */
  readonly frozen: readonly FrozenBalanceView[];
};

/** `time` in ns: when it becomes spendable. */
export type FrozenBalanceView = { readonly amount: bigint; readonly time: bigint };

/** Of any id; who never had the token has 0 of it. */
export function tokenBalanceView(
  source: ViewSource,
  holder: string,
  token: string,
  timeNs: bigint,
): TokenBalanceView {
  const decimal = readTokenDefinition(source.readerOf(ROOT_ANCHOR), token)?.decimal ?? 0;
  const anchor = holderAnchor(holder);
  if (anchor === LOCAL_ANCHOR) return { ...poolBalance(source, holder, token, timeNs), decimal };
  const state = source.readerOf(anchor);
  const reserved =
    anchor === accountAnchor(holder) ? reservedToken(readReserved(state, holder), token) : 0n;
  const lent = token === 'ram' ? lentBytes(state, holder) : 0n;
  // What block makers have earned is theirs before it is issued: they may exchange it at any time.
  const earned =
    token === CONTRIBUTE_TOKEN ? earnedContribution(source.readerOf(ROOT_ANCHOR), holder) : 0n;
  return {
    balance: spendableBalance(state, holder, token, timeNs) + reserved + lent + earned,
    decimal,
    frozen: stillFrozen(frozenItems(state, holder, token), timeNs),
  };
}

export type TokenInfoView = {
  readonly symbol: string;
  readonly fullName: string;
  readonly issuer: string;
  /** Smallest units. */
  readonly totalSupply: bigint;
  readonly currentSupply: bigint;
  readonly decimal: number;
  readonly canTransfer: boolean;
  readonly onlyIssuerCanTransfer: boolean;
};

export function tokenInfoView(source: ViewSource, symbol: string): Result<TokenInfoView> {
  const definition = readTokenDefinition(source.readerOf(ROOT_ANCHOR), symbol);
  if (definition === undefined) return reject('token_not_found', 'token not found');
  return ok({
    symbol,
    ...definition,
    totalSupply: integerOf(readKey(source, tokenInfoKey(symbol, 'totalSupply'))) ?? 0n,
    currentSupply: integerOf(readKey(source, tokenInfoKey(symbol, 'supply'))) ?? 0n,
  });
}

/** gas.iost has a pool on every chain. */
function poolBalance(
  source: ViewSource,
  contract: string,
  token: string,
  timeNs: bigint,
): Omit<TokenBalanceView, 'decimal'> {
  let balance = 0n;
  const frozen: FrozenBalanceView[] = [];
  for (const chain of source.chains) {
    if (chain.get(balanceKey(contract, token)) === undefined) continue;
    balance += spendableBalance(chain, contract, token, timeNs);
    frozen.push(...stillFrozen(frozenItems(chain, contract, token), timeNs));
  }
  return { balance, frozen };
}

function stillFrozen(items: readonly FrozenItem[], timeNs: bigint): readonly FrozenBalanceView[] {
  return items
    .filter((item) => item.unfreezeTime > timeNs)
    .map((item) => ({ amount: item.amount, time: item.unfreezeTime }));
}
