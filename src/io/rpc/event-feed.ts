/**
 * What contracts said in final blocks, handed to whoever listens. Nothing is read from the blocks
 * while nobody does. The number of listeners is bounded.
 */

import type { ConsoleLevel } from '#core/ledger/emission.ts';
import type { EventTopic } from './messages.ts';

/** Where something was said. */
export type Occurrence = {
  readonly contract: string;
  readonly transactionId: Uint8Array;
  readonly chain: number;
  /** Height on `chain`. */
  readonly height: number;
  /** Time of the block, nanoseconds. */
  readonly time: bigint;
};

export type ContractEvent = Occurrence & {
  readonly topic: EventTopic;
  /** `<contract>/<abi>`. */
  readonly source: string;
  readonly data: string;
};

export type ConsoleLine = Occurrence & {
  readonly topic: 'CONSOLE';
  readonly level: ConsoleLevel;
  readonly text: string;
};

type Topical = { readonly topic: string; readonly contract: string };

export type EventFilter<Event extends Topical = ContractEvent> = {
  /** Empty: all topics. */
  readonly topics: readonly Event['topic'][];
  /** Empty: all contracts. */
  readonly contract: string;
};

type Listener<Event extends Topical> = {
  readonly filter: EventFilter<Event>;
  readonly onEvent: (event: Event) => void;
};

export class EventFeed<Event extends Topical = ContractEvent> {
  readonly #listenersMax: number;
  readonly #listeners = new Set<Listener<Event>>();

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
  listen(filter: EventFilter<Event>, onEvent: (event: Event) => void): (() => void) | undefined {
    if (this.#listeners.size >= this.#listenersMax) return undefined;
    const listener = { filter, onEvent };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: Event): void {
    for (const { filter, onEvent } of this.#listeners) {
      const wanted =
        (filter.contract === '' || filter.contract === event.contract) &&
        (filter.topics.length === 0 || filter.topics.includes(event.topic));
      if (wanted) onEvent(event);
    }
  }
}
