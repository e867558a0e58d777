/** token.iost transfer, in the three forms its versions have (spec go-iost §6.2). */

import { isAddress } from '../../address.ts';
import { goJson } from '../../go-json.ts';
import type { Host } from '../../host.ts';
import type { TokenDefinition } from '../../token-definition.ts';
import type { NativeAbi } from '../native-contract.ts';
import {
  checkAccount,
  checkEnough,
  checkHolder,
  checkMemo,
  checkTransferable,
  giveTo,
  noteSpend,
  readAmount,
  readBalance,
  readReceiver,
  refine,
  requireToken,
  takeFrom,
  withdraw,
} from './movement.ts';

export type TransferForm = {
  readonly refined: boolean;
  /** From 1.0.3 on: a transfer to oneself is a transfer, and an address is registered on the way. */
  readonly complete: boolean;
};

export function transferAbi(form: TransferForm): NativeAbi {
  return {
    name: 'transfer',
    args: ['string', 'string', 'string', 'string', 'string'],
    run(host, args) {
      const [symbol, from, to, amount, memo] = args as [string, string, string, string, string];
      host.chargeOp(1);
      checkMemo(host, memo);
      checkAccount(host, from);
      if (form.complete) registerAddress(host, to);
      checkAccount(host, to);
      if (from === to && !form.complete) return [];
      const shown = move(host, form, symbol, from, to, amount);
      host.chargeOp(1);
      host.receipt(goJson([symbol, from, to, shown, memo]));
      return [];
    },
  };
}

/** Moves the amount and answers it as the receipt shows it. */
function move(
  host: Host,
  form: TransferForm,
  symbol: string,
  from: string,
  to: string,
  text: string,
): string {
  const token = requireToken(host, symbol);
  const amountText = form.refined ? refine(host, token, text) : text;
  checkTransferable(host, token);
  let amount: bigint;
  if (form.complete) {
    amount = withdraw(host, from, symbol, token, amountText);
    giveTo(host, readReceiver(host, to, symbol), symbol, amount);
  } else {
    amount = moveInFirstOrder(host, symbol, from, to, token, amountText);
  }
  noteSpend(host, from, symbol, token, amount);
  return amountText;
}

/** Before 1.0.3: the receiver is read and given to before the holder is taken from. */
function moveInFirstOrder(
  host: Host,
  symbol: string,
  from: string,
  to: string,
  token: TokenDefinition,
  text: string,
): bigint {
  checkHolder(host, from);
  const amount = readAmount(host, token, text);
  host.checkGas();
  const holding = readBalance(host, from, symbol);
  const receiver = readReceiver(host, to, symbol);
  checkEnough(host, token, holding, amount);
  host.checkGas();
  giveTo(host, receiver, symbol, amount);
  takeFrom(host, holding, amount);
  return amount;
}

/** An address nobody has registered becomes an account; the publisher pledges for its gas. */
function registerAddress(host: Host, id: string): void {
  if (!isAddress(id) || id !== id.toLowerCase() || host.hasAccount(id)) return;
  host.call('auth.iost', 'signUp', [id, '', ''], true);
}
