/** Gas of an account as clients ask for it (spec go-iost §4.5, §6.4). */

import { currentGas, readGas } from '../gas.ts';
import { readReserved, reservedGas } from '../reserved-record.ts';
import { accountAnchor, mapIndexKey } from '../state-key.ts';
import type { StateValue } from '../state-value.ts';
import { prefixOfChains, type ViewSource } from './view-source.ts';

/** As many as the reference lists fields of a map. */
const PLEDGES_MAX = 257;
/** Gas that one pledged IOST brings in a second. */
const REFILL_PER_SECOND = 1.15;
const UNITS_PER_IOST = 1e8;

export type GasView = {
  /** Hundredths of gas that can be spent now or are set aside for running transactions. */
  readonly current: bigint;
  /** Hundredths of gas. */
  readonly limit: bigint;
  /** Gas per second. */
  readonly increaseSpeed: number;
  /** IOST (1e-8) pledged for the account by anybody. */
  readonly pledged: bigint;
  /** For whom this account has pledged. The reference calls them "pledger" in its answer. */
  readonly pledgedFor: readonly PledgeView[];
};

/** `amount` in 1e-8 IOST. */
export type PledgeView = { readonly user: string; readonly amount: bigint };

export function accountGasView(source: ViewSource, account: string, timeNs: bigint): GasView {
  const state = source.readerOf(accountAnchor(account));
  const record = readGas(state, account);
  return {
    current: currentGas(record, timeNs) + reservedGas(readReserved(state, account)),
    limit: record.limit,
    increaseSpeed: (Number(record.total) / UNITS_PER_IOST) * REFILL_PER_SECOND,
    pledged: record.total,
    pledgedFor: pledgesOf(source, account),
  };
}

/** A pledge lies with the account whose gas it feeds, so this asks every chain. */
function pledgesOf(source: ViewSource, pledger: string): readonly PledgeView[] {
  const prefix = `${mapIndexKey('gas.iost', `${pledger}gp`)}-`;
  return prefixOfChains(source, prefix, PLEDGES_MAX).map(([key, value]) => ({
    user: key.slice(prefix.length),
    amount: amountOf(value),
  }));
}

function amountOf(value: StateValue): bigint {
  return value.kind === 'decimal' || value.kind === 'int' ? value.value : 0n;
}
