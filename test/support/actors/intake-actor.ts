/** Accepts a number now and then, as a server accepts requests, until it is told to drain. */

import type { Actor, ActorFactory } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { Sender } from '#ipc/link.ts';

export type Accepted = { readonly kind: 'accepted'; readonly number: number };

class IntakeActor implements Actor {
  #context: ActorContext | undefined;
  #sender: Sender<Accepted> | undefined;
  #interval: NodeJS.Timeout | undefined;
  #count = 0;

  onStart(context: ActorContext): void {
    this.#context = context;
    this.#sender = context.sender<Accepted>('store');
    // Outside the turns of the loop, like the callbacks of a socket.
    this.#interval = setInterval(() => this.#accept(), 1);
  }

  onMessage(): void {}

  onDrain(): void {
    clearInterval(this.#interval);
  }

  onStop(): void {
    this.#context?.log.info('accepted', { count: this.#count });
  }

  #accept(): void {
    for (let burst = 0; burst < 20; burst += 1) {
      if (this.#sender?.trySend({ kind: 'accepted', number: this.#count })) this.#count += 1;
    }
    if (this.#count > 200) this.#context?.log.info('under load');
  }
}

export const createActor: ActorFactory<unknown, never> = () => new IntakeActor();
