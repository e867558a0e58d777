/** token.iost balanceOf: runs where the account lives, because it may fold in frozen amounts. */

import { COST } from '../../costs.ts';
import { formatDecimal } from '../../decimal.ts';
import { requireExact } from '../../exact-balance.ts';
import { holderAnchor } from '../../state-key.ts';
import type { NativeAbi } from '../native-contract.ts';
import { readBalance, requireToken } from './movement.ts';

export const balanceOf: NativeAbi = {
  name: 'balanceOf',
  args: ['string', 'string'],
  home: ([, account]) => holderAnchor(String(account)),
  run(host, args) {
    const [symbol, account] = args as [string, string];
    host.chargeOp(1);
    const token = requireToken(host, symbol);
    const { amount } = readBalance(host, account, symbol);
    requireExact(host, account, symbol);
    host.checkGas();
    host.charge(COST.get + COST.operation);
    return [formatDecimal(amount, token.decimal)];
  },
};
