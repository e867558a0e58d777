/** token.iost transferFreeze: the receiver can spend the amount from a given time on. */

import { goJson } from '../../go-json.ts';
import type { NativeAbi } from '../native-contract.ts';
import {
  checkEnough,
  checkHolder,
  checkMemo,
  checkTransferable,
  freezeFor,
  noteSpend,
  readAmount,
  readBalance,
  refine,
  requireToken,
  takeFrom,
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
      checkHolder(host, from);
      const amount = readAmount(host, token, amountText);
      host.checkGas();
      const holding = readBalance(host, from, symbol);
      checkEnough(host, token, holding, amount);
      takeFrom(host, holding, amount);
      host.checkGas();
      freezeFor(host, to, symbol, amount, unfreezeTime);
      host.chargeOp(1);
      noteSpend(host, from, symbol, token, amount);
      host.receipt(goJson([symbol, from, to, amountText, unfreezeTime, memo]));
      return [];
    },
  };
}
