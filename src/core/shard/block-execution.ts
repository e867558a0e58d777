/**
 * One block being built or checked: channel batches, then transactions, then facts asked for, then
 * (root) crosslinks, each run against the state before it. Proposer and validators use the same
 * object: a proposer leaves out what does not come back as included, a validator refuses the block.
 *
 * Everything that leaves for other chains is numbered here, so the outbox of a block is a function
 * of its body and its parent.
 */

import { assert, assertNever } from '../assert.ts';
import { type ChannelCursors, type FinalityCheck, inboxRoot } from '../atomix/channel.ts';
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
import { type ChannelMessage, decodeMessage, encodeMessage } from '../atomix/message.ts';
import { PendingRuns } from '../atomix/pending-run.ts';
import { type Reservation, reserve, type Share } from '../atomix/reservation.ts';
import { isReserved, release, releaseShort, releaseYielded } from '../atomix/settlement.ts';
import { forgetDenied, learnFact } from '../atomix/told-facts.ts';
import {
  blockHash,
  type Crosslink,
  decodeHeader,
  type InboundBatch,
  type Leg,
  type OutboxEntry,
  type TransactionResult,
} from '../chain/block.ts';
import { closingHeight, epochOf } from '../chain/epochs.ts';
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
import { governBlock } from '../ledger/govern-block.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import type { CarriedState, Outcome } from '../ledger/outcome.ts';
import { type BlockContext, ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import { isReservedFor } from '../ledger/reserved-record.ts';
import { ELSEWHERE, StateOverlay } from '../ledger/state-overlay.ts';
import type { StateValue } from '../ledger/state-value.ts';
import { decodeCheckpointCertificate } from '../pob/checkpoint-certificate.ts';
import { justify, noteTarget } from '../pob/checkpoint-state.ts';
import type { PobRules } from '../pob/close-period.ts';
import { noteEpochEnd } from '../pob/evidence-window.ts';
import { settleForfeits } from '../pob/forfeits.ts';
import { judge, punish } from '../pob/slashing.ts';
import type { Rejection } from '../result.ts';
import { BlockEmissions, type EmissionsOfBlock } from './block-emissions.ts';
import {
  crosslinkKey,
  cursorKey,
  inboxCursors,
  inboxKey,
  outboxKey,
  ROOT_EPOCH_KEY,
  readCounter,
  writeCounter,
} from './chain-records.ts';
import { endBlock } from './end-block.ts';
import {
  courtOf,
  epochBlocksOf,
  finalityCheck,
  groupOf,
  type NetworkGroups,
  registerGroup,
} from './network-groups.ts';

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

type Outgoing = OutboxEntry & { readonly messages: Uint8Array[] };

const INCLUDED: Inclusion = { kind: 'included' };
const EXPIRED: Inclusion = {
  kind: 'refused',
  rejection: { code: 'TX_EXPIRED', message: 'the transaction is expired at the time of the block' },
};

export class BlockExecution {
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
  readonly #outbox = new Map<number, Outgoing>();
  readonly #answeredFacts: string[] = [];
  readonly #settledPublishers: string[] = [];
  readonly #unlockedKeys: string[] = [];
  readonly #emissions = new BlockEmissions();
  readonly #locks = new LockTally();
  /** What the root chain does by itself in every block waits for a lock. */
  #isOverdue = false;
  #legs: readonly Leg[] = NO_LEGS;
  #gasUsed = 0n;
  #outboxBytes = 0;

  constructor(parent: StateReader, block: BlockContext, rules: ExecutionRules) {
    this.#block = block;
    this.#rules = rules;
    this.#overlay = new StateOverlay(parent, rules.placement);
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
        this.#post(destination, message);
      },
    };
    this.#leases = new HeldLeases(this.#overlay, host);
    this.#lent = new LentRam(this.#overlay, host);
  }

  get gasUsed(): bigint {
    return this.#gasUsed;
  }

  get outboxBytes(): number {
    return this.#outboxBytes;
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
    const { groups } = this.#rules;
    return finalityCheck(groups, (chain, epoch) => groupOf(groups, this.#overlay, chain, epoch));
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
    this.#record(inboxKey(batch.source), batch.firstSeq + messages.length);
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
    this.#legs = NO_LEGS;
    // The pool expires by the block before, and what a proposer offers need not be from a pool.
    if (!isWithinLifetime(transaction, this.#block.time)) return EXPIRED;
    const home = homeChain(transaction, placement, contracts, id);
    return home === placement.self
      ? this.#runHere(transaction, id)
      : this.#sendHome(transaction, id, home);
  }

  /** Asks the owner of a fact for it. */
  ask(fact: string): void {
    this.#legs = NO_LEGS;
    this.#send(this.#rules.placement.chainOf(factOwnerKey(fact)), { kind: 'ask', fact });
  }

  /** Root chain: takes a newer final block of a shard; false when it does not follow or is not final. */
  crosslink(crosslink: Crosslink): boolean {
    const { chain, fromHeight, toHeight } = crosslink;
    const header = decodeHeader(crosslink.header);
    if (header === undefined || header.chain !== chain || header.height !== toHeight) return false;
    if (fromHeight !== readCounter(this.#overlay, crosslinkKey(chain)) + 1) return false;
    if (toHeight < fromHeight) return false;
    if (!equalBytes(inboxRoot(crosslink.inboxCursors), header.inboxRoot)) return false;
    if (!this.isFinal(header, blockHash(crosslink.header), crosslink.certificate)) return false;
    this.#record(crosslinkKey(chain), toHeight);
    this.#noteEpochEnds(chain, fromHeight, toHeight);
    for (const [source, nextSeq] of crosslink.inboxCursors)
      this.#record(cursorKey(chain, source), nextSeq);
    return true;
  }

  /** Evidence about an epoch of a shard expires some time after it has ended. */
  #noteEpochEnds(chain: number, fromHeight: number, toHeight: number): void {
    const epochBlocks = epochBlocksOf(this.#rules.groups, chain);
    const first = epochOf(fromHeight, epochBlocks);
    this.#overlay.begin();
    for (let epoch = first; closingHeight(epoch, epochBlocks) <= toHeight; epoch++) {
      noteEpochEnd(this.#overlay, chain, epoch, this.#block.time);
    }
    this.#overlay.commit();
  }

  /** Root chain: takes evidence to court; false where it proves nothing against anybody. */
  evidence(bytes: Uint8Array): boolean {
    const { groups, pob } = this.#rules;
    if (pob === undefined) return false;
    const verdict = judge(this.#overlay, bytes, courtOf(groups, this.#overlay));
    if (verdict === undefined) return false;
    this.#overlay.begin();
    punish(this.#overlay, verdict, this.#block.witness);
    this.#overlay.commit();
    return true;
  }

  /** Root chain: takes the votes of candidates for the newest closing block. */
  checkpoint(bytes: Uint8Array): boolean {
    const { groups, pob } = this.#rules;
    const certificate = decodeCheckpointCertificate(bytes);
    if (pob === undefined || certificate === undefined) return false;
    const { chainId, rootEpochBlocks: periodBlocks } = groups;
    const context = { chainId, periodBlocks, height: this.#block.number };
    this.#overlay.begin();
    const isNew = justify(this.#overlay, certificate, context);
    this.#overlay.commit();
    return isNew;
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
    const outbox = [...this.#outbox.values()].sort(
      (left, right) => left.destination - right.destination,
    );
    for (const { destination, firstSeq, messages } of outbox) {
      this.#record(outboxKey(destination), firstSeq + messages.length);
    }
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
    const environment = this.#environment(false);
    const credits = governBlock(environment);
    const { pob } = this.#rules;
    this.#isOverdue = credits === 'locked';
    if (credits !== 'locked') this.#leave(credits);
    if (pob === undefined) return;
    this.#noteTarget();
    const forfeited = settleForfeits(environment, pob.table);
    this.#leave(forfeited.credits);
    if (!forfeited.isDone) this.#isOverdue = true;
  }

  /** The block before this one is to be voted for where it closed a period. */
  #noteTarget(): void {
    const { number, parentHash } = this.#block;
    this.#overlay.begin();
    const parent = { height: number - 1, hash: parentHash };
    noteTarget(this.#overlay, parent, this.#rules.groups.rootEpochBlocks);
    this.#overlay.commit();
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
      this.#send(home, { kind: 'exec', id, transaction: bytes, attempt, carried });
    }
    return reservation;
  }

  #receive(message: ChannelMessage, source: number): void {
    this.#legs = NO_LEGS;
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
        return this.#send(source, { kind: 'answer', fact: message.fact, answer });
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
      return this.#send(source, { kind: 'refuse', id, why: answer.why });
    }
    this.#locks.granted += 1;
    this.#settledPublishers.push(...answer.unfenced);
    this.#send(source, { kind: 'grant', id, entries: answer.entries });
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
    this.#results.push({ id, transaction, receipt: encodeReceipt(receipt), legs: this.#legs });
  }

  /** It goes on in later blocks or on another chain. */
  #addUnfinished(id: Uint8Array, transaction: Uint8Array): void {
    this.#results.push({ id, transaction, receipt: NO_RECEIPT, legs: this.#legs });
  }

  #runHost(): RunHost {
    const { placement } = this.#rules;
    return {
      block: this.#block,
      chain: placement.self,
      locks: this.#locks,
      chainOf: (key) => placement.chainOf(key),
      apply: (transaction, id, carried, held) => {
        this.#legs = NO_LEGS;
        const { publisher } = transaction;
        const isOwn = placement.chainOfAccount(publisher) === placement.self;
        const isOpen = isOwn && isReservedFor(this.#overlay, publisher);
        return this.#apply(transaction, id, carried, isOpen, held);
      },
      fail: (transaction, id, carried, message) =>
        failTransaction(this.#environment(false), transaction, id, message, carried),
      reserve: (transaction, { id, share, attempt }, carried) => {
        this.#legs = NO_LEGS;
        const home = homeChain(transaction, placement, this.#rules.contracts, id);
        return this.#reserve(transaction, id, home, attempt, carried, share);
      },
      isOpen: (account) => isReservedFor(this.#overlay, account),
      meetReservations: (account, claim) =>
        meetReservations(this.#overlay, account, claim, this.#block),
      endFences: (id) => {
        this.#settledPublishers.push(...endFences(this.#overlay, hexOf(id)));
      },
      send: (destination, message) => this.#send(destination, message),
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
      this.#send(this.#rules.placement.chainOf(creditTargetKey(credit)), {
        kind: 'credit',
        credit,
      });
    }
  }

  /** Sends a message about the transaction that is at its turn. */
  #send(destination: number, message: ChannelMessage): void {
    const seq = this.#post(destination, message);
    this.#legs = [...this.#legs, { chain: destination, seq }];
  }

  /** Sends a message and answers its number. */
  #post(destination: number, message: ChannelMessage): number {
    assert(destination !== this.#rules.placement.self, 'effects on this chain are applied at once');
    const bytes = encodeMessage(message);
    this.#outboxBytes += bytes.length;
    const { firstSeq, messages } = this.#outgoing(destination);
    return firstSeq + messages.push(bytes) - 1;
  }

  #outgoing(destination: number): Outgoing {
    let outgoing = this.#outbox.get(destination);
    if (outgoing === undefined) {
      const firstSeq = readCounter(this.#overlay, outboxKey(destination));
      outgoing = { destination, firstSeq, messages: [] };
      this.#outbox.set(destination, outgoing);
    }
    return outgoing;
  }

  #record(key: string, value: number): void {
    this.#overlay.begin();
    writeCounter(this.#overlay, key, value);
    this.#overlay.commit();
  }
}

const NOT_NOW: LockAnswer = { kind: 'refused', why: 'locked' };
const NO_LEGS: readonly Leg[] = [];
const NO_RECEIPT = new Uint8Array(0);

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
