/**
 * Reservations: what a transaction may spend on another chain is moved out of the publisher's
 * account into a record beside it and travels with the transaction (cross-shard.md, mechanism 2).
 * Everything reserved commutes, so the account stays usable meanwhile and nothing is locked.
 *
 * Invariant: a token or a unit of gas is in exactly one of the account, its reservation record and,
 * after settlement, wherever the transaction sent it.
 */

import { assert } from '../assert.ts';
import type { Action, DecodedTransaction } from '../chain/transaction.ts';
import { hexOf } from '../crypto/hex.ts';
import { type Limit, parseLimits } from '../ledger/amount-limit.ts';
import { debitStored, foldMatured, spendableBalance } from '../ledger/balances.ts';
import { INT64_MAX } from '../ledger/decimal.ts';
import { gasValue, readGas, takeGas, writeGas } from '../ledger/gas.ts';
import { checkGas } from '../ledger/gas-check.ts';
import { checkGasParameters } from '../ledger/gas-parameters.ts';
import { Host, type LedgerEnvironment } from '../ledger/host.ts';
import { decimalOf } from '../ledger/known-token.ts';
import { LockedState } from '../ledger/locked-state.ts';
import { fieldsOf } from '../ledger/map-index.ts';
import { MissingState, type RamNeed } from '../ledger/missing-state.ts';
import type { CarriedState } from '../ledger/outcome.ts';
import { requireAllRam } from '../ledger/ram-lease.ts';
import { sliceKey, sliceValue } from '../ledger/ram-slice.ts';
import {
  type ReservedEntry,
  readReserved,
  type ShareSize,
  writeReserved,
} from '../ledger/reserved-record.ts';
import {
  accountKey,
  balanceKey,
  freezeKey,
  gasKey,
  tokenIndexKey,
  usedRamKey,
} from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { StateValue } from '../ledger/state-value.ts';
import { type Rejection, reject } from '../result.ts';
import type { CarriedAccount } from './carried-account.ts';
import { isFenced } from './fences.ts';

/** A gas limit that no pledge of a run can reach, so that the carried gas is not capped there. */
export const CARRIED_GAS_LIMIT = 2n ** 62n;
const RAM = 'ram';
/** What a transaction gets of its publisher's RAM at first, besides as much as it says: some entries. */
const SLICE_BYTES = 1024;
const ANY_TOKEN = '*';
/** BOUND: balances that are carried only to be seen. */
const SEEN_TOKENS_MAX = 256;
/** BOUND: reservations of one account at a time; what comes after them waits. */
const OPEN_MAX = 128;

/** What a transaction is to get. */
export type Share = {
  readonly size: ShareSize;
  /** Bytes, of a `slice` or a `larger` one. */
  readonly ram: number;
};

export const WHOLE: Share = { size: 'whole', ram: 0 };

/** What it gets at the first try. */
function firstShare({ actions }: DecodedTransaction): Share {
  if (actions.some(wantsAccount)) return WHOLE;
  return { size: 'slice', ram: actions.reduce((sum, { data }) => sum + data.length, SLICE_BYTES) };
}

/** Whether an action is known to change the account's record or to trade its RAM. */
function wantsAccount({ contract, actionName }: Action): boolean {
  return contract === 'auth.iost' || (contract === 'ram.iost' && actionName !== 'buy');
}

/** Whether a run that has a slice may ask for the whole account to get the key. */
export function comesWithWhole(publisher: string, key: string): boolean {
  return (
    key === accountKey(publisher) ||
    key.startsWith(balanceKey(publisher, '')) ||
    key.startsWith(freezeKey(publisher, ''))
  );
}

export type Reservation =
  | { readonly kind: 'reserved'; readonly carried: CarriedAccount }
  /** Reservations made earlier hold what this one needs, or somebody waits for them to be settled. */
  | { readonly kind: 'wait' }
  /** `keys`: records of other shards on which the publisher's permission rests. */
  | {
      readonly kind: 'missing';
      readonly facts: readonly string[];
      readonly keys: readonly string[];
      readonly ram: readonly RamNeed[];
    }
  | { readonly kind: 'locked'; readonly key: string }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

/**
 * Checks what the entry shard answers for, and takes what the transaction may spend. `carried` are
 * locked records of other shards; `share` is what an earlier try was short of.
 */
export function reserve(
  environment: LedgerEnvironment,
  transaction: DecodedTransaction,
  id: Uint8Array,
  carried?: CarriedState,
  share: Share = firstShare(transaction),
): Reservation {
  const { overlay } = environment;
  overlay.begin(carried, environment.locks);
  try {
    const result = new ReservationRun(environment, transaction, id, share).run();
    if (result.kind === 'reserved') overlay.commit();
    else overlay.rollback();
    return result;
  } catch (error) {
    overlay.rollback();
    if (error instanceof LockedState) return { kind: 'locked', key: error.key };
    if (!(error instanceof MissingState)) throw error;
    return { kind: 'missing', facts: error.facts, keys: error.keys, ram: error.ram };
  }
}

class ReservationRun {
  readonly #environment: LedgerEnvironment;
  readonly #transaction: DecodedTransaction;
  readonly #id: Uint8Array;
  readonly #hexId: string;
  readonly #state: StateOverlay;
  readonly #publisher: string;
  readonly #carried = new Map<string, StateValue | undefined>();
  readonly #tokens = new Map<string, bigint>();
  readonly #open: readonly ReservedEntry[];
  #share: Share;

  constructor(
    environment: LedgerEnvironment,
    transaction: DecodedTransaction,
    id: Uint8Array,
    share: Share,
  ) {
    this.#environment = environment;
    this.#share = share;
    this.#open = readReserved(environment.overlay, transaction.publisher);
    this.#transaction = transaction;
    this.#id = id;
    this.#hexId = hexOf(id);
    this.#state = environment.overlay;
    this.#publisher = transaction.publisher;
  }

  run(): Reservation {
    const isOpen = this.#open.length > 0;
    if (isFenced(this.#state, this.#publisher, this.#hexId)) return { kind: 'wait' };
    if (isOpen && this.#mustWait()) return { kind: 'wait' };
    const refusal = this.#check();
    if (refusal !== undefined) return isOpen ? { kind: 'wait' } : refused(refusal);
    const limits = parseLimits(this.#transaction.amountLimits, (token) =>
      decimalOf(this.#state, token, this.#environment.block.number),
    );
    if (!limits.ok) return refused(limits.failure);
    if (this.#share.size === 'larger' && this.#ramThere() < BigInt(this.#share.ram)) {
      if (isOpen) return { kind: 'wait' };
      this.#share = WHOLE;
    }
    this.#takeTokens(limits.value);
    this.#takeRam();
    this.#takeGas();
    this.#carryRecords();
    this.#note();
    return { kind: 'reserved', carried: { account: this.#publisher, state: this.#carried } };
  }

  #mustWait(): boolean {
    const isAlone =
      this.#share.size === 'whole' || this.#open.some(({ share }) => share === 'whole');
    return isAlone || this.#open.length >= OPEN_MAX;
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

  #takeTokens(limits: readonly Limit[]): void {
    const { block } = this.#environment;
    for (const token of this.#tokensOf(limits)) {
      const spendable = spendableBalance(this.#state, this.#publisher, token, block.time);
      const wanted = this.#wanted(limits, token);
      if (spendable >= wanted) this.#carryToken(token, wanted, spendable);
      else if (wanted === INT64_MAX && this.#share.size !== 'whole')
        this.#carryPart(token, spendable);
      // What was named and is not there may come back, so he gets it only if he turns out to need it.
      else if (this.#open.length === 0) this.#carryToken(token, spendable, spendable);
    }
  }

  /**
   * Who says "unlimited" means what is there, and as a rule needs next to nothing of it. So others find
   * something as well; who needs more locks the balance, and gets what is not reserved, too.
   */
  #carryPart(token: string, spendable: bigint): void {
    const eighth = spendable / 8n;
    const part = this.#open.length === 0 ? spendable - eighth : eighth;
    this.#carryToken(token, part, part);
  }

  /** All that the account has: what it may not spend is carried to be seen. */
  #tokensOf(limits: readonly Limit[]): Set<string> {
    const tokens = new Set(limits.map(({ token }) => token));
    const index = this.#state.get(tokenIndexKey(this.#publisher));
    const isAny = tokens.delete(ANY_TOKEN);
    const held = isAny ? fieldsOf(index) : fieldsOf(index).slice(0, SEEN_TOKENS_MAX);
    for (const token of held) tokens.add(token);
    tokens.delete(RAM);
    return tokens;
  }

  /** A limit for any token is in whole tokens, so it cannot bound one that has decimals: all of it. */
  #wanted(limits: readonly Limit[], token: string): bigint {
    const named = limits.find((each) => each.token === token)?.value;
    return named ?? (limits.some((each) => each.token === ANY_TOKEN) ? INT64_MAX : 0n);
  }

  /**
   * Reserves an amount. The run sees the whole balance, so that it finds the fault that a ledger
   * without shards would find: that more is spent than was reserved is ruled out by the limits it
   * checks after each action.
   */
  #carryToken(token: string, amount: bigint, spendable: bigint): void {
    const key = balanceKey(this.#publisher, token);
    this.#take(token, amount);
    const entry = this.#state.get(key);
    const value = entry?.kind === 'int' ? { ...entry, value: spendable } : undefined;
    this.#carried.set(key, value);
    this.#carried.set(freezeKey(this.#publisher, token), undefined);
  }

  /** RAM has no limit that the run checks, so either it has all of it or a slice in its place. */
  #takeRam(): void {
    const there = this.#ramThere();
    if (this.#share.size === 'whole') {
      requireAllRam(this.#state, this.#publisher);
      return this.#carryToken(RAM, there, there);
    }
    const wanted = BigInt(this.#share.ram);
    const slice = there < wanted ? there : wanted;
    this.#take(RAM, slice);
    this.#carried.set(sliceKey(this.#publisher), sliceValue(slice));
  }

  #ramThere(): bigint {
    return spendableBalance(this.#state, this.#publisher, RAM, this.#environment.block.time);
  }

  #take(token: string, amount: bigint): void {
    foldMatured(this.#state, this.#publisher, token, this.#environment.block.time);
    if (amount === 0n) return;
    const isTaken = debitStored(this.#state, this.#publisher, token, amount);
    assert(isTaken, 'no more is reserved than is there');
    this.#tokens.set(token, amount);
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
    this.#carry(tokenIndexKey(publisher));
    this.#carry(usedRamKey(publisher));
    this.#carry(accountKey(publisher));
  }

  #carry(key: string): void {
    this.#carried.set(key, this.#state.get(key));
  }

  #note(): void {
    const entry = {
      id: this.#hexId,
      since: this.#transaction.time,
      gas: this.#transaction.gasLimit,
      tokens: this.#tokens,
      share: this.#share.size,
    };
    writeReserved(this.#state, this.#publisher, [...this.#open, entry]);
  }
}

function refused(rejection: Rejection): Reservation {
  return { kind: 'refused', rejection };
}
