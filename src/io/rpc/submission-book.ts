/**
 * Transactions that clients have handed in and that the node has not answered yet. Each gets a tag
 * (u32) that travels with it through verifier and shard and comes back with the answer. Submissions
 * of all clients that arrive in one turn of the event loop leave together.
 *
 * Bounded by `capacity` slots: a submission that finds too few is refused at once (HTTP) or waits
 * with its connection paused (WebSocket). A slot is freed by the answer or by the timeout, and a tag
 * carries a generation, so an answer that comes after the timeout meets no other transaction.
 */

import { assert } from '#core/assert.ts';
import type { Rejection } from '#core/result.ts';

const SLOT_BITS = 20;
const SLOTS_MAX = 2 ** SLOT_BITS;
const SLOT_MASK = SLOTS_MAX - 1;
const GENERATION_MASK = 2 ** (32 - SLOT_BITS) - 1;
const ID_BYTES = 32;

/** Refusals by position in the submission; everything else was admitted. */
export type RejectedTransaction = Rejection & { readonly index: number };

export type SubmissionOutcome = {
  /** 32 bytes per transaction in the order of the submission; zeros where it was refused. */
  readonly ids: Uint8Array;
  readonly rejected: readonly RejectedTransaction[];
};

export type TaggedRejection = Rejection & { readonly tag: number };

export type SubmissionBookOptions = {
  /** Unanswered transactions of all clients, at most 2^20. */
  readonly capacity: number;
  readonly timeoutMs: number;
  /** Largest number of transactions and bytes handed on at once. */
  readonly batchTransactionsMax: number;
  readonly batchBytesMax: number;
  /** Hands a batch on to verification. */
  readonly send: (tags: readonly number[], transactions: readonly Uint8Array[]) => void;
  /** Called when a turn's submissions should leave soon; the owner then calls `flush`. */
  readonly requestFlush: () => void;
};

type Submission = {
  readonly ids: Uint8Array;
  readonly rejected: RejectedTransaction[];
  readonly slots: Int32Array;
  readonly deadlineMs: number;
  readonly done: (outcome: SubmissionOutcome) => void;
  unanswered: number;
};

export class SubmissionBook {
  readonly #options: SubmissionBookOptions;
  readonly #free: Int32Array;
  #freeCount: number;
  readonly #generations: Uint16Array;
  readonly #submissions: (Submission | undefined)[];
  readonly #indexes: Uint32Array;
  /** In order of deadline, because the timeout is the same for all. */
  #open: Submission[] = [];
  #openHead = 0;
  #tags: number[] = [];
  #transactions: Uint8Array[] = [];
  #queuedBytes = 0;

  constructor(options: SubmissionBookOptions) {
    assert(options.capacity > 0 && options.capacity <= SLOTS_MAX, 'tags have room for 2^20 slots');
    this.#options = options;
    this.#free = new Int32Array(options.capacity);
    for (let slot = 0; slot < options.capacity; slot++)
      this.#free[slot] = options.capacity - 1 - slot;
    this.#freeCount = options.capacity;
    this.#generations = new Uint16Array(options.capacity);
    this.#submissions = new Array<Submission | undefined>(options.capacity).fill(undefined);
    this.#indexes = new Uint32Array(options.capacity);
  }

  get unanswered(): number {
    return this.#options.capacity - this.#freeCount;
  }

  get room(): number {
    return this.#freeCount;
  }

  /**
   * Queues transactions (full encodings). `done` is called once, later, with all answers. `false`
   * and nothing queued where there are fewer free slots than transactions.
   */
  submit(
    transactions: readonly Uint8Array[],
    nowMs: number,
    done: (outcome: SubmissionOutcome) => void,
  ): boolean {
    assert(transactions.length > 0, 'a submission holds a transaction');
    if (transactions.length > this.#freeCount) return false;
    const submission: Submission = {
      ids: new Uint8Array(transactions.length * ID_BYTES),
      rejected: [],
      slots: new Int32Array(transactions.length),
      deadlineMs: nowMs + this.#options.timeoutMs,
      done,
      unanswered: transactions.length,
    };
    this.#open.push(submission);
    for (let index = 0; index < transactions.length; index++) {
      this.#queue(submission, index, transactions[index] as Uint8Array);
    }
    return true;
  }

  /** Sends what is queued. */
  flush(): void {
    if (this.#tags.length === 0) return;
    const tags = this.#tags;
    const transactions = this.#transactions;
    this.#tags = [];
    this.#transactions = [];
    this.#queuedBytes = 0;
    this.#options.send(tags, transactions);
  }

  /** Answers: `ids` are those of the admitted `tags`, 32 bytes each, in the same order. */
  answer(tags: readonly number[], ids: Uint8Array, rejected: readonly TaggedRejection[]): void {
    assert(ids.length === tags.length * ID_BYTES, 'an id for every admitted transaction');
    for (let position = 0; position < tags.length; position++) {
      const slot = this.#slotOf(tags[position] as number);
      if (slot < 0) continue;
      const submission = this.#submissions[slot] as Submission;
      const from = position * ID_BYTES;
      const at = (this.#indexes[slot] as number) * ID_BYTES;
      for (let byte = 0; byte < ID_BYTES; byte++) {
        submission.ids[at + byte] = ids[from + byte] as number;
      }
      this.#release(slot);
      this.#settle(submission);
    }
    for (const refusal of rejected) this.#reject(refusal);
  }

  /** Ends what has waited too long. Call it some times a second. */
  expire(nowMs: number): void {
    while (this.#openHead < this.#open.length) {
      const submission = this.#open[this.#openHead] as Submission;
      if (submission.unanswered > 0 && submission.deadlineMs > nowMs) break;
      this.#openHead += 1;
      if (submission.unanswered > 0) this.#expireSubmission(submission);
    }
    // Amortised: the dead front is cut off when it is the larger half.
    if (this.#openHead > 64 && this.#openHead * 2 > this.#open.length) {
      this.#open = this.#open.slice(this.#openHead);
      this.#openHead = 0;
    }
  }

  #queue(submission: Submission, index: number, bytes: Uint8Array): void {
    const { batchTransactionsMax, batchBytesMax } = this.#options;
    const full = this.#tags.length >= batchTransactionsMax;
    if (full || (this.#tags.length > 0 && this.#queuedBytes + bytes.length > batchBytesMax)) {
      this.flush();
    }
    if (this.#tags.length === 0) this.#options.requestFlush();
    this.#freeCount -= 1;
    const slot = this.#free[this.#freeCount] as number;
    this.#submissions[slot] = submission;
    this.#indexes[slot] = index;
    submission.slots[index] = slot;
    this.#tags.push((((this.#generations[slot] as number) << SLOT_BITS) >>> 0) + slot);
    this.#transactions.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  /** −1 for a tag whose transaction has been answered or has timed out. */
  #slotOf(tag: number): number {
    const slot = tag & SLOT_MASK;
    if (slot >= this.#submissions.length || this.#submissions[slot] === undefined) return -1;
    return tag >>> SLOT_BITS === this.#generations[slot] ? slot : -1;
  }

  #reject({ tag, code, message }: TaggedRejection): void {
    const slot = this.#slotOf(tag);
    if (slot < 0) return;
    const submission = this.#submissions[slot] as Submission;
    submission.rejected.push({ index: this.#indexes[slot] as number, code, message });
    this.#release(slot);
    this.#settle(submission);
  }

  #settle(submission: Submission): void {
    submission.unanswered -= 1;
    if (submission.unanswered === 0) submission.done(submission);
  }

  #expireSubmission(submission: Submission): void {
    for (let index = 0; index < submission.slots.length; index++) {
      const slot = submission.slots[index] as number;
      const waiting = this.#submissions[slot] === submission && this.#indexes[slot] === index;
      if (!waiting) continue;
      submission.rejected.push({
        index,
        code: 'timeout',
        message: 'the node did not answer in time; the transaction may still be accepted',
      });
      this.#release(slot);
    }
    submission.unanswered = 0;
    submission.done(submission);
  }

  #release(slot: number): void {
    this.#submissions[slot] = undefined;
    this.#generations[slot] = ((this.#generations[slot] as number) + 1) & GENERATION_MASK;
    this.#free[this.#freeCount] = slot;
    this.#freeCount += 1;
  }
}
