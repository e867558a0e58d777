/**
 * Contract events of final blocks, handed to whoever listens. Nothing is read from the blocks while
 * nobody does. The number of listeners is bounded.
 */

import type { EventTopic } from './messages.ts';

export type ContractEvent = {
  readonly topic: EventTopic;
  readonly contract: string;
  /** `contract/abi` for receipts. */
  readonly source: string;
  readonly data: string;
  readonly transactionId: Uint8Array;
  readonly chain: number;
  /** Height on `chain`. */
  readonly height: number;
  /** Time of the block, nanoseconds. */
  readonly time: bigint;
};

export type EventFilter = {
  /** Empty: all topics. */
  readonly topics: readonly EventTopic[];
  /** Empty: all contracts. */
  readonly contract: string;
};

type Listener = { readonly filter: EventFilter; readonly onEvent: (event: ContractEvent) => void };

export class EventFeed {
  readonly #listenersMax: number;
  readonly #listeners = new Set<Listener>();

  constructor(listenersMax: number) {
    this.#listenersMax = listenersMax;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Returns the function that ends the subscription, or `undefined` when there are too many. */
  listen(filter: EventFilter, onEvent: (event: ContractEvent) => void): (() => void) | undefined {
    if (this.#listeners.size >= this.#listenersMax) return undefined;
    const listener = { filter, onEvent };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: ContractEvent): void {
    for (const { filter, onEvent } of this.#listeners) {
      const wanted =
        (filter.contract === '' || filter.contract === event.contract) &&
        (filter.topics.length === 0 || filter.topics.includes(event.topic));
      if (wanted) onEvent(event);
    }
  }
}
