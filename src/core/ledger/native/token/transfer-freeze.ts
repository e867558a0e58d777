/** token.iost transferFreeze: the receiver can spend the amount from a given time on. */

import { goJson } from '../../go-json.ts';
import type { NativeAbi } from '../native-contract.ts';
import {
  checkMemo,
  checkTransferable,
  freezeFor,
  noteSpend,
  refine,
  requireToken,
  withdraw,
} from './movement.ts';
import type { AmountForm } from './supply.ts';

export function transferFreezeAbi(form: AmountForm): NativeAbi {
  return {
    name: 'transferFreeze',
    args: ['string', 'string', 'string', 'string', 'number', 'string'],
    run(host, args) {
      const [symbol, from, to, text, unfreezeTime, memo] = args as [
        string,
        string,
        string,
        string,
        bigint,
        string,
      ];
      host.chargeOp(1);
      checkMemo(host, memo);
      const token = requireToken(host, symbol);
      const amountText = form === 'refined' ? refine(host, token, text) : text;
      checkTransferable(host, token);
      const amount = withdraw(host, from, symbol, token, amountText);
      freezeFor(host, to, symbol, amount, unfreezeTime);
      host.chargeOp(1);
      noteSpend(host, from, symbol, token, amount);
      host.receipt(goJson([symbol, from, to, amountText, unfreezeTime, memo]));
      return [];
    },
  };
}
