/**
 * Transactions that wait for a slot, in the order they came, with whom to answer.
 */

import type { VerifyTransactions } from './protocol.ts';
import type { VerificationSlot } from './verification-slot.ts';

/** What a slot was filled with; positions are those in the slot. */
export type SlotLoad = {
  readonly origins: readonly string[];
  readonly tags: readonly number[];
  readonly transactions: readonly Uint8Array[];
};

export class IntakeQueue {
  #origins: string[] = [];
  #tags: number[] = [];
  #transactions: Uint8Array[] = [];
  #head = 0;

  get length(): number {
    return this.#tags.length - this.#head;
  }

  push(origin: string, { tags, transactions }: VerifyTransactions): void {
    for (let index = 0; index < tags.length; index++) {
      this.#origins.push(origin);
      this.#tags.push(tags[index] as number);
      this.#transactions.push(transactions[index] as Uint8Array);
    }
  }

  /** Moves up to `most` transactions into the slot, fewer where it is full. */
  load(slot: VerificationSlot, most: number): SlotLoad {
    const from = this.#head;
    const end = Math.min(this.#tags.length, from + most);
    while (this.#head < end && slot.add(this.#transactions[this.#head] as Uint8Array)) {
      this.#head += 1;
    }
    const load = {
      origins: this.#origins.slice(from, this.#head),
      tags: this.#tags.slice(from, this.#head),
      transactions: this.#transactions.slice(from, this.#head),
    };
    this.#forgetFront();
    return load;
  }

  /** Amortised: the spent front is cut off when it is the larger part. */
  #forgetFront(): void {
    if (this.#head * 2 < this.#tags.length) return;
    this.#origins = this.#origins.slice(this.#head);
    this.#tags = this.#tags.slice(this.#head);
    this.#transactions = this.#transactions.slice(this.#head);
    this.#head = 0;
  }
}
