/** Sends one request at a time, each from a callback of Node's event loop, outside every turn. */

import type { Actor, ActorFactory } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { Sender } from '#ipc/link.ts';
import type { Request, TestMessage } from './test-protocol.ts';

export type PacedOptions = { readonly to: string; readonly count: number };

class PacedActor implements Actor<TestMessage> {
  readonly #options: PacedOptions;
  #context: ActorContext | undefined;
  #sender: Sender<Request> | undefined;
  #answeredCount = 0;

  constructor(options: PacedOptions) {
    this.#options = options;
  }

  onStart(context: ActorContext): void {
    this.#context = context;
    this.#sender = context.sender<Request>(this.#options.to);
    this.#sendSoon();
  }

  onMessage(): void {
    this.#answeredCount += 1;
    if (this.#answeredCount < this.#options.count) this.#sendSoon();
    else this.#context?.log.info('paced complete');
  }

  onStop(): void {}

  #sendSoon(): void {
    setTimeout(() => {
      const number = this.#answeredCount;
      const payload = new Uint8Array(10).fill(number);
      this.#sender?.send({ kind: 'request', number, payload });
    }, 0);
  }
}

export const createActor: ActorFactory<PacedOptions, TestMessage> = (options) =>
  new PacedActor(options);
