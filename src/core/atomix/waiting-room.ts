/**
 * Transactions that arrived at their home chain and need a fact about a third chain before they can
 * run. They are state under the root, so every validator runs them in the block in which the answer
 * arrives. Each waits for one fact at a time; it may come back to wait for another.
 *
 * Bound: an entry shard sends no more than its channel window, and an expired transaction is
 * settled instead of waiting again.
 */

import { assert } from '../assert.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { type ChannelMessage, decodeMessage, encodeMessage } from './message.ts';

export type ExecMessage = ChannelMessage & { readonly kind: 'exec' };
export type Waiting = { readonly message: ExecMessage; readonly source: number };

/** Who waits for a fact: list of [hex id, source chain]. */
const waitersKey = (fact: string): string => `x-waiters-${fact}`;
const messageKey = (hexId: string): string => `x-waiting-${hexId}`;

type Waiter = readonly [hexId: string, source: number];

export class WaitingRoom {
  readonly #overlay: StateOverlay;

  constructor(overlay: StateOverlay) {
    this.#overlay = overlay;
  }

  /** True when nobody waited for the fact before, so that it has to be asked for. */
  admit(fact: string, message: ExecMessage, source: number): boolean {
    const hexId = hexOf(message.id);
    const waiters = this.#waiters(fact);
    this.#overlay.begin();
    this.#overlay.put(messageKey(hexId), { kind: 'bytes', value: encodeMessage(message) });
    this.#putWaiters(fact, [...waiters, [hexId, source]]);
    this.#overlay.commit();
    return waiters.length === 0;
  }

  /** Takes out everyone who waited for the fact, in the order of arrival. */
  leave(fact: string): Waiting[] {
    const waiters = this.#waiters(fact);
    if (waiters.length === 0) return [];
    this.#overlay.begin();
    const leaving = waiters.map(([hexId, source]) => this.#take(hexId, source));
    this.#overlay.delete(waitersKey(fact));
    this.#overlay.commit();
    return leaving;
  }

  #take(hexId: string, source: number): Waiting {
    const stored = this.#overlay.get(messageKey(hexId));
    assert(stored?.kind === 'bytes', 'whoever waits has a message');
    const message = decodeMessage(stored.value);
    assert(message?.kind === 'exec', 'only transactions wait');
    this.#overlay.delete(messageKey(hexId));
    return { message, source };
  }

  #waiters(fact: string): readonly Waiter[] {
    const stored = this.#overlay.get(waitersKey(fact));
    return stored?.kind === 'json' ? (JSON.parse(stored.value) as readonly Waiter[]) : [];
  }

  #putWaiters(fact: string, waiters: readonly Waiter[]): void {
    const value = JSON.stringify(waiters);
    this.#overlay.put(waitersKey(fact), { kind: 'json', value, payer: 'system.iost' });
  }
}
