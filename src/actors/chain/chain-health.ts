/**
 * What a chain says for `/readyz`: how sync gets on, unless there is something that only a person can
 * help with, which stays until the next start.
 */

import type { ActorContext, ActorHealth } from '#actors/runtime/actor-context.ts';

export class ChainHealth {
  readonly #context: Pick<ActorContext, 'setHealth'>;
  #needsHelp = false;

  constructor(context: Pick<ActorContext, 'setHealth'>) {
    this.#context = context;
  }

  show(health: ActorHealth): void {
    if (!this.#needsHelp) this.#context.setHealth(health);
  }

  /** `reason`: what has happened, and what to do. */
  askForHelp(reason: string): void {
    this.#needsHelp = true;
    this.#context.setHealth({ ready: false, reason });
  }
}
