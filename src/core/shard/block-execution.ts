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
import { homeChain } from '../atomix/home.ts';
import {
  type CarriedEntry,
  type ChannelMessage,
  decodeMessage,
  encodeMessage,
} from '../atomix/message.ts';
import { hasReservation, reserve } from '../atomix/reservation.ts';
import { release, settlementOf } from '../atomix/settlement.ts';
import { WaitingRoom } from '../atomix/waiting-room.ts';
import {
  blockHash,
  type Crosslink,
  decodeHeader,
  type InboundBatch,
  type Leg,
  type OutboxEntry,
  type TransactionResult,
} from '../chain/block.ts';
import { encodeReceipt, type Receipt } from '../chain/receipt.ts';
import { type DecodedTransaction, decodeTransaction } from '../chain/transaction.ts';
import type { ChainPlacement } from '../eds/chain-placement.ts';
import { isWithinLifetime } from '../ledger/admission.ts';
import { applyCredit } from '../ledger/apply-credit.ts';
import { applyTransaction, failTransaction } from '../ledger/apply-transaction.ts';
import type { ContractRegistry } from '../ledger/contract-registry.ts';
import { type Credit, creditTargetKey } from '../ledger/credit.ts';
import type { ContractEngine } from '../ledger/engine.ts';
import { answerFact, factOwnerKey, factValue } from '../ledger/facts.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import type { CarriedState, Outcome } from '../ledger/outcome.ts';
import type { BlockContext, StateReader } from '../ledger/ports.ts';
import { factKey } from '../ledger/state-key.ts';
import { ELSEWHERE, StateOverlay } from '../ledger/state-overlay.ts';
import { decodeStateValue, encodeStateValue, type StateValue } from '../ledger/state-value.ts';
import type { Rejection } from '../result.ts';
import {
  crosslinkKey,
  cursorKey,
  inboxCursors,
  inboxKey,
  outboxKey,
  readCounter,
  writeCounter,
} from './chain-records.ts';

/** What execution on one chain rests on; the same on every node of the network. */
export type ExecutionRules = {
  readonly placement: ChainPlacement;
  readonly contracts: ContractRegistry;
  readonly engine: ContractEngine | undefined;
  /** Every other chain, ascending. */
  readonly peers: readonly number[];
};

/** What came of a transaction that was offered to the block. */
export type Inclusion =
  | { readonly kind: 'included' }
  /** Not now: after the publisher's open reservations are settled it may end differently. */
  | { readonly kind: 'reserved'; readonly publisher: string }
  /** Facts about other chains are needed first. */
  | { readonly kind: 'ask'; readonly facts: readonly string[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

/** All that follows from a block's body and its parent. */
export type ExecutedBody = {
  readonly changes: ReadonlyMap<string, StateValue | undefined>;
  readonly results: readonly TransactionResult[];
  readonly outbox: readonly OutboxEntry[];
  readonly inboxCursors: ChannelCursors;
  /** Facts that were answered and publishers whose reservations were settled: wakes who waits. */
  readonly answeredFacts: readonly string[];
  readonly settledPublishers: readonly string[];
  readonly gasUsed: bigint;
};

const INCLUDED: Inclusion = { kind: 'included' };

export class BlockExecution {
  readonly #block: BlockContext;
  readonly #rules: ExecutionRules;
  readonly #overlay: StateOverlay;
  readonly #waiting: WaitingRoom;
  readonly #results: TransactionResult[] = [];
  readonly #outbox = new Map<number, Uint8Array[]>();
  readonly #answeredFacts: string[] = [];
  readonly #settledPublishers: string[] = [];
  #legs: Leg[] = [];
  #gasUsed = 0n;
  #outboxBytes = 0;

  constructor(parent: StateReader, block: BlockContext, rules: ExecutionRules) {
    this.#block = block;
    this.#rules = rules;
    this.#overlay = new StateOverlay(parent, rules.placement);
    this.#waiting = new WaitingRoom(this.#overlay);
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

  /** Takes a proven batch; false when it is not the next one or not made of messages. */
  consume(batch: InboundBatch): boolean {
    if (batch.firstSeq !== this.nextSeq(batch.source)) return false;
    const messages: ChannelMessage[] = [];
    for (const bytes of batch.messages) {
      const message = decodeMessage(bytes);
      if (message === undefined) return false;
      messages.push(message);
    }
    this.#record(inboxKey(batch.source), batch.firstSeq + messages.length);
    for (const message of messages) this.#receive(message, batch.source);
    return true;
  }

  /** Runs a transaction of this chain's own accounts, or reserves for it and sends it home. */
  run(transaction: DecodedTransaction, id: Uint8Array): Inclusion {
    const { placement, contracts } = this.#rules;
    this.#legs = [];
    const home = homeChain(transaction, placement, contracts);
    return home === placement.self
      ? this.#runHere(transaction, id)
      : this.#sendHome(transaction, id, home);
  }

  /** Asks the owner of a fact for it. */
  ask(fact: string): void {
    this.#legs = [];
    this.#send(this.#rules.placement.chainOf(factOwnerKey(fact)), { kind: 'ask', fact });
  }

  /** Root chain: takes a newer final block of a shard; false when it does not follow or is not final. */
  crosslink(crosslink: Crosslink, isFinal: FinalityCheck): boolean {
    const { chain, fromHeight, toHeight } = crosslink;
    const header = decodeHeader(crosslink.header);
    if (header === undefined || header.chain !== chain || header.height !== toHeight) return false;
    if (fromHeight !== readCounter(this.#overlay, crosslinkKey(chain)) + 1) return false;
    if (toHeight < fromHeight) return false;
    if (!equalBytes(inboxRoot(crosslink.inboxCursors), header.inboxRoot)) return false;
    if (!isFinal(chain, blockHash(crosslink.header), crosslink.certificate)) return false;
    this.#record(crosslinkKey(chain), toHeight);
    for (const [source, nextSeq] of crosslink.inboxCursors)
      this.#record(cursorKey(chain, source), nextSeq);
    return true;
  }

  /** Ends the block. */
  close(): ExecutedBody {
    const outbox = [...this.#outbox]
      .sort(([left], [right]) => left - right)
      .map(([destination, messages]) => ({
        destination,
        firstSeq: readCounter(this.#overlay, outboxKey(destination)) - messages.length,
        messages,
      }));
    return {
      changes: this.#overlay.changes(),
      results: this.#results,
      outbox,
      inboxCursors: inboxCursors(this.#overlay, this.#rules.peers),
      answeredFacts: this.#answeredFacts,
      settledPublishers: this.#settledPublishers,
      gasUsed: this.#gasUsed,
    };
  }

  #runHere(transaction: DecodedTransaction, id: Uint8Array): Inclusion {
    const isReserved = hasReservation(this.#overlay, transaction.publisher);
    const outcome = this.#apply(transaction, id, undefined, isReserved);
    switch (outcome.kind) {
      case 'executed':
        this.#leave(outcome.credits);
        this.#addResult(id, transaction.bytes, outcome.receipt);
        return INCLUDED;
      case 'deferred':
        return { kind: 'reserved', publisher: transaction.publisher };
      case 'dropped':
        return isReserved
          ? { kind: 'reserved', publisher: transaction.publisher }
          : { kind: 'refused', rejection: outcome.rejection };
      case 'missing':
        return { kind: 'ask', facts: outcome.facts };
      default:
        return assertNever(outcome);
    }
  }

  #sendHome(transaction: DecodedTransaction, id: Uint8Array, home: number): Inclusion {
    const reservation = reserve(this.#environment(false), transaction, id);
    switch (reservation.kind) {
      case 'reserved':
        this.#send(home, {
          kind: 'exec',
          id,
          transaction: transaction.bytes,
          carried: entriesOf(reservation.carried),
        });
        this.#results.push({
          id,
          transaction: transaction.bytes,
          receipt: NO_RECEIPT,
          legs: this.#legs,
        });
        return INCLUDED;
      case 'wait':
        return { kind: 'reserved', publisher: transaction.publisher };
      case 'missing':
        return { kind: 'ask', facts: reservation.facts };
      case 'refused':
        return { kind: 'refused', rejection: reservation.rejection };
      default:
        return assertNever(reservation);
    }
  }

  #receive(message: ChannelMessage, source: number): void {
    this.#legs = [];
    switch (message.kind) {
      case 'exec':
        return this.#execute(message, source);
      case 'settle':
        release(this.#overlay, this.#block, message);
        this.#settledPublishers.push(message.publisher);
        return;
      case 'credit':
        return this.#book(message.credit);
      case 'ask': {
        const answer = answerFact(this.#overlay, message.fact);
        return this.#send(source, { kind: 'answer', fact: message.fact, answer });
      }
      case 'answer':
        return this.#learn(message);
      default:
        return assertNever(message);
    }
  }

  /** Runs a transaction of another entry shard; an exec is always answered, now or when it can run. */
  #execute(message: ChannelMessage & { readonly kind: 'exec' }, source: number): void {
    this.#legs = [];
    const transaction = decodeTransaction(message.transaction);
    assert(transaction !== undefined, 'a final block of the entry shard holds only transactions');
    const { id } = message;
    const carried = carriedOf(message.carried);
    const outcome = isWithinLifetime(transaction, this.#block.time)
      ? this.#apply(transaction, id, carried, false)
      : undefined;
    if (outcome?.kind === 'missing') {
      for (const fact of outcome.facts)
        if (this.#waiting.admit(fact, message, source)) this.ask(fact);
      return;
    }
    const { publisher } = transaction;
    const written =
      outcome?.kind === 'executed' ? settlementOf(publisher, carried, outcome.carriedWrites) : [];
    this.#send(source, { kind: 'settle', id, publisher, written });
    if (outcome?.kind !== 'executed') return;
    this.#leave(outcome.credits);
    this.#addResult(id, transaction.bytes, outcome.receipt);
  }

  #book(credit: Credit): void {
    this.#overlay.begin();
    const followUps = applyCredit(this.#overlay, credit, this.#block);
    assert(followUps !== ELSEWHERE, 'a credit arrives where its target lives');
    this.#overlay.commit();
    this.#leave(followUps);
  }

  #learn(message: ChannelMessage & { readonly kind: 'answer' }): void {
    this.#overlay.begin();
    this.#overlay.put(factKey(message.fact), factValue(message.answer, this.#block.number));
    this.#overlay.commit();
    this.#answeredFacts.push(message.fact);
    for (const waiting of this.#waiting.leave(message.fact)) {
      this.#execute(waiting.message, waiting.source);
    }
  }

  #apply(
    transaction: DecodedTransaction,
    id: Uint8Array,
    carried: CarriedState | undefined,
    deferFailure: boolean,
  ): Outcome {
    const environment = this.#environment(deferFailure);
    const outcome = applyTransaction(environment, transaction, id, carried);
    if (outcome.kind !== 'missing' || outcome.keys.length === 0) return outcome;
    const message = `state of another shard would have to be locked: ${outcome.keys[0]}`;
    return failTransaction(environment, transaction, id, message, carried);
  }

  #environment(deferFailure: boolean): LedgerEnvironment {
    const { contracts, engine } = this.#rules;
    const environment = { overlay: this.#overlay, block: this.#block, contracts, deferFailure };
    return engine === undefined ? environment : { ...environment, engine };
  }

  #addResult(id: Uint8Array, transaction: Uint8Array, receipt: Receipt): void {
    this.#gasUsed += receipt.gasUsage;
    this.#results.push({ id, transaction, receipt: encodeReceipt(receipt), legs: this.#legs });
  }

  #leave(credits: readonly Credit[]): void {
    for (const credit of credits) {
      this.#send(this.#rules.placement.chainOf(creditTargetKey(credit)), {
        kind: 'credit',
        credit,
      });
    }
  }

  #send(destination: number, message: ChannelMessage): void {
    assert(destination !== this.#rules.placement.self, 'effects on this chain are applied at once');
    const seq = readCounter(this.#overlay, outboxKey(destination));
    this.#record(outboxKey(destination), seq + 1);
    const bytes = encodeMessage(message);
    this.#outboxBytes += bytes.length;
    const queue = this.#outbox.get(destination);
    if (queue === undefined) this.#outbox.set(destination, [bytes]);
    else queue.push(bytes);
    this.#legs.push({ chain: destination, seq });
  }

  #record(key: string, value: number): void {
    this.#overlay.begin();
    writeCounter(this.#overlay, key, value);
    this.#overlay.commit();
  }
}

const NO_RECEIPT = new Uint8Array(0);

function carriedOf(entries: readonly CarriedEntry[]): CarriedState {
  return new Map(
    entries.map(({ key, value }) => [
      key,
      value === undefined ? undefined : decodeStateValue(value),
    ]),
  );
}

function entriesOf(state: CarriedState): CarriedEntry[] {
  return [...state].map(([key, value]) => ({
    key,
    value: value === undefined ? undefined : encodeStateValue(value),
  }));
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
