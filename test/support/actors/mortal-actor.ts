/**
 * A production actor that dies when it is told to: it throws out of the next message that it is to
 * handle, so its thread ends at an arbitrary point of its work, as after a bug.
 */

import type { Actor, ActorFactory } from '#actors/runtime/actor.ts';
import type { ActorContext } from '#actors/runtime/actor-context.ts';
import type { Message } from '#ipc/frame.ts';

export type MortalOptions = {
  /** The production actor's worker entry and what it is started with. */
  readonly module: string;
  readonly options: unknown;
  /** One int32: 1 means "die once". */
  readonly order: SharedArrayBuffer;
};

class MortalActor implements Actor {
  readonly #options: MortalOptions;
  readonly #order: Int32Array;
  #actor: Actor | undefined;

  constructor(options: MortalOptions) {
    this.#options = options;
    this.#order = new Int32Array(options.order);
  }

  async onStart(context: ActorContext): Promise<void> {
    const { createActor } = (await import(this.#options.module)) as {
      readonly createActor: ActorFactory<unknown, Message>;
    };
    this.#actor = createActor(this.#options.options);
    await this.#actor.onStart(context);
  }

  onMessage(message: Message, from: string): void {
    if (Atomics.exchange(this.#order, 0, 0) === 1) throw new Error('told to die');
    this.#actor?.onMessage(message, from);
  }

  onTimer(id: string, nowMs: number): void {
    this.#actor?.onTimer?.(id, nowMs);
  }

  onTick(nowMs: number): void {
    this.#actor?.onTick?.(nowMs);
  }

  onTurnEnd(nowMs: number): void {
    this.#actor?.onTurnEnd?.(nowMs);
  }

  onIdle(nowMs: number): void {
    this.#actor?.onIdle?.(nowMs);
  }

  onPeerRestarted(peer: string): void {
    this.#actor?.onPeerRestarted?.(peer);
  }

  onCongestion(congested: boolean): void {
    this.#actor?.onCongestion?.(congested);
  }

  onDrain(): void {
    this.#actor?.onDrain?.();
  }

  isDrained(): boolean {
    return this.#actor?.isDrained?.() ?? true;
  }

  async onStop(): Promise<void> {
    await this.#actor?.onStop();
  }
}

export const createActor: ActorFactory<MortalOptions, Message> = (options) =>
  new MortalActor(options);
