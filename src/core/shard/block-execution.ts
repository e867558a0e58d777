/**
 * One block being built or checked: channel batches, then transactions, then facts asked for, then
 * (root) crosslinks, each run against the state before it. Proposer and validators use the same
 * object: a proposer leaves out what does not come back as included, a validator refuses the block.
 *
 * Everything that leaves for other chains is numbered here, so the outbox of a block is a function
 * of its body and its parent.
 */

import { assert, assertNever } from '../assert.ts';
import type { ChannelCursors, FinalityCheck } from '../atomix/channel.ts';
import { endFences, expireFences } from '../atomix/fences.ts';
import { HeldLeases } from '../atomix/held-leases.ts';
import { homeChain } from '../atomix/home.ts';
import {
  type Executed,
  type HeldKeys,
  HomeRuns,
  lockReason,
  NOTHING_HELD,
  type RunHost,
} from '../atomix/home-runs.ts';
import { LentRam } from '../atomix/lent-ram.ts';
import { answerLock, type LockAnswer, meetReservations } from '../atomix/lock-answer.ts';
import { type LockCounts, LockTally } from '../atomix/lock-counts.ts';
import { LockTable } from '../atomix/lock-table.ts';
import { type ChannelMessage, decodeMessage } from '../atomix/message.ts';
import { PendingRuns } from '../atomix/pending-run.ts';
import { type Reservation, reserve, type Share } from '../atomix/reservation.ts';
import { isReserved, release, releaseShort, releaseYielded } from '../atomix/settlement.ts';
import { forgetDenied, learnFact } from '../atomix/told-facts.ts';
import type { InboundBatch, OutboxEntry, TransactionResult } from '../chain/block.ts';
import { decodeHandover, provenSuccessor } from '../chain/handover.ts';
import type { NextGroup } from '../chain/next-group.ts';
import { encodeReceipt } from '../chain/receipt.ts';
import type { DecodedTransaction } from '../chain/transaction.ts';
import { hexOf } from '../crypto/hex.ts';
import type { ChainPlacement } from '../eds/chain-placement.ts';
import { isWithinLifetime } from '../ledger/admission.ts';
import { applyCredit } from '../ledger/apply-credit.ts';
import { applyTransaction, failTransaction } from '../ledger/apply-transaction.ts';
import type { ContractRegistry } from '../ledger/contract-registry.ts';
import { type Credit, creditTargetKey } from '../ledger/credit.ts';
import type { ContractEngine } from '../ledger/engine.ts';
import { answerFact, factOwnerKey } from '../ledger/facts.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import type { CarriedState, Outcome } from '../ledger/outcome.ts';
import { type BlockContext, ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import { isReservedFor } from '../ledger/reserved-record.ts';
import { ELSEWHERE, StateOverlay } from '../ledger/state-overlay.ts';
import type { StateValue } from '../ledger/state-value.ts';
import type { PobRules } from '../pob/close-period.ts';
import type { Rejection } from '../result.ts';
import { BlockEmissions, type EmissionsOfBlock } from './block-emissions.ts';
import { BlockOutbox } from './block-outbox.ts';
import {
  inboxCursors,
  inboxKey,
  ROOT_EPOCH_KEY,
  readCounter,
  storeCounter,
  writeCounter,
} from './chain-records.ts';
import { endBlock } from './end-block.ts';
import { finalityIn, groupOf, type NetworkGroups, registerGroup } from './network-groups.ts';
import { RootDuties } from './root-duties.ts';

/** What execution on one chain rests on; the same on every node of the network. */
export type ExecutionRules = {
  readonly placement: ChainPlacement;
  readonly groups: NetworkGroups;
  /** Root chain only. */
  readonly pob: PobRules | undefined;
  readonly contracts: ContractRegistry;
  readonly engine: ContractEngine | undefined;
  /** Every other chain, ascending. */
  readonly peers: readonly number[];
};

/** What came of a transaction that was offered to the block. */
export type Inclusion =
  | { readonly kind: 'included' }
  /** Not now: after the publisher's open reservations are settled it may end differently, or it is fenced. */
  | { readonly kind: 'reserved'; readonly publisher: string }
  /** Not now: the key is locked for a transaction of another chain. */
  | { readonly kind: 'locked'; readonly key: string }
  /** Facts about other chains are needed first. */
  | { readonly kind: 'ask'; readonly facts: readonly string[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

/** All that follows from a block's body and its parent. */
export type ExecutedBody = {
  readonly changes: ReadonlyMap<string, StateValue | undefined>;
  readonly results: readonly TransactionResult[];
  readonly outbox: readonly OutboxEntry[];
  readonly inboxCursors: ChannelCursors;
  /** Facts answered, reservations settled and keys unlocked: wakes who waits in the pool. */
  readonly answeredFacts: readonly string[];
  readonly settledPublishers: readonly string[];
  readonly unlockedKeys: readonly string[];
  readonly gasUsed: bigint;
  /** Not part of the block: for whoever listens. */
  readonly emissions: EmissionsOfBlock;
  readonly locks: LockCounts;
  /** Who makes the blocks after this one, if it closes an epoch. */
  readonly nextGroup: NextGroup | undefined;
};

const INCLUDED: Inclusion = { kind: 'included' };
const EXPIRED: Inclusion = {
  kind: 'refused',
  rejection: { code: 'TX_EXPIRED', message: 'the transaction is expired at the time of the block' },
};

export class BlockExecution {
  /** For blocks of the root chain. */
  readonly root: RootDuties;
  readonly #block: BlockContext;
  readonly #rules: ExecutionRules;
  readonly #overlay: StateOverlay;
  /** Where nothing is locked and a failure counts: nearly always. */
  readonly #usual: LedgerEnvironment;
  readonly #pending: PendingRuns;
  readonly #runs: HomeRuns;
  readonly #lockTable: LockTable;
  /** RAM of others that this chain has on lease, and of its own accounts that it has lent. */
  readonly #leases: HeldLeases;
  readonly #lent: LentRam;
  readonly #results: TransactionResult[] = [];
  readonly #outbox: BlockOutbox;
  readonly #answeredFacts: string[] = [];
  readonly #settledPublishers: string[] = [];
  readonly #unlockedKeys: string[] = [];
  readonly #emissions = new BlockEmissions();
  readonly #locks = new LockTally();
  /** What the root chain does by itself in every block waits for a lock. */
  #isOverdue = false;
  #gasUsed = 0n;

  constructor(parent: StateReader, block: BlockContext, rules: ExecutionRules) {
    this.#block = block;
    this.#rules = rules;
    this.#overlay = new StateOverlay(parent, rules.placement);
    this.#outbox = new BlockOutbox(this.#overlay, rules.placement.self);
    this.root = new RootDuties(this.#overlay, block, rules.groups, rules.pob);
    const { contracts, engine } = rules;
    const environment = { overlay: this.#overlay, block, contracts };
    this.#usual = engine === undefined ? environment : { ...environment, engine };
    const pending = new PendingRuns(this.#overlay);
    this.#pending = pending;
    this.#runs = new HomeRuns(this.#runHost(), pending);
    const isAwaited = (key: string): boolean => pending.isAwaited(lockReason(key));
    this.#lockTable = new LockTable(this.#overlay, isAwaited);
    const isWanted = (key: string): boolean => this.#lockTable.isHeld(key) || isAwaited(key);
    const host = {
      height: block.number,
      isWanted,
      chainOf: (key: string) => rules.placement.chainOf(key),
      send: (destination: number, message: ChannelMessage) => {
        this.#outbox.post(destination, message);
      },
    };
    this.#leases = new HeldLeases(this.#overlay, host);
    this.#lent = new LentRam(this.#overlay, host);
  }

  get gasUsed(): bigint {
    return this.#gasUsed;
  }

  get outboxBytes(): number {
    return this.#outbox.bytes;
  }

  /** Number this block expects next from a chain. */
  nextSeq(source: number): number {
    return readCounter(this.#overlay, inboxKey(source));
  }

  /** Shards, before everything else: the next step of the root chain from one committee to another. */
  handover(bytes: Uint8Array): boolean {
    const { groups, placement } = this.#rules;
    if (placement.self === ROOT_CHAIN) return false;
    const handover = decodeHandover(bytes);
    const known = groupOf(groups, this.#overlay, ROOT_CHAIN, this.rootEpoch);
    if (handover === undefined || known === undefined) return false;
    const next = provenSuccessor(known, groups.rootEpochBlocks, handover);
    if (next === undefined) return false;
    this.#overlay.begin();
    registerGroup(this.#overlay, next);
    writeCounter(this.#overlay, ROOT_EPOCH_KEY, next.epoch);
    this.#overlay.commit();
    return true;
  }

  /** Newest epoch of the root chain whose committee is known here. */
  get rootEpoch(): number {
    return readCounter(this.#overlay, ROOT_EPOCH_KEY);
  }

  /** Believes the groups that are known after what this block has taken in so far. */
  get isFinal(): FinalityCheck {
    return finalityIn(this.#rules.groups, this.#overlay);
  }

  /** First of all: what the root chain does by itself, and what earlier blocks left to be tried again. */
  resume(): void {
    if (this.#rules.placement.self === ROOT_CHAIN) this.#govern();
    forgetDenied(this.#overlay, this.#block.number);
    this.#settledPublishers.push(...expireFences(this.#overlay, this.#block.number));
    this.#lent.reopen();
    this.#leases.giveBackIdle();
    this.#runs.resume();
  }

  /** Takes a proven batch; false when it is not the next one or nothing that could come now. */
  consume(batch: InboundBatch): boolean {
    if (batch.firstSeq !== this.nextSeq(batch.source)) return false;
    const messages: ChannelMessage[] = [];
    for (const bytes of batch.messages) {
      const message = decodeMessage(bytes);
      if (message === undefined) return false;
      messages.push(message);
    }
    if (!messages.every((message) => this.#isTimely(message, batch.source))) return false;
    storeCounter(this.#overlay, inboxKey(batch.source), batch.firstSeq + messages.length);
    for (const message of messages) this.#receive(message, batch.source);
    return true;
  }

  /**
   * Answers come to a question that this chain has asked. On a node that is behind, its copy of the
   * other chain may be ahead and answer what is asked in blocks that are not here yet.
   */
  #isTimely(message: ChannelMessage, source: number): boolean {
    if (message.kind === 'settle' || message.kind === 'short' || message.kind === 'yield') {
      return isReserved(this.#overlay, message);
    }
    if (message.kind !== 'grant' && message.kind !== 'refuse') return true;
    return this.#runs.awaits(message.id, source);
  }

  /** Runs a transaction of this chain's own accounts, or reserves for it and sends it home. */
  run(transaction: DecodedTransaction, id: Uint8Array): Inclusion {
    const { placement, contracts } = this.#rules;
    this.#outbox.turn();
    // The pool expires by the block before, and what a proposer offers need not be from a pool.
    if (!isWithinLifetime(transaction, this.#block.time)) return EXPIRED;
    const home = homeChain(transaction, placement, contracts, id);
    return home === placement.self
      ? this.#runHere(transaction, id)
      : this.#sendHome(transaction, id, home);
  }

  /** Asks the owner of a fact for it. */
  ask(fact: string): void {
    this.#outbox.turn();
    this.#outbox.send(this.#rules.placement.chainOf(factOwnerKey(fact)), { kind: 'ask', fact });
  }

  /** Ends the block of `view`. */
  close(view: number): ExecutedBody {
    const { placement, peers, groups, pob } = this.#rules;
    this.#overlay.begin();
    const nextGroup = endBlock(this.#usual, view, { chain: placement.self, peers, groups, pob });
    this.#overlay.commit();
    return this.#executed(nextGroup);
  }

  /** Ends a block behind a closing block, in which nothing happens. */
  closeTail(): ExecutedBody {
    return this.#executed(undefined);
  }

  #executed(nextGroup: NextGroup | undefined): ExecutedBody {
    this.#lockTable.store();
    this.#pending.store();
    const outbox = this.#outbox.close();
    return {
      changes: this.#overlay.changes(),
      results: this.#results,
      outbox,
      inboxCursors: inboxCursors(this.#overlay, this.#rules.peers),
      answeredFacts: this.#answeredFacts,
      settledPublishers: this.#settledPublishers,
      unlockedKeys: this.#unlockedKeys,
      gasUsed: this.#gasUsed,
      emissions: this.#emissions.close(),
      locks: this.#locks,
      nextGroup,
    };
  }

  /** Until it gets what is locked, nobody gets new locks here: so it is its turn soon. */
  #govern(): void {
    const { credits, isOverdue } = this.root.govern(this.#environment(false));
    this.#isOverdue = isOverdue;
    this.#leave(credits);
  }

  #runHere(transaction: DecodedTransaction, id: Uint8Array): Inclusion {
    const isReserved = isReservedFor(this.#overlay, transaction.publisher);
    const outcome = this.#apply(transaction, id, undefined, isReserved);
    switch (outcome.kind) {
      case 'executed':
        this.#leave(outcome.credits);
        this.#addResult(id, transaction.bytes, outcome);
        return INCLUDED;
      case 'deferred':
        return { kind: 'reserved', publisher: transaction.publisher };
      case 'dropped':
        return isReserved
          ? { kind: 'reserved', publisher: transaction.publisher }
          : { kind: 'refused', rejection: outcome.rejection };
      case 'locked':
        if (!this.#mustWaitInBlock(outcome.key)) return outcome;
        if (isReserved) return { kind: 'reserved', publisher: transaction.publisher };
        this.#runs.startWaiting(transaction, id, outcome.key);
        this.#addUnfinished(id, transaction.bytes);
        return INCLUDED;
      case 'reserved':
        if (isReserved) return { kind: 'reserved', publisher: transaction.publisher };
        this.#runs.startBehind(transaction, id, outcome.account);
        this.#addUnfinished(id, transaction.bytes);
        return INCLUDED;
      case 'missing':
        if (outcome.facts.length > 0) return { kind: 'ask', facts: outcome.facts };
        if (isReserved) return { kind: 'reserved', publisher: transaction.publisher };
        if (outcome.ram.length > 0) this.#runs.startBorrowing(transaction, id, outcome);
        else this.#runs.startLocal(transaction, id, outcome.keys, 'execute');
        this.#addUnfinished(id, transaction.bytes);
        return INCLUDED;
      default:
        return assertNever(outcome);
    }
  }

  /**
   * Where more and more come to read, who waits in the pool to write would wait for ever; and what is
   * lent comes back only if a block calls for it.
   */
  #mustWaitInBlock(key: string): boolean {
    return this.#lockTable.isFixed(key) || this.#lent.isLent(key);
  }

  #sendHome(transaction: DecodedTransaction, id: Uint8Array, home: number): Inclusion {
    const { publisher } = transaction;
    if (this.#runs.isWaitedFor(publisher)) return { kind: 'reserved', publisher };
    const reservation = this.#reserve(transaction, id, home, 0);
    switch (reservation.kind) {
      case 'reserved':
        this.#addUnfinished(id, transaction.bytes);
        return INCLUDED;
      case 'locked':
        if (!this.#lent.isLent(reservation.key)) return reservation;
        this.#runs.startWaiting(transaction, id, reservation.key, 'reserve');
        this.#addUnfinished(id, transaction.bytes);
        return INCLUDED;
      case 'wait':
        return { kind: 'reserved', publisher };
      case 'missing':
        if (reservation.facts.length > 0) return { kind: 'ask', facts: reservation.facts };
        this.#runs.startLocal(transaction, id, reservation.keys, 'reserve');
        this.#addUnfinished(id, transaction.bytes);
        return INCLUDED;
      case 'refused':
        return { kind: 'refused', rejection: reservation.rejection };
      default:
        return assertNever(reservation);
    }
  }

  /** Reserves for a transaction and sends it home. */
  #reserve(
    transaction: DecodedTransaction,
    id: Uint8Array,
    home: number,
    attempt: number,
    carried?: CarriedState,
    share?: Share,
  ): Reservation {
    const environment = this.#environment(false);
    const reservation = reserve(environment, transaction, id, carried, share);
    if (reservation.kind === 'reserved') {
      const { bytes } = transaction;
      const { carried } = reservation;
      this.#outbox.send(home, { kind: 'exec', id, transaction: bytes, attempt, carried });
    }
    return reservation;
  }

  #receive(message: ChannelMessage, source: number): void {
    this.#outbox.turn();
    switch (message.kind) {
      case 'exec':
        return this.#runs.start(message, source);
      case 'settle':
        release(this.#overlay, this.#block, message);
        return this.#settled(message.publisher);
      case 'short': {
        const share = releaseShort(this.#overlay, this.#block, message);
        this.#runs.startAgain(message, share);
        return this.#settled(message.publisher);
      }
      case 'yield':
        this.#runs.takeBack(message, releaseYielded(this.#overlay, this.#block, message));
        return this.#settled(message.publisher);
      case 'credit':
        return this.#book(message.credit);
      case 'ask': {
        const answer = answerFact(this.#overlay, message.fact);
        return this.#outbox.send(source, { kind: 'answer', fact: message.fact, answer });
      }
      case 'answer':
        return this.#learn(message);
      case 'lock':
        return this.#answerLock(message, source);
      case 'grant':
        return this.#runs.onGrant(message.id, source, message.entries);
      case 'refuse':
        return this.#runs.onRefusal(message.id, source, message.why);
      case 'decide': {
        const keys = this.#lockTable.unlock(hexOf(message.id), message.written);
        this.#unlockedKeys.push(...keys);
        return this.#runs.onUnlocked(keys);
      }
      case 'borrow':
        return this.#lent.lend(message.account, source, BigInt(message.bytes));
      case 'lease': {
        const isEnough = this.#leases.onLease(message.account, message.bytes);
        return this.#runs.onLease(message.account, isEnough);
      }
      case 'recall':
        return this.#leases.giveBack(message.account);
      case 'return':
        return this.#takeBack(message, source);
      default:
        return assertNever(message);
    }
  }

  #takeBack({ account, bytes }: ChannelMessage & { kind: 'return' }, source: number): void {
    const freed = this.#lent.takeBack(account, source, bytes);
    if (freed === undefined) return;
    this.#unlockedKeys.push(freed);
    this.#runs.onUnlocked([freed]);
  }

  #settled(publisher: string): void {
    this.#settledPublishers.push(publisher);
    this.#runs.onSettled(publisher);
  }

  #answerLock(message: ChannelMessage & { readonly kind: 'lock' }, source: number): void {
    const { id, keys } = message;
    // What is on lease has to be back before somebody can know all of it.
    const isLent = message.exclusive && keys.map((key) => this.#lent.recall(key)).includes(true);
    const answer =
      isLent || this.#isOverdue
        ? NOT_NOW
        : answerLock(this.#overlay, this.#lockTable, message, this.#block);
    if (answer.kind === 'refused') {
      this.#locks.refused += 1;
      return this.#outbox.send(source, { kind: 'refuse', id, why: answer.why });
    }
    this.#locks.granted += 1;
    this.#settledPublishers.push(...answer.unfenced);
    this.#outbox.send(source, { kind: 'grant', id, entries: answer.entries });
  }

  #book(credit: Credit): void {
    this.#overlay.begin();
    const followUps = applyCredit(this.#overlay, credit, this.#block);
    assert(followUps !== ELSEWHERE, 'a credit arrives where its target lives');
    this.#overlay.commit();
    this.#leave(followUps);
  }

  #learn(message: ChannelMessage & { readonly kind: 'answer' }): void {
    learnFact(this.#overlay, message.fact, message.answer, this.#block.number);
    this.#answeredFacts.push(message.fact);
    this.#runs.onFact(message.fact);
  }

  #apply(
    transaction: DecodedTransaction,
    id: Uint8Array,
    carried: CarriedState | undefined,
    deferFailure: boolean,
    held: HeldKeys = NOTHING_HELD,
  ): Outcome {
    const environment = this.#environment(deferFailure, held.fixed);
    const { exact } = held;
    const withExact = exact.size === 0 ? environment : { ...environment, exact };
    return applyTransaction(withExact, transaction, id, carried);
  }

  /** `fixed`: keys of other chains that the transaction may read and not write. */
  #environment(deferFailure: boolean, fixed = NOTHING_HELD.fixed): LedgerEnvironment {
    const hasLocks = !this.#lockTable.isEmpty || fixed.size > 0;
    if (!deferFailure && !hasLocks) return this.#usual;
    const locks = hasLocks ? { locks: this.#lockTable.with(fixed) } : {};
    return { ...this.#usual, deferFailure, ...locks };
  }

  #addResult(id: Uint8Array, transaction: Uint8Array, { receipt, emissions }: Executed): void {
    this.#emissions.add(id, emissions);
    this.#gasUsed += receipt.gasUsage;
    this.#results.push({
      id,
      transaction,
      receipt: encodeReceipt(receipt),
      legs: this.#outbox.legs,
    });
  }

  /** It goes on in later blocks or on another chain. */
  #addUnfinished(id: Uint8Array, transaction: Uint8Array): void {
    this.#results.push({ id, transaction, receipt: NO_RECEIPT, legs: this.#outbox.legs });
  }

  #runHost(): RunHost {
    const { placement } = this.#rules;
    return {
      block: this.#block,
      chain: placement.self,
      locks: this.#locks,
      chainOf: (key) => placement.chainOf(key),
      apply: (transaction, id, carried, held) => {
        this.#outbox.turn();
        const { publisher } = transaction;
        const isOwn = placement.chainOfAccount(publisher) === placement.self;
        const isOpen = isOwn && isReservedFor(this.#overlay, publisher);
        return this.#apply(transaction, id, carried, isOpen, held);
      },
      fail: (transaction, id, carried, message) =>
        failTransaction(this.#environment(false), transaction, id, message, carried),
      reserve: (transaction, { id, share, attempt }, carried) => {
        this.#outbox.turn();
        const home = homeChain(transaction, placement, this.#rules.contracts, id);
        return this.#reserve(transaction, id, home, attempt, carried, share);
      },
      isOpen: (account) => isReservedFor(this.#overlay, account),
      meetReservations: (account, claim) =>
        meetReservations(this.#overlay, account, claim, this.#block),
      endFences: (id) => {
        this.#settledPublishers.push(...endFences(this.#overlay, hexOf(id)));
      },
      send: (destination, message) => this.#outbox.send(destination, message),
      ask: (fact) => this.ask(fact),
      borrow: (account, bytes) => this.#leases.ask(account, bytes),
      recall: (key) => this.#lent.recall(key),
      leave: (outcome) => this.#leave(outcome.credits),
      finish: (transaction, id, outcome) => this.#addResult(id, transaction.bytes, outcome),
    };
  }

  #leave(credits: readonly Credit[]): void {
    for (const credit of credits) {
      if (credit.kind === 'ramUse') this.#leases.onUse(credit.account);
      this.#outbox.send(this.#rules.placement.chainOf(creditTargetKey(credit)), {
        kind: 'credit',
        credit,
      });
    }
  }
}

const NOT_NOW: LockAnswer = { kind: 'refused', why: 'locked' };
const NO_RECEIPT = new Uint8Array(0);
