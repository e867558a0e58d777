/**
 * Runs transactions at their home chain until they end: at once where everything is at hand, else
 * over as many blocks as it takes to learn facts and to lock keys of other chains (cross-shard.md,
 * mechanisms 1 to 3). Whatever happens, an entry shard is answered and every lock is released.
 *
 * The decision about a transaction is taken in one block of this chain, once, so it cannot differ
 * between the owners: they only carry it out.
 */

import { assert, assertNever } from '../assert.ts';
import { type DecodedTransaction, decodeTransaction } from '../chain/transaction.ts';
import { hexOf } from '../crypto/hex.ts';
import { isWithinLifetime } from '../ledger/admission.ts';
import type { RamNeed } from '../ledger/missing-state.ts';
import type { CarriedState, Outcome } from '../ledger/outcome.ts';
import type { BlockContext } from '../ledger/ports.ts';
import { sliceKey } from '../ledger/ram-slice.ts';
import { balanceKey } from '../ledger/state-key.ts';
import { decodeStateValue, type StateValue } from '../ledger/state-value.ts';
import { type CarriedAccount, NOTHING_CARRIED } from './carried-account.ts';
import type { LockTally } from './lock-counts.ts';
import { holdingOf, keysWith } from './lock-request.ts';
import { isShareable } from './lock-table.ts';
import { writtenEntry } from './locked-writes.ts';
import type { CarriedEntry, ChannelMessage, Refusal } from './message.ts';
import {
  type Grant,
  type PendingRun,
  type PendingRuns,
  type RunGoal,
  severityOf,
} from './pending-run.ts';
import { type Claim, HOLDS_NOTHING } from './precedence.ts';
import { comesWithWhole, type Reservation, type Share } from './reservation.ts';
import { type ShortMessage, settlementOf, type YieldMessage } from './settlement.ts';

/** Rounds of locking in one attempt; a run that needs more is failed. */
const ROUNDS_MAX = 16;
/** The wait before the next attempt doubles up to 2^this blocks. */
const BACKOFF_EXPONENT_MAX = 6;
/** Who waits for reservations to be settled asks again within so many blocks, for nobody makes new ones. */
const SETTLED_WITHIN_BLOCKS = 4;

type Missing = Omit<Outcome & { readonly kind: 'missing' }, 'kind'>;
export type Executed = Outcome & { readonly kind: 'executed' };

/** Keys of other chains that are locked for a run. */
export type HeldKeys = {
  /** Their values are exact (exact-balance.ts). */
  readonly exact: ReadonlySet<string>;
  /** Locked together with others, to be read. */
  readonly fixed: ReadonlySet<string>;
};

export const NOTHING_HELD: HeldKeys = { exact: new Set(), fixed: new Set() };

/** What a block offers to the runs in it. */
export interface RunHost {
  readonly block: BlockContext;
  readonly chain: number;
  readonly locks: LockTally;
  chainOf(key: string): number;
  /**
   * Runs it; a failure is `deferred` where the publisher's own reservations are open. `held`: the
   * carried keys that are locked for it.
   */
  apply(
    transaction: DecodedTransaction,
    id: Uint8Array,
    carried: CarriedState,
    held: HeldKeys,
  ): Outcome;
  /** Ends it as failed, paying for its size and authority. */
  fail(
    transaction: DecodedTransaction,
    id: Uint8Array,
    carried: CarriedState,
    message: string,
  ): Outcome;
  /** Entry shard: reserves for it with what is carried, and sends it home where that succeeds. */
  reserve(transaction: DecodedTransaction, run: PendingRun, carried: CarriedState): Reservation;
  /** It needs the exact balance of an account of this chain that has reservations open. */
  meetReservations(account: string, claim: Claim): Refusal;
  /** It is over: nobody is kept waiting for it. */
  endFences(id: Uint8Array): void;
  /** Entry shard: whether reservations of the account are open. */
  isOpen(account: string): boolean;
  send(destination: number, message: ChannelMessage): void;
  ask(fact: string): void;
  /** Asks for RAM of an account elsewhere; false where it cannot be had on lease. */
  borrow(account: string, bytes: number): boolean;
  /** Calls back what is lent of the RAM under the key. */
  recall(key: string): void;
  /** It ran: its effects on other chains leave with this block. */
  leave(outcome: Executed): void;
  /** Adds its receipt. Last of all: it is done when everything sent for it has arrived. */
  finish(transaction: DecodedTransaction, id: Uint8Array, outcome: Executed): void;
}

export const lockReason = (key: string): string => `lock:${key}`;
const settledReason = (account: string): string => `settled:${account}`;
const leaseReason = (account: string): string => `lease:${account}`;
const factReason = (fact: string): string => `fact:${fact}`;

export class HomeRuns {
  readonly #host: RunHost;
  readonly #pending: PendingRuns;

  constructor(host: RunHost, pending: PendingRuns) {
    this.#host = host;
    this.#pending = pending;
  }

  /** A transaction of another entry shard. */
  start(message: ChannelMessage & { readonly kind: 'exec' }, source: number): void {
    const { id, transaction, carried, attempt } = message;
    this.#drive({ ...newRun(id, transaction, source, carried), attempt });
  }

  /** A transaction of this chain that has met keys of other chains. */
  startLocal(
    transaction: DecodedTransaction,
    id: Uint8Array,
    keys: readonly string[],
    goal: RunGoal,
  ): void {
    const run = { ...newRun(id, transaction.bytes, this.#host.chain, NOTHING_CARRIED), goal };
    this.#lock(run, transaction, keys);
  }

  /** A transaction of this chain that needs the exact balance of another account of this chain. */
  startBehind(transaction: DecodedTransaction, id: Uint8Array, account: string): void {
    const run = newRun(id, transaction.bytes, this.#host.chain, NOTHING_CARRIED);
    this.#afterRefusal(run, transaction, this.#meet(run, transaction, account));
  }

  /** Entry shard: it gave way to an older one, and is to be reserved for anew. */
  takeBack({ id, transaction, attempt }: YieldMessage, share: Share | undefined): void {
    const run = newRun(id, transaction, this.#host.chain, NOTHING_CARRIED);
    this.#retryLater({ ...run, goal: 'reserve', share, attempt });
  }

  /** A transaction of this chain that is to write a key which others read, or to see all of some RAM. */
  startWaiting(
    transaction: DecodedTransaction,
    id: Uint8Array,
    key: string,
    goal: RunGoal = 'execute',
  ): void {
    this.#waitForLock(
      { ...newRun(id, transaction.bytes, this.#host.chain, NOTHING_CARRIED), goal },
      key,
    );
  }

  /** A transaction of this chain for which RAM of accounts elsewhere is needed. */
  startBorrowing(transaction: DecodedTransaction, id: Uint8Array, missing: Missing): void {
    this.#fetch(
      newRun(id, transaction.bytes, this.#host.chain, NOTHING_CARRIED),
      transaction,
      missing,
    );
  }

  /** A transaction that came back for it was short of something, to be sent home with more. */
  startAgain({ id, transaction, publisher }: ShortMessage, share: Share): void {
    const run = {
      ...newRun(id, transaction, this.#host.chain, NOTHING_CARRIED),
      goal: 'reserve',
      share,
    } as const;
    if (this.isWaitedFor(publisher)) this.#pending.wait(run, settledReason(publisher));
    else this.#drive(run);
  }

  /** Whether a transaction waits until the account is settled with; others come after it. */
  isWaitedFor(account: string): boolean {
    return this.#host.isOpen(account) && this.#pending.isAwaited(settledReason(account));
  }

  /** One after the other: each may want the account for itself. */
  onSettled(account: string): void {
    while (!this.#host.isOpen(account)) {
      const run = this.#pending.wakeFirst(settledReason(account));
      if (run === undefined) return;
      this.#drive(run);
    }
  }

  /** What is due at the beginning of a block. */
  resume(): void {
    for (const run of this.#pending.due(this.#host.block.number)) this.#drive(run);
  }

  onFact(fact: string): void {
    for (const run of this.#pending.wake(factReason(fact))) this.#drive(run);
  }

  /** An account has lent; `isEnough`: at least what was asked for first. */
  onLease(account: string, isEnough: boolean): void {
    for (const run of this.#pending.wake(leaseReason(account))) {
      this.#drive(isEnough ? run : { ...run, unlent: [...run.unlent, account] });
    }
  }

  onUnlocked(keys: readonly string[]): void {
    for (const key of keys) {
      for (const run of this.#pending.wake(lockReason(key))) this.#drive(run);
    }
  }

  /** Whether a run waits for this owner's answer. */
  awaits(id: Uint8Array, owner: number): boolean {
    return this.#pending.peek(id)?.awaiting.includes(owner) === true;
  }

  onGrant(id: Uint8Array, owner: number, entries: readonly CarriedEntry[]): void {
    const run = this.#answered(id, owner);
    this.#afterAnswer({ ...run, granted: [...run.granted, { owner, entries }] });
  }

  onRefusal(id: Uint8Array, owner: number, why: Refusal): void {
    const run = this.#answered(id, owner);
    const isGraver = severityOf(why) > severityOf(run.refusal);
    this.#afterAnswer(isGraver ? { ...run, refusal: why } : run);
  }

  #answered(id: Uint8Array, owner: number): PendingRun {
    const run = this.#pending.take(id);
    assert(run?.awaiting.includes(owner) === true, 'owners answer what they were asked, once');
    return { ...run, awaiting: run.awaiting.filter((each) => each !== owner) };
  }

  #afterAnswer(run: PendingRun): void {
    if (run.awaiting.length > 0) this.#pending.put(run);
    else if (run.refusal === undefined) this.#drive(run);
    else this.#afterRefusal(run, transactionOf(run), run.refusal);
  }

  /** Whoever was refused lets go of his locks before he waits; who has to give way, of everything. */
  #afterRefusal(run: PendingRun, transaction: DecodedTransaction, why: Refusal): void {
    if (why === 'locked') return this.#retry(run);
    if (why === 'reserved' || run.source === this.#host.chain) {
      return this.#retry(run, SETTLED_WITHIN_BLOCKS);
    }
    this.#host.locks.retries += 1;
    this.#decide(run, undefined);
    const { publisher, bytes } = transaction;
    const attempt = run.attempt + 1;
    this.#host.send(run.source, {
      kind: 'yield',
      id: run.id,
      publisher,
      transaction: bytes,
      attempt,
    });
  }

  #meet(run: PendingRun, transaction: DecodedTransaction, account: string): Refusal {
    return this.#host.meetReservations(account, this.#claimOf(run, transaction));
  }

  #claimOf(run: PendingRun, { time }: DecodedTransaction): Claim {
    const since = run.source === this.#host.chain ? HOLDS_NOTHING : time;
    return { id: hexOf(run.id), since };
  }

  #drive(run: PendingRun): void {
    const transaction = transactionOf(run);
    if (!isWithinLifetime(transaction, this.#host.block.time)) {
      this.#end(run, transaction, undefined);
      return;
    }
    if (run.goal === 'reserve') return this.#reserve(run, transaction);
    const outcome = this.#host.apply(transaction, run.id, carriedBy(run), heldBy(run));
    switch (outcome.kind) {
      case 'executed':
        this.#end(run, transaction, outcome);
        return;
      case 'dropped':
        this.#end(run, transaction, undefined);
        return;
      case 'deferred':
        this.#retry(run);
        return;
      case 'locked':
        return this.#waitForLock(run, outcome.key);
      case 'reserved': {
        const why = this.#meet(run, transaction, outcome.account);
        return this.#afterRefusal(run, transaction, why);
      }
      case 'missing':
        this.#fetch(run, transaction, outcome);
        return;
      default:
        assertNever(outcome);
    }
  }

  /** Proves at the entry shard, by records of others, that it may be reserved for. */
  #reserve(run: PendingRun, transaction: DecodedTransaction): void {
    const reservation = this.#host.reserve(transaction, run, carriedBy(run));
    switch (reservation.kind) {
      case 'reserved':
      case 'refused':
        return this.#decide(run, undefined);
      case 'wait':
        // Where none is open, somebody has fenced the account, and nothing tells when that ends.
        if (run.granted.length > 0 || !this.#host.isOpen(transaction.publisher)) {
          return this.#retry(run);
        }
        this.#pending.wait(run, settledReason(transaction.publisher));
        return;
      case 'locked':
        return this.#waitForLock(run, reservation.key);
      case 'missing':
        return this.#fetch(run, transaction, reservation);
      default:
        return assertNever(reservation);
    }
  }

  #waitForLock(run: PendingRun, key: string): void {
    // What stands in its way may be its own lock, which it has asked for only to read or to take from.
    const isOwn = run.granted.some(({ entries }) => entries.some((entry) => entry.key === key));
    if (!isOwn) this.#host.recall(key);
    // Who holds locks of others must not wait for one: that is how circles begin.
    if (run.granted.length > 0) this.#retry(isOwn ? { ...run, exclusive: true } : run);
    else this.#pending.wait(run, lockReason(key));
  }

  #fetch(run: PendingRun, transaction: DecodedTransaction, { facts, keys, ram }: Missing): void {
    const [fact] = facts;
    const short = shortOf(run, transaction.publisher, keys, ram);
    if (fact !== undefined) {
      if (this.#pending.wait(run, factReason(fact))) this.#host.ask(fact);
    } else if (short !== undefined) this.#sendBack(run, transaction, short);
    else if (this.#borrow(run, ram)) return;
    else if (run.round < ROUNDS_MAX) {
      this.#lock(run, transaction, [...keys, ...ram.map(ramKey)]);
    } else if (run.goal === 'reserve') this.#end(run, transaction, undefined);
    else {
      const message = `needs state of other shards in more than ${ROUNDS_MAX} steps`;
      const failed = this.#host.fail(transaction, run.id, carriedBy(run), message);
      this.#end(run, transaction, failed.kind === 'executed' ? failed : undefined);
    }
  }

  /** Asks those who have not refused for what they have to pay; the run waits for one of them. */
  #borrow(run: PendingRun, ram: readonly RamNeed[]): boolean {
    const [awaited] = ram.filter(
      ({ account, bytes }) => !run.unlent.includes(account) && this.#host.borrow(account, bytes),
    );
    if (awaited === undefined) return false;
    this.#pending.wait(run, leaseReason(awaited.account));
    return true;
  }

  /** It needs more of its publisher than it has: bytes of RAM, or 0 for everything. */
  #sendBack(run: PendingRun, { publisher, bytes }: DecodedTransaction, ram: number): void {
    this.#decide(run, undefined);
    this.#host.send(run.source, { kind: 'short', id: run.id, publisher, transaction: bytes, ram });
  }

  #lock(run: PendingRun, transaction: DecodedTransaction, missing: readonly string[]): void {
    const byOwner = new Map<number, string[]>();
    const held = new Set(run.granted.flatMap(({ entries }) => entries.map(({ key }) => key)));
    for (const key of missing.flatMap(keysWith)) {
      if (held.has(key)) continue;
      held.add(key);
      const owner = this.#host.chainOf(key);
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), key]);
    }
    const owners = [...byOwner.keys()].sort((left, right) => left - right);
    this.#host.locks.rounds += 1;
    this.#pending.put({ ...run, awaiting: owners, round: run.round + 1 });
    const { id, exclusive } = run;
    const { since } = this.#claimOf(run, transaction);
    for (const owner of owners) {
      const keys = byOwner.get(owner) ?? [];
      this.#host.send(owner, { kind: 'lock', id, since, keys, exclusive });
    }
  }

  /** Releases everything and tries again later, after a wait that grows and differs by id. */
  #retry(run: PendingRun, blocksMax?: number): void {
    this.#host.locks.retries += 1;
    this.#decide(run, undefined);
    this.#retryLater({ ...run, attempt: run.attempt + 1 }, blocksMax);
  }

  #retryLater(run: PendingRun, blocksMax = 2 ** Math.min(run.attempt, BACKOFF_EXPONENT_MAX)): void {
    // Another byte each time: two runs that met once would else meet again for ever.
    const wait = 1 + ((run.id[run.attempt % run.id.length] as number) % blocksMax);
    // Who was lent too little may be lent enough by then.
    const next = { ...run, granted: [], unlent: [], refusal: undefined, round: 0 };
    this.#pending.retryAt(next, this.#host.block.number + wait);
  }

  /** The one decision: what the run wrote, or nothing where it did not happen. */
  #end(run: PendingRun, transaction: DecodedTransaction, outcome: Executed | undefined): void {
    // Effects arrive before their owner's keys are free again, so nobody finds them missing.
    if (outcome !== undefined) this.#host.leave(outcome);
    const isOverLocks = run.granted.length > 0 || run.attempt > 0;
    if (isOverLocks) this.#host.locks.ended(outcome !== undefined, run.attempt + 1);
    if (run.attempt > 0) this.#host.endFences(run.id);
    if (run.source !== this.#host.chain) {
      const { publisher } = transaction;
      const written =
        outcome === undefined
          ? NOTHING_CARRIED.state
          : settlementOf(publisher, carriedBy(run), ownWrites(run, outcome.carriedWrites));
      this.#host.send(run.source, { kind: 'settle', id: run.id, publisher, written });
    }
    // Not before it is settled what the publisher has spent of a balance that was locked as well.
    this.#decide(run, outcome?.carriedWrites);
    if (outcome !== undefined) this.#host.finish(transaction, run.id, outcome);
  }

  #decide(run: PendingRun, writes: CarriedState | undefined): void {
    if (run.granted.length === 0) return;
    const owners = new Set(run.granted.map(({ owner }) => owner));
    const carried = [...run.carried.state.keys()];
    const reserved = new Set(carried.filter((key) => holdingOf(key) !== undefined));
    for (const owner of [...owners].sort((left, right) => left - right)) {
      const grants = run.granted.filter((grant) => grant.owner === owner);
      const written = writes === undefined ? [] : writtenOf(grants, writes, reserved);
      this.#host.send(owner, { kind: 'decide', id: run.id, written });
    }
  }
}

function newRun(
  id: Uint8Array,
  transaction: Uint8Array,
  source: number,
  carried: CarriedAccount,
): PendingRun {
  return {
    goal: 'execute',
    id,
    transaction,
    source,
    carried,
    granted: [],
    awaiting: [],
    refusal: undefined,
    round: 0,
    attempt: 0,
    exclusive: false,
    share: undefined,
    unlent: [],
  };
}

const ramKey = ({ account }: RamNeed): string => balanceKey(account, 'ram');

/**
 * What of its publisher a run with a slice is short of, in bytes of RAM, or 0 for everything;
 * `undefined` for nothing that its entry shard could send along.
 */
function shortOf(
  run: PendingRun,
  publisher: string,
  keys: readonly string[],
  ram: readonly RamNeed[],
): number | undefined {
  const { state } = run.carried;
  if (run.goal === 'reserve' || !state.has(sliceKey(publisher))) return undefined;
  // A balance that it has and needs exactly is locked.
  const isExact = (key: string): boolean => holdingOf(key) !== undefined && state.has(key);
  if (keys.some((key) => comesWithWhole(publisher, key) && !isExact(key))) return 0;
  return ram.find(({ account }) => account === publisher)?.bytes;
}

function transactionOf(run: PendingRun): DecodedTransaction {
  const transaction = decodeTransaction(run.transaction);
  assert(transaction !== undefined, 'a final block of the entry shard holds only transactions');
  return transaction;
}

/** What was reserved, and what is locked, which is newer. */
function carriedBy(run: PendingRun): CarriedState {
  if (run.granted.length === 0) return run.carried.state;
  const carried = new Map(run.carried.state);
  for (const [key, value] of stateOf(run.granted.flatMap(({ entries }) => entries))) {
    // Frozen amounts go back with the settlement as those that were added to none.
    const isOwnFreeze = carried.has(key) && holdingOf(key)?.isBalance === false;
    if (!isOwnFreeze) carried.set(key, value);
  }
  return carried;
}

/** Of RAM payers only take; whoever needs it exactly says so by asking for all of its keys alone. */
function heldBy({ granted, exclusive }: PendingRun): HeldKeys {
  if (granted.length === 0) return NOTHING_HELD;
  const keys = granted.flatMap(({ entries }) => entries.map(({ key }) => key));
  if (exclusive) return { exact: new Set(keys), fixed: NOTHING_HELD.fixed };
  return {
    exact: new Set(keys.filter((key) => holdingOf(key)?.token !== 'ram')),
    fixed: new Set(keys.filter(isShareable)),
  };
}

function stateOf(entries: readonly CarriedEntry[]): Map<string, StateValue | undefined> {
  return new Map(
    entries.map(({ key, value }) => [
      key,
      value === undefined ? undefined : decodeStateValue(value),
    ]),
  );
}

/** Writes to what the entry shard sent, without those to locked keys. */
function ownWrites(run: PendingRun, writes: CarriedState): CarriedState {
  if (run.granted.length === 0) return writes;
  return new Map([...writes].filter(([key]) => run.carried.state.has(key)));
}

/** Without holdings that were reserved: they go back with the settlement. */
function writtenOf(
  grants: readonly Grant[],
  writes: CarriedState,
  reserved: ReadonlySet<string>,
): CarriedEntry[] {
  const written: CarriedEntry[] = [];
  for (const [key, before] of stateOf(grants.flatMap(({ entries }) => entries))) {
    if (!writes.has(key) || reserved.has(key)) continue;
    written.push(writtenEntry(key, writes.get(key), before));
  }
  return written;
}
