/** Appends every accepted number to a file, one asynchronous write at a time. */

import { appendFile } from 'node:fs/promises';
import type { Actor, ActorFactory } from '#actors/runtime/actor.ts';
import type { Accepted } from './intake-actor.ts';

export type StoreOptions = { readonly file: string; readonly stubborn: boolean };

class StoreActor implements Actor<Accepted> {
  readonly #options: StoreOptions;
  #waiting: number[] = [];
  #writing = false;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  onStart(): void {}

  onMessage(message: Accepted): void {
    this.#waiting.push(message.number);
    void this.#write();
  }

  isDrained(): boolean {
    return !this.#options.stubborn && !this.#writing;
  }

  onStop(): void {}

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.splice(0, 100).map((number) => `${number}\n`);
      await appendFile(this.#options.file, lines.join(''));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.#writing = false;
  }
}

export const createActor: ActorFactory<StoreOptions, Accepted> = (options) =>
  new StoreActor(options);
