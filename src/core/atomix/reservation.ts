/**
 * Reservations: what a transaction may spend on another chain is moved out of the publisher's
 * account into a record beside it and travels with the transaction (cross-shard.md, mechanism 2).
 * Everything reserved commutes, so the account stays usable meanwhile and nothing is locked.
 *
 * Invariant: a token or a unit of gas is in exactly one of the account, its reservation record and,
 * after settlement, wherever the transaction sent it.
 */

import { assert } from '../assert.ts';
import type { DecodedTransaction } from '../chain/transaction.ts';
import { hexOf } from '../crypto/hex.ts';
import { type Limit, parseLimits } from '../ledger/amount-limit.ts';
import { debitStored, foldMatured, spendableBalance, usedRamKey } from '../ledger/balances.ts';
import { INT64_MAX } from '../ledger/decimal.ts';
import { gasValue, readGas, takeGas, writeGas } from '../ledger/gas.ts';
import { checkGas } from '../ledger/gas-check.ts';
import { checkGasParameters } from '../ledger/gas-parameters.ts';
import { Host, type LedgerEnvironment } from '../ledger/host.ts';
import { decimalOf } from '../ledger/known-token.ts';
import { LockedState } from '../ledger/locked-state.ts';
import { fieldsOf } from '../ledger/map-index.ts';
import { MissingState } from '../ledger/missing-state.ts';
import type { CarriedState } from '../ledger/outcome.ts';
import { readReserved, reservedKey, writeReserved } from '../ledger/reserved-record.ts';
import { accountKey, balanceKey, freezeKey, gasKey, mapIndexKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { StateValue } from '../ledger/state-value.ts';
import { type Rejection, reject } from '../result.ts';

/** A gas limit that no pledge of a run can reach, so that the carried gas is not capped there. */
export const CARRIED_GAS_LIMIT = 2n ** 62n;
const RAM = 'ram';
/** RAM one transaction can use per unit of gas: a put costs 300 gas and a tenth of its bytes. */
const RAM_BYTES_PER_GAS = 11n;
const HUNDREDTHS = 100n;
const ANY_TOKEN = '*';
/** BOUND: balances that are carried only to be seen. */
const SEEN_TOKENS_MAX = 256;

export type Reservation =
  | { readonly kind: 'reserved'; readonly carried: CarriedState }
  /** Reservations made earlier hold what this one needs. */
  | { readonly kind: 'wait' }
  /** `keys`: records of other shards on which the publisher's permission rests. */
  | {
      readonly kind: 'missing';
      readonly facts: readonly string[];
      readonly keys: readonly string[];
    }
  | { readonly kind: 'locked'; readonly key: string }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

export function hasReservation(state: StateOverlay, account: string): boolean {
  // The account lives here, and a record of no reservations is not kept.
  return state.getOwned(reservedKey(account)) !== undefined;
}

/**
 * Checks what the entry shard answers for, and takes what the transaction may spend. `carried` are
 * locked records of other shards.
 */
export function reserve(
  environment: LedgerEnvironment,
  transaction: DecodedTransaction,
  id: Uint8Array,
  carried?: CarriedState,
): Reservation {
  const { overlay } = environment;
  overlay.begin(carried, environment.locks);
  try {
    const result = new ReservationRun(environment, transaction, id).run();
    if (result.kind === 'reserved') overlay.commit();
    else overlay.rollback();
    return result;
  } catch (error) {
    overlay.rollback();
    if (error instanceof LockedState) return { kind: 'locked', key: error.key };
    if (!(error instanceof MissingState)) throw error;
    return { kind: 'missing', facts: error.facts, keys: error.keys };
  }
}

class ReservationRun {
  readonly #environment: LedgerEnvironment;
  readonly #transaction: DecodedTransaction;
  readonly #id: Uint8Array;
  readonly #state: StateOverlay;
  readonly #publisher: string;
  readonly #carried = new Map<string, StateValue | undefined>();
  readonly #tokens = new Map<string, bigint>();

  constructor(environment: LedgerEnvironment, transaction: DecodedTransaction, id: Uint8Array) {
    this.#environment = environment;
    this.#transaction = transaction;
    this.#id = id;
    this.#state = environment.overlay;
    this.#publisher = transaction.publisher;
  }

  run(): Reservation {
    const isOpen = hasReservation(this.#state, this.#publisher);
    const refusal = this.#check();
    if (refusal !== undefined) return isOpen ? { kind: 'wait' } : refused(refusal);
    const limits = parseLimits(this.#transaction.amountLimits, (token) =>
      decimalOf(this.#state, token, this.#environment.block.number),
    );
    if (!limits.ok) return refused(limits.failure);
    const isCovered = this.#takeTokens(limits.value);
    if (isOpen && !isCovered) return { kind: 'wait' };
    this.#takeGas();
    this.#carryRecords();
    this.#note();
    return { kind: 'reserved', carried: this.#carried };
  }

  #check(): Rejection | undefined {
    const { block } = this.#environment;
    const problem =
      checkGasParameters(this.#transaction) ?? checkGas(this.#state, this.#transaction, block.time);
    if (problem !== undefined) return problem;
    const host = new Host(this.#environment, this.#transaction, this.#id);
    if (host.authorizePublisher().granted) return undefined;
    const message = `unauthorized publisher: ${this.#publisher}`;
    return reject('unauthorized_publisher', message).failure;
  }

  /** False where the balance is below a limit that was named. */
  #takeTokens(limits: readonly Limit[]): boolean {
    const { block } = this.#environment;
    let isCovered = true;
    for (const token of this.#tokensOf(limits)) {
      const spendable = spendableBalance(this.#state, this.#publisher, token, block.time);
      const wanted = this.#wanted(limits, token);
      if (spendable >= wanted) {
        this.#carryToken(token, wanted, spendable);
        continue;
      }
      // Who says "unlimited" means what is there, but all of it, so he waits for what is not back.
      isCovered = false;
      this.#carryToken(token, spendable, spendable);
    }
    return isCovered;
  }

  /** All that the account has: what it may not spend is carried to be seen. */
  #tokensOf(limits: readonly Limit[]): Set<string> {
    const tokens = new Set([...limits.map(({ token }) => token), RAM]);
    const index = this.#state.get(mapIndexKey('token.iost', `TB${this.#publisher}`));
    const isAny = tokens.delete(ANY_TOKEN);
    const held = isAny ? fieldsOf(index) : fieldsOf(index).slice(0, SEEN_TOKENS_MAX);
    for (const token of held) tokens.add(token);
    return tokens;
  }

  /** A limit for any token is in whole tokens, so it cannot bound one that has decimals: all of it. */
  #wanted(limits: readonly Limit[], token: string): bigint {
    const named = limits.find((each) => each.token === token)?.value;
    const limit =
      named ?? (limits.some((each) => each.token === ANY_TOKEN) ? INT64_MAX : undefined);
    if (token !== RAM) return limit ?? 0n;
    const { gasLimit, gasRatio } = this.#transaction;
    const usable = ((gasLimit / gasRatio) * RAM_BYTES_PER_GAS) / HUNDREDTHS;
    return limit === undefined || limit < usable ? usable : limit;
  }

  /**
   * Reserves an amount. The run sees the whole balance, so that it finds the fault that a ledger
   * without shards would find: that more is spent than was reserved is ruled out by the limits it
   * checks after each action. RAM has no such limit, so only what is reserved of it is seen.
   */
  #carryToken(token: string, amount: bigint, spendable: bigint): void {
    const { block } = this.#environment;
    const key = balanceKey(this.#publisher, token);
    foldMatured(this.#state, this.#publisher, token, block.time);
    if (amount > 0n) {
      const isTaken = debitStored(this.#state, this.#publisher, token, amount);
      assert(isTaken, 'no more is reserved than is there');
    }
    const entry = this.#state.get(key);
    const value = token === RAM ? amount : spendable;
    this.#carried.set(key, entry?.kind === 'int' ? { ...entry, value } : undefined);
    this.#carried.set(freezeKey(this.#publisher, token), undefined);
    if (amount > 0n) this.#tokens.set(token, amount);
  }

  #takeGas(): void {
    const { gasLimit } = this.#transaction;
    const { time } = this.#environment.block;
    const before = readGas(this.#state, this.#publisher);
    const left = takeGas(before, gasLimit, time);
    // The one exception of the gas check, a first pledge for oneself, runs on this chain.
    assert(left !== undefined, 'checked before');
    writeGas(this.#state, this.#publisher, left);
    // The total is only seen; without a time it refills nothing.
    const record = {
      total: before.total,
      limit: CARRIED_GAS_LIMIT,
      stock: gasLimit,
      updatedAt: 0n,
    };
    this.#carried.set(gasKey(this.#publisher), gasValue(record));
  }

  /** Records that are only looked at, or change by differences. */
  #carryRecords(): void {
    const publisher = this.#publisher;
    this.#carry(mapIndexKey('token.iost', `TB${publisher}`));
    this.#carry(usedRamKey(publisher));
    this.#carry(accountKey(publisher));
  }

  #carry(key: string): void {
    this.#carried.set(key, this.#state.get(key));
  }

  #note(): void {
    const entries = readReserved(this.#state, this.#publisher);
    const entry = {
      id: hexOf(this.#id),
      gas: this.#transaction.gasLimit,
      tokens: this.#tokens,
      ram: 0n,
    };
    writeReserved(this.#state, this.#publisher, [...entries, entry]);
  }
}

function refused(rejection: Rejection): Reservation {
  return { kind: 'refused', rejection };
}
