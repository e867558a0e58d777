/**
 * What a transaction may move out of accounts (spec go-iost §5.13). Every movement by token.iost out
 * of an account counts, per action against the ABI that the action calls and over all actions against
 * what the transaction declares. No entry for a token and none for `*` means: nothing.
 */

import type { AmountLimit } from '../chain/transaction.ts';
import { ok, type Rejection, type Result, reject } from '../result.ts';
import { formatDecimal, INT64_MAX, parseDecimal, powerOfTen } from './decimal.ts';

/** A movement out of an account, in units of the token. */
export type Spend = { readonly token: string; readonly decimal: number; readonly amount: bigint };

export type Limit = {
  readonly token: string;
  /** Units of the token; whole tokens for `*`; the largest int64 for `unlimited`. */
  readonly value: bigint;
};

export const UNLIMITED: readonly AmountLimit[] = [{ token: '*', value: 'unlimited' }];

const ANY = '*';

/**
 * Reads limits as declared. `decimalOf` answers the decimals of a token, `undefined` where it does
 * not exist.
 */
export function parseLimits(
  declared: readonly AmountLimit[],
  decimalOf: (token: string) => number | undefined,
): Result<readonly Limit[], Rejection> {
  const limits = new Array<Limit>(declared.length);
  const seen = declared.length > 1 ? new Set<string>() : undefined;
  for (let index = 0; index < declared.length; index++) {
    const { token, value } = declared[index] as AmountLimit;
    if (seen?.has(token)) {
      return reject('amount_limit', `duplicated token in amountLimit: ${token}`);
    }
    seen?.add(token);
    const decimal = token === ANY ? 0 : decimalOf(token);
    if (decimal === undefined) {
      const shown = `token:"${token}" val:"${value}"`;
      return reject('amount_limit', `token not exists in amountLimit, ${shown}`);
    }
    if (value === 'unlimited') {
      limits[index] = { token, value: INT64_MAX };
      continue;
    }
    const parsed = parseDecimal(value, decimal);
    if (!parsed.ok) return parsed;
    limits[index] = { token, value: parsed.value };
  }
  return ok(limits);
}

/** The sums by token in order of first movement. */
export function sumSpends(spends: readonly Spend[]): readonly Spend[] {
  if (spends.length < 2) return spends;
  const sums = new Map<string, Spend>();
  for (const spend of spends) {
    const before = sums.get(spend.token);
    const amount = (before?.amount ?? 0n) + spend.amount;
    sums.set(spend.token, { ...spend, amount });
  }
  return [...sums.values()];
}

/** The first sum that a limit does not allow. */
export function firstExcess(sums: readonly Spend[], limits: readonly Limit[]): Spend | undefined {
  for (const sum of sums) if (sum.amount > 0n && !isWithin(sum, limits)) return sum;
  return undefined;
}

export function describeExcess(spend: Spend, where: 'abi' | 'tx'): string {
  const need = formatDecimal(spend.amount, spend.decimal);
  return `token ${spend.token} exceed amountLimit in ${where}. need ${need}`;
}

function isWithin({ token, decimal, amount }: Spend, limits: readonly Limit[]): boolean {
  let any: Limit | undefined;
  for (const limit of limits) {
    if (limit.token === token) return amount <= limit.value;
    if (limit.token === ANY) any = limit;
  }
  if (any === undefined) return false;
  if (any.value === INT64_MAX) return true;
  const unit = powerOfTen(decimal);
  return (amount + unit - 1n) / unit <= any.value;
}
