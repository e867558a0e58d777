/**
 * Sends numbered requests as fast as backpressure allows and expects each answered, in order. A
 * restarted peer is asked again from the first unanswered number. Says "flood complete" in its log
 * and runs in both kinds of thread.
 */

import type { Actor, ActorFactory } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import { assert } from '#core/assert.ts';
import type { Sender } from '#ipc/link.ts';
import type { Request, TestMessage } from './test-protocol.ts';

export type FloodOptions = {
  readonly to: string;
  readonly count: number;
  readonly payloadBytes: number;
};

class FloodActor implements Actor<TestMessage> {
  readonly #options: FloodOptions;
  #context: ActorContext | undefined;
  #sender: Sender<Request> | undefined;
  #sentCount = 0;
  #answeredCount = 0;
  #congestions = 0;
  #draining = false;

  constructor(options: FloodOptions) {
    this.#options = options;
  }

  onStart(context: ActorContext): void {
    this.#context = context;
    this.#sender = context.sender<Request>(this.#options.to);
    context.requestTurn();
  }

  onMessage(message: TestMessage): void {
    assert(message.kind === 'answer', 'only answers come back');
    assert(message.number <= this.#answeredCount, `no answer is missing before ${message.number}`);
    if (message.number < this.#answeredCount) return; // Asked twice because of a restart.
    this.#answeredCount += 1;
    if (this.#answeredCount === this.#options.count) {
      this.#context?.log.info('flood complete', { congestions: this.#congestions });
    }
  }

  onTurnEnd(): void {
    const { count, payloadBytes } = this.#options;
    // Some more after congestion begins: the overflow queue must keep them.
    let extra = 3;
    while (!this.#draining && this.#sentCount < count && extra > 0) {
      if (this.#context?.congested) extra -= 1;
      const payload = new Uint8Array(payloadBytes).fill(this.#sentCount);
      this.#sender?.send({ kind: 'request', number: this.#sentCount, payload });
      this.#sentCount += 1;
    }
  }

  onCongestion(congested: boolean): void {
    if (congested) this.#congestions += 1;
    else this.#context?.requestTurn();
  }

  onPeerRestarted(peer: string): void {
    this.#context?.log.info('peer restarted', { peer });
    this.#sentCount = this.#answeredCount;
    this.#context?.requestTurn();
  }

  onDrain(): void {
    this.#draining = true;
  }

  isDrained(): boolean {
    return this.#answeredCount >= this.#sentCount;
  }

  onStop(): void {
    this.#context?.log.info('stopped', { sent: this.#sentCount, answered: this.#answeredCount });
  }
}

export const createActor: ActorFactory<FloodOptions, TestMessage> = (options) =>
  new FloodActor(options);
