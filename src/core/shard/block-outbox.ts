/**
 * What leaves a block for other chains, numbered per destination in the order in which it was sent,
 * and which of it belongs to the transaction that is at its turn.
 */

import { assert } from '../assert.ts';
import { type ChannelMessage, encodeMessage } from '../atomix/message.ts';
import type { Leg, OutboxEntry } from '../chain/block.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { outboxKey, readCounter, storeCounter } from './chain-records.ts';

type Outgoing = OutboxEntry & { readonly messages: Uint8Array[] };

const NO_LEGS: readonly Leg[] = [];

export class BlockOutbox {
  readonly #overlay: StateOverlay;
  readonly #self: number;
  readonly #outgoing = new Map<number, Outgoing>();
  #legs: readonly Leg[] = NO_LEGS;
  #bytes = 0;

  /** `self`: the chain of the block. */
  constructor(overlay: StateOverlay, self: number) {
    this.#overlay = overlay;
    this.#self = self;
  }

  /** Of all messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages of the transaction that is at its turn. */
  get legs(): readonly Leg[] {
    return this.#legs;
  }

  /** The next one is at its turn. */
  turn(): void {
    this.#legs = NO_LEGS;
  }

  /** Sends a message about the transaction that is at its turn. */
  send(destination: number, message: ChannelMessage): void {
    const seq = this.post(destination, message);
    this.#legs = [...this.#legs, { chain: destination, seq }];
  }

  /** Sends a message that is about no transaction, and answers its number. */
  post(destination: number, message: ChannelMessage): number {
    assert(destination !== this.#self, 'effects on this chain are applied at once');
    const bytes = encodeMessage(message);
    this.#bytes += bytes.length;
    const { firstSeq, messages } = this.#to(destination);
    return firstSeq + messages.push(bytes) - 1;
  }

  /** Notes what the next block begins with; all messages, by destination. */
  close(): readonly OutboxEntry[] {
    const entries = [...this.#outgoing.values()].sort(
      (left, right) => left.destination - right.destination,
    );
    for (const { destination, firstSeq, messages } of entries) {
      storeCounter(this.#overlay, outboxKey(destination), firstSeq + messages.length);
    }
    return entries;
  }

  #to(destination: number): Outgoing {
    let outgoing = this.#outgoing.get(destination);
    if (outgoing === undefined) {
      const firstSeq = readCounter(this.#overlay, outboxKey(destination));
      outgoing = { destination, firstSeq, messages: [] };
      this.#outgoing.set(destination, outgoing);
    }
    return outgoing;
  }
}
