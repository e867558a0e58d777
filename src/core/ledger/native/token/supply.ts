/** The ABIs of token.iost that change or read how much of a token there is. All run at the root. */

import { amountOf } from '../../balances.ts';
import { FAILURE } from '../../contract-failure.ts';
import { formatDecimal, powerOfTen } from '../../decimal.ts';
import { goJson } from '../../go-json.ts';
import type { Host } from '../../host.ts';
import type { NativeAbi } from '../native-contract.ts';
import {
  giveTo,
  noteSpend,
  readAmount,
  readReceiver,
  refine,
  requireToken,
  withdraw,
} from './movement.ts';

/** Versions from 1.0.2 on write the amount in canonical form into the receipt. */
export type AmountForm = 'asGiven' | 'refined';

export function issueAbi(form: AmountForm): NativeAbi {
  return {
    name: 'issue',
    args: ['string', 'string', 'string'],
    home: 'root',
    run(host, args) {
      const [symbol, to, text] = args as [string, string, string];
      host.chargeOp(1);
      const token = requireToken(host, symbol);
      const amountText = form === 'refined' ? refine(host, token, text) : text;
      const map = `TI${symbol}`;
      host.mapGet(map, 'issuer');
      const supply = amountOf(host.mapGet(map, 'supply'));
      const totalSupply = amountOf(host.mapGet(map, 'totalSupply'));
      host.checkGas();
      if (!host.requireAuth(token.issuer, 'token')) host.fail(FAILURE.permission);
      host.checkGas();
      const amount = readAmount(host, token, amountText);
      if (totalSupply - supply < amount) host.fail('supply too much');
      host.checkGas();
      host.mapPut(map, 'supply', supply + amount);
      const before = host.gas;
      const receiver = readReceiver(host, to, symbol);
      // The reference counts reading this balance twice.
      host.charge(host.gas - before);
      giveTo(host, receiver, symbol, amount);
      host.chargeOp(1);
      host.receipt(goJson([symbol, to, amountText]));
      return [];
    },
  };
}

export function destroyAbi(form: AmountForm): NativeAbi {
  return {
    name: 'destroy',
    args: ['string', 'string', 'string'],
    home: 'root',
    run(host, args) {
      const [symbol, from, text] = args as [string, string, string];
      host.chargeOp(1);
      const token = requireToken(host, symbol);
      const amountText = form === 'refined' ? refine(host, token, text) : text;
      const amount = withdraw(host, from, symbol, token, amountText);
      const supply = amountOf(host.mapGet(`TI${symbol}`, 'supply'));
      host.mapPut(`TI${symbol}`, 'supply', supply - amount);
      host.chargeOp(1);
      noteSpend(host, from, symbol, token, amount);
      host.receipt(goJson([symbol, from, amountText]));
      return [];
    },
  };
}

export const supply = supplyQuery('supply');
export const totalSupply = supplyQuery('totalSupply');

function supplyQuery(name: 'supply' | 'totalSupply'): NativeAbi {
  return {
    name,
    args: ['string'],
    home: 'root',
    run(host, [symbol]) {
      host.chargeOp(1);
      const token = requireToken(host, String(symbol));
      const amount = amountOf(host.mapGet(`TI${symbol}`, name));
      return [showAmount(host, symbol, amount, token.decimal)];
    },
  };
}

/** The amount as text; charged for the decimals it needs. */
export function showAmount(host: Host, symbol: unknown, amount: bigint, decimal: number): string {
  host.mapGet(`TI${symbol}`, 'decimal');
  host.chargeOp(1);
  return formatDecimal(amount, decimal);
}

/** Version 1.0.4 only. */
export const updateTotalSupply: NativeAbi = {
  name: 'updateTotalSupply',
  args: ['string', 'number'],
  home: 'root',
  run(host, args) {
    const [symbol, whole] = args as [string, bigint];
    host.chargeOp(1);
    if (symbol === 'iost') host.fail(FAILURE.permission);
    const token = requireToken(host, symbol);
    if (!host.requireAuth(token.issuer, 'token')) host.fail(FAILURE.permission);
    const total = whole * powerOfTen(token.decimal);
    const issued = amountOf(host.mapGet(`TI${symbol}`, 'supply'));
    if (BigInt.asIntN(64, total) !== total || total < issued) host.fail('invalid totalSupply');
    host.mapPut(`TI${symbol}`, 'totalSupply', total);
    host.chargeOp(1);
    host.receipt(goJson([symbol, whole]));
    return [];
  },
};
