/** Limits on what a transaction may offer for gas (spec go-iost §2.2). */

import type { Transaction } from '../chain/transaction.ts';
import { type Rejection, reject } from '../result.ts';

/** Hundredths. */
export const GAS_RATIO_MIN = 100n;
export const GAS_RATIO_MAX = 10_000n;
export const GAS_LIMIT_MIN = 600_000n;
export const GAS_LIMIT_MAX = 400_000_000n;

/** Why the gas ratio or limit is illegal; `undefined` when both are fine. */
export function checkGasParameters({ gasRatio, gasLimit }: Transaction): Rejection | undefined {
  if (gasRatio < GAS_RATIO_MIN || gasRatio > GAS_RATIO_MAX) {
    return reject('gas_ratio', 'gas ratio illegal, should in [1, 100]').failure;
  }
  if (gasLimit < GAS_LIMIT_MIN || gasLimit > GAS_LIMIT_MAX) {
    return reject('gas_limit', 'gas limit illegal, should in [6000, 4000000]').failure;
  }
  return undefined;
}
