/** RAM of an account and the RAM market as clients ask for them (spec go-iost §4.5, §6.7). */

import { spendableBalance } from '../balances.ts';
import { marginalPrices } from '../native/ram-curve.ts';
import { lentBytes } from '../ram-lease.ts';
import { readReserved, reservedToken } from '../reserved-record.ts';
import { accountAnchor, valueKey } from '../state-key.ts';
import { integerOf, readKey, textOf, type ViewSource } from './view-source.ts';

/** Bytes. */
export type AccountRamView = {
  readonly available: bigint;
  readonly used: bigint;
  readonly total: bigint;
};

export function accountRamView(
  source: ViewSource,
  account: string,
  timeNs: bigint,
): AccountRamView {
  const state = source.readerOf(accountAnchor(account));
  const available =
    spendableBalance(state, account, 'ram', timeNs) +
    reservedToken(readReserved(state, account), 'ram') +
    lentBytes(state, account);
  const used = integerOf(state.get(valueKey('ram.iost', `UR${account}`))) ?? 0n;
  return { available, used, total: available + used };
}

export type RamMarketView = {
  /** Bytes. */
  readonly used: number;
  readonly available: number;
  readonly total: number;
  /** IOST per byte. */
  readonly sellPrice: number;
  readonly buyPrice: number;
};

export function ramMarketView(source: ViewSource): RamMarketView {
  const available = marketNumber(source, 'leftSpace');
  const used = marketNumber(source, 'usedSpace');
  const prices = marginalPrices({
    leftSpace: available,
    balance: marketNumber(source, 'balance'),
  });
  return {
    used,
    available,
    total: used + available,
    sellPrice: prices.sell,
    buyPrice: prices.buy,
  };
}

function marketNumber(source: ViewSource, key: string): number {
  return Number(textOf(readKey(source, valueKey('ram.iost', key))) ?? '0');
}
