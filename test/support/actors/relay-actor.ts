/**
 * Passes every request on to `forwardTo`, and answers it to `answerTo`. Checks that requests arrive
 * without a hole. Can fail in all the ways a supervisor has to deal with.
 */

import type { Actor, ActorFactory } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import { assert } from '#core/assert.ts';
import type { Answer, Request, TestMessage } from './test-protocol.ts';

export type RelayOptions = {
  readonly forwardTo: readonly string[];
  readonly answerTo: readonly string[];
  /** Burn so many microseconds per request: makes this actor the slow one. */
  readonly workMicros?: number;
  /** What happens at request number `at`, every time it is seen unless `once` shares memory. */
  readonly mishap?: {
    readonly at: number;
    readonly what: 'throw' | 'exit' | 'hang' | 'reject' | 'fatal';
    /** One int32: the mishap happens while it is above 0 and takes one off. */
    readonly left: SharedArrayBuffer;
  };
  /** Fail in onStart while the count lasts. */
  readonly startFailuresLeft?: SharedArrayBuffer;
  /** Never drained: for the tests of the forced stop. */
  readonly stubborn?: boolean;
  /** Sends so many requests from onStop, more than the ring takes. */
  readonly lastRequests?: number;
};

class RelayActor implements Actor<TestMessage> {
  readonly #options: RelayOptions;
  #context: ActorContext | undefined;
  #nextNumber: number | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  onStart(context: ActorContext): void {
    this.#context = context;
    const left = this.#options.startFailuresLeft;
    if (left !== undefined && Atomics.sub(new Int32Array(left), 0, 1) > 0) {
      throw new Error('cannot start yet');
    }
    const handled = context.metrics.counter('handled_total', 'Requests handled');
    this.#onHandled = () => handled.add();
  }

  #onHandled = (): void => {};

  onMessage(message: TestMessage): void {
    assert(message.kind === 'request', 'only requests come here');
    const expected = this.#nextNumber ?? message.number;
    assert(message.number === expected, `request ${expected} is next, not ${message.number}`);
    assert(
      message.payload.every((byte) => byte === (message.number & 0xff)),
      'payload is whole',
    );
    this.#nextNumber = message.number + 1;
    this.#maybeFail(message.number);
    this.#work();
    for (const peer of this.#options.forwardTo) this.#context?.sender<Request>(peer).send(message);
    for (const peer of this.#options.answerTo) {
      this.#context?.sender<Answer>(peer).send({ kind: 'answer', number: message.number });
    }
    this.#onHandled();
  }

  onPeerRestarted(): void {
    this.#nextNumber = undefined;
  }

  isDrained(): boolean {
    return this.#options.stubborn !== true;
  }

  async onStop(): Promise<void> {
    this.#context?.log.info('stopped', { next: this.#nextNumber ?? 0 });
    await Promise.resolve(); // Promises work again, in both kinds of thread.
    for (let number = 0; number < (this.#options.lastRequests ?? 0); number += 1) {
      const payload = new Uint8Array(100).fill(number);
      for (const peer of this.#options.forwardTo) {
        this.#context?.sender<Request>(peer).send({ kind: 'request', number, payload });
      }
    }
  }

  #work(): void {
    const { workMicros } = this.#options;
    if (workMicros === undefined) return;
    const untilMs = performance.now() + workMicros / 1000;
    while (performance.now() < untilMs);
  }

  #maybeFail(number: number): void {
    const { mishap } = this.#options;
    if (mishap === undefined || mishap.at !== number) return;
    if (Atomics.sub(new Int32Array(mishap.left), 0, 1) <= 0) return;
    switch (mishap.what) {
      case 'throw':
        throw new Error(`mishap at ${number}`);
      case 'exit':
        process.exit(3);
        return;
      case 'hang':
        for (;;);
      case 'reject':
        void Promise.reject(new Error(`rejected at ${number}`));
        return;
      case 'fatal':
        throw this.#context?.fatal('the disk is full', { code: 'config', fix: 'make room' });
    }
  }
}

export const createActor: ActorFactory<RelayOptions, TestMessage> = (options) =>
  new RelayActor(options);
