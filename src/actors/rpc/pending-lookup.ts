/**
 * Asks every shard for a transaction that may wait in its pool: the hash alone does not say whose it
 * is. The first shard that has it ends the question; silence of a restarting shard counts as no.
 */

type Question = {
  readonly resolve: (transaction: Uint8Array | undefined) => void;
  readonly deadlineMs: number;
  unanswered: number;
};

/** BOUND: open questions; beyond it the answer is at once that nothing is known. */
const QUESTIONS_MAX = 4096;
const ANSWER_MS_MAX = 2000;

export class PendingLookup {
  readonly #ask: (requestId: number, id: Uint8Array) => number;
  /** In order of their deadlines. */
  readonly #questions = new Map<number, Question>();
  #nextRequestId = 0;

  /** `ask` sends the question to all shards that can take it, and says how many those are. */
  constructor(ask: (requestId: number, id: Uint8Array) => number) {
    this.#ask = ask;
  }

  /** The full encoding, or `undefined` where no pool has the transaction. */
  find(id: Uint8Array, nowMs: number): Promise<Uint8Array | undefined> {
    if (this.#questions.size >= QUESTIONS_MAX) return Promise.resolve(undefined);
    const requestId = this.#nextRequestId;
    this.#nextRequestId = (this.#nextRequestId + 1) % 2 ** 32;
    const asked = this.#ask(requestId, id);
    if (asked === 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const deadlineMs = nowMs + ANSWER_MS_MAX;
      this.#questions.set(requestId, { resolve, deadlineMs, unanswered: asked });
    });
  }

  /** One shard's answer; empty where it has not got the transaction. */
  answer(requestId: number, transaction: Uint8Array): void {
    const question = this.#questions.get(requestId);
    if (question === undefined) return;
    question.unanswered -= 1;
    if (transaction.length === 0 && question.unanswered > 0) return;
    this.#questions.delete(requestId);
    question.resolve(transaction.length === 0 ? undefined : transaction);
  }

  expire(nowMs: number): void {
    for (const [requestId, question] of this.#questions) {
      if (question.deadlineMs > nowMs) break;
      this.#questions.delete(requestId);
      question.resolve(undefined);
    }
  }
}
