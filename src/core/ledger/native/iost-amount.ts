/** Amounts of IOST that clients write as decimal text, and payments of them. */

import { ExactDecimal } from '../exact-decimal.ts';
import type { Host } from '../host.ts';

export const IOST_DECIMALS = 8;

/** Digits beyond the decimals of IOST are cut off; what is left is positive. */
export function readIostAmount(host: Host, text: string): ExactDecimal {
  const amount = ExactDecimal.parse(text)?.cut(IOST_DECIMALS);
  if (amount === undefined) return host.fail(`invalid amount ${text}`);
  if (!amount.isPositive()) host.fail('amount must be positive');
  return amount;
}

/** Moves IOST with the authority of the running contract lent to token.iost. */
export function payIost(host: Host, from: string, to: string, amount: string): void {
  host.call('token.iost', 'transfer', ['iost', from, to, amount, ''], true);
}
