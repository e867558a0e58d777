/**
 * Whether the publisher can pay for the gas it offers (spec go-iost §2.3). An account without gas may
 * publish exactly one thing: a pledge for itself that brings enough.
 */

import type { Action, Transaction } from '../chain/transaction.ts';
import { type Rejection, reject } from '../result.ts';
import { parseArguments } from './action-arguments.ts';
import { spendableBalance } from './balances.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { currentGas, formatGas, GAS_REWARD_PER_IOST, IOST_UNIT, readGas } from './gas.ts';
import type { ArgumentType } from './native/native-contract.ts';
import type { StateReader } from './ports.ts';

const PLEDGE_ARGUMENTS: readonly ArgumentType[] = ['string', 'string', 'string'];

/** Why the gas does not suffice at `timeNs`; `undefined` when it does. */
export function checkGas(
  state: StateReader,
  transaction: Transaction,
  timeNs: bigint,
): Rejection | undefined {
  const gas = currentGas(readGas(state, transaction.publisher), timeNs);
  return checkGasOf(state, gas, transaction, timeNs);
}

/** Whether the publisher has the gas it offers: then nothing else of the transaction matters here. */
export function hasGas(
  state: StateReader,
  { publisher, gasLimit }: Pick<Transaction, 'publisher' | 'gasLimit'>,
  timeNs: bigint,
): boolean {
  return currentGas(readGas(state, publisher), timeNs) >= gasLimit;
}

/** As `checkGas` where it is known what the publisher has. */
export function checkGasOf(
  state: StateReader,
  gas: bigint,
  transaction: Transaction,
  timeNs: bigint,
): Rejection | undefined {
  if (gas >= transaction.gasLimit) return undefined;
  const [action, ...others] = transaction.actions;
  if (action === undefined || others.length > 0 || !isPledge(action)) {
    return shortage(transaction, gas);
  }
  return checkFirstPledge(state, transaction, action, gas, timeNs);
}

function isPledge(action: Action): boolean {
  return action.contract === 'gas.iost' && action.actionName === 'pledge';
}

function shortage({ publisher, gasLimit }: Transaction, gas: bigint): Rejection {
  const sentence = `user ${publisher} has ${formatGas(gas)} < ${formatGas(gasLimit)}`;
  return refused(`gas not enough: ${sentence}`);
}

function checkFirstPledge(
  state: StateReader,
  transaction: Transaction,
  action: Action,
  gas: bigint,
  timeNs: bigint,
): Rejection | undefined {
  const { publisher, gasLimit } = transaction;
  const args = parseArguments('pledge', PLEDGE_ARGUMENTS, action);
  if (!args.ok) return refused(`invalid gas pledge args ${args.failure.message} ${action.data}`);
  const [pledger, user, text] = args.value;
  if (pledger !== publisher || user !== publisher) return shortage(transaction, gas);
  const amount = parseDecimal(String(text), 8);
  if (!amount.ok) return refused(`invalid gas pledge amount ${amount.failure.message} ${text}`);
  if (amount.value < IOST_UNIT) return refused(`invalid gas pledge amount <nil> ${text}`);
  const balance = spendableBalance(state, publisher, 'iost', timeNs);
  if (balance < amount.value) {
    const has = formatDecimal(balance, 8);
    const needs = formatDecimal(amount.value, 8);
    return refused(`iost token amount not enough for pledgement ${has} < ${needs}`);
  }
  const reward = (amount.value * GAS_REWARD_PER_IOST) / IOST_UNIT;
  if (gas + reward < gasLimit) {
    const sum = `${formatGas(gas)} + ${formatGas(reward)} < ${formatGas(gasLimit)}`;
    return refused(`gas not enough even if considering the new gas pledgement ${sum}`);
  }
  return undefined;
}

function refused(message: string): Rejection {
  return reject('gas_not_enough', message).failure;
}
