/**
 * Checks of action arguments before a transaction is taken (spec go-iost §2.3, `CheckBadTx`). The
 * sentences carry the data, as the reference's do.
 */

import type { Action } from '../chain/transaction.ts';
import { type Rejection, reject } from '../result.ts';
import { isPlainAmount, parseDecimalAuto } from './decimal.ts';
import { isArray, type JsonValue, readJson } from './go-json-value.ts';

const TRANSFER_ARGUMENTS = 5;
const PLEDGE_ARGUMENTS = 3;
const IOST_DECIMALS = 8;
const PLEDGE_DECIMALS = 2;
/** How far the decimal and the double of an amount may be apart. */
const DIFFERENCE_MAX = 1e-4;
/** Digits up to which a double holds every integer. */
const EXACT_DIGITS = 15;

/** Why the action is not worth taking; `undefined` when it is. */
export function checkAction(action: Action): Rejection | undefined {
  const args = action.plainStrings ?? readArray(action.data);
  if (typeof args === 'string') return bad(`invalid json array: ${args}, ${action.data}`);
  if (action.contract === 'token.iost' && action.actionName === 'transfer') {
    return checkTransfer(args, action);
  }
  if (action.contract === 'gas.iost' && isPledgeAction(action.actionName)) {
    return checkPledge(args, action);
  }
  return undefined;
}

function isPledgeAction(name: string): boolean {
  return name === 'pledge' || name === 'unpledge';
}

/** The elements, or what is wrong with the text. */
function readArray(data: string): readonly unknown[] | string {
  try {
    const parsed: unknown = JSON.parse(data);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // The careful reader finds the words for it, or an array that only something follows.
  }
  const json = readJson(data);
  if (!json.ok) return json.failure.message;
  return isArray(json.value)
    ? (json.value as readonly JsonValue[])
    : 'type assertion to []interface{} failed';
}

function checkTransfer(args: readonly unknown[], action: Action): Rejection | undefined {
  if (args.length !== TRANSFER_ARGUMENTS) return bad(`wrong args num: ${action.data}`);
  const [token, , , amount] = args;
  if (typeof token !== 'string') {
    return bad(`invalid token: type assertion to string failed, ${action.data}`);
  }
  if (typeof amount !== 'string') {
    return bad(`invalid amount: type assertion to string failed, ${action.data}`);
  }
  return checkAmount(amount, token);
}

function checkPledge(args: readonly unknown[], { data }: Action): Rejection | undefined {
  if (args.length !== PLEDGE_ARGUMENTS) return bad(`wrong args num: ${data}`);
  const amount = args[2];
  if (typeof amount !== 'string') {
    return bad(`invalid amount: type assertion to string failed, ${data}`);
  }
  const problem = checkAmount(amount, 'iost');
  if (problem !== undefined) return bad(`invalid amount: ${problem.message}, ${data}`);
  if (significantDecimals(amount) > PLEDGE_DECIMALS) {
    return bad(`decimal should not exceed 2: ${data}`);
  }
  return undefined;
}

function checkAmount(amount: string, token: string): Rejection | undefined {
  if (!isPlainAmount(amount)) return bad(`invalid amount: ${amount}`);
  // Both readings of so few digits are the same double, so only the decimals are left to check.
  if (amount.length <= EXACT_DIGITS && decimalsOf(amount) <= IOST_DECIMALS) return undefined;
  const decimal = parseDecimalAuto(amount);
  if (!decimal.ok) return bad(`invalid amount: ${decimal.failure.message}, ${amount}`);
  const { value, scale } = decimal.value;
  if (Math.abs(Number(value) / 10 ** scale - Number(amount)) > DIFFERENCE_MAX) {
    return bad(`invalid amount: <nil>, ${amount}`);
  }
  if (token === 'iost' && scale > IOST_DECIMALS) return bad(`invalid decimal: ${amount}`);
  return undefined;
}

function decimalsOf(plainAmount: string): number {
  const dot = plainAmount.indexOf('.');
  return dot < 0 ? 0 : plainAmount.length - dot - 1;
}

function significantDecimals(amount: string): number {
  const dot = amount.indexOf('.');
  if (dot < 0) return 0;
  let end = amount.length;
  while (amount.charCodeAt(end - 1) === 0x30) end -= 1;
  return end - dot - 1;
}

function bad(message: string): Rejection {
  return reject('BAD_ACTION', message).failure;
}
