/**
 * What a transaction has to fulfil before it may wait in a pool (spec go-iost §2.2, §2.3, §2.8): facts
 * of the transaction itself, then of the account that publishes it. Signatures are checked elsewhere.
 * The order of the checks decides which sentence a client gets, and clients know the sentences.
 */

import { TRANSACTION_BYTES_MAX, type Transaction } from '../chain/transaction.ts';
import { ok, type Rejection, type Result, reject } from '../result.ts';
import { checkAction } from './action-check.ts';
import { checkGas as gasShortage } from './gas-check.ts';
import { checkGasParameters } from './gas-parameters.ts';
import type { StateReader } from './ports.ts';

/** A transaction lives at most this long, whatever it says. */
export const LIFETIME_NS = 90_000_000_000n;
/** How far the clock of a client may be ahead. */
export const CLOCK_AHEAD_NS = 30_000_000_000n;

export type AdmissionContext = {
  /** The clock of the node, nanoseconds since the Unix epoch. */
  readonly nowNs: bigint;
  readonly chainId: number;
};

/** A transaction and the length of its full encoding. */
export type SizedTransaction = Transaction & { readonly bytes: { readonly length: number } };

type Lifetime = Pick<Transaction, 'time' | 'expiration'>;
type Check = Result<undefined, Rejection>;

const FINE = ok(undefined);

/** All that can be said without state, signatures excepted. */
export function checkTransaction(
  transaction: SizedTransaction,
  { nowNs, chainId }: AdmissionContext,
): Check {
  const problem =
    timeProblem(transaction, nowNs) ??
    formProblem(transaction, chainId) ??
    actionProblem(transaction);
  return problem === undefined ? FINE : { ok: false, failure: problem };
}

/** Whether nothing but the clock can make `checkTransaction` refuse: true now is true always. */
export function isSound(transaction: SizedTransaction, chainId: number): boolean {
  return (
    formProblem(transaction, chainId) === undefined && actionProblem(transaction) === undefined
  );
}

/** The part of `checkTransaction` that is left for a sound transaction. */
export function checkTime(transaction: Lifetime, nowNs: bigint): Check {
  const problem = timeProblem(transaction, nowNs);
  return problem === undefined ? FINE : { ok: false, failure: problem };
}

/** Actions whose arguments clients get wrong are refused before they cost gas (`CheckBadTx`). */
export function checkActions(transaction: Transaction): Check {
  const problem = actionProblem(transaction);
  return problem === undefined ? FINE : { ok: false, failure: problem };
}

/** Whether the publisher can pay for the gas it offers, at `timeNs`. */
export function checkGas(state: StateReader, transaction: Transaction, timeNs: bigint): Check {
  const problem = gasShortage(state, transaction, timeNs);
  return problem === undefined ? FINE : { ok: false, failure: problem };
}

/** Whether a block of time `timeNs` may still hold the transaction. */
export function isWithinLifetime(transaction: Lifetime, timeNs: bigint): boolean {
  return transaction.expiration > timeNs && timeNs - transaction.time <= LIFETIME_NS;
}

function timeProblem(transaction: Lifetime, nowNs: bigint): Rejection | undefined {
  if (transaction.time > nowNs + CLOCK_AHEAD_NS) {
    return badTime('TIME_TOO_LARGE', 'is too large', transaction, nowNs);
  }
  if (!isWithinLifetime(transaction, nowNs)) {
    return badTime('TX_EXPIRED', 'is expired', transaction, nowNs);
  }
  return undefined;
}

function badTime(code: string, what: string, { time }: Lifetime, nowNs: bigint): Rejection {
  return refused(
    code,
    `TimeError: tx.time ${what}(tx.time: ${time}, now: ${nowNs}). Please sync time`,
  );
}

function formProblem(transaction: SizedTransaction, chainId: number): Rejection | undefined {
  if (transaction.chainId !== chainId) {
    return invalid(`invalid chain_id, should be ${chainId}, yours:${transaction.chainId}`);
  }
  if (transaction.time <= 0n || transaction.expiration <= transaction.time) {
    return invalid('invalid time and expiration');
  }
  if (transaction.delay !== 0n) return invalid('invalid delay time');
  const { length } = transaction.bytes;
  if (length > TRANSACTION_BYTES_MAX) {
    return invalid(`tx size illegal, should <= ${TRANSACTION_BYTES_MAX}, got ${length}`);
  }
  const gas = checkGasParameters(transaction);
  if (gas !== undefined) return invalid(gas.message);
  if (transaction.publisherSignatures.length === 0) return invalid('publisher empty error');
  return undefined;
}

function actionProblem(transaction: Transaction): Rejection | undefined {
  for (const action of transaction.actions) {
    const problem = checkAction(action);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function invalid(reason: string): Rejection {
  return refused('VERIFY_ERROR', `VerifyError ${reason}`);
}

function refused(code: string, message: string): Rejection {
  return reject(code, message).failure;
}
