/**
 * The threads that verify signatures, the one thing a node spends most of its time on. Work is
 * handed over in slots of shared memory; what crosses between threads is a slot's number.
 *
 * A thread has up to two slots given to it, so that it need not wait for the actor in between.
 */

import { Piscina } from 'piscina';
import { assert } from '#core/assert.ts';
import type { PoolThreadData } from './pool-thread.ts';
import { SLOT_BYTES, VerificationSlot } from './verification-slot.ts';

const SLOTS_AHEAD = 2;
/** Nothing of a batch outlives it. Two semi-spaces of 1 MiB, and as much for large objects. */
const YOUNG_MIB = 3;

type VerifierPoolOptions = {
  readonly threads: number;
  readonly chainId: number;
  /** Shards of the network, 1 to 64: the pool also tells where a transaction goes. */
  readonly shards: number;
};

export class VerifierPool {
  readonly threads: number;
  readonly #pool: Piscina<number, void>;
  readonly #slots: readonly VerificationSlot[];
  readonly #free: VerificationSlot[];
  #inFlight = 0;

  constructor({ threads, chainId, shards }: VerifierPoolOptions) {
    this.threads = threads;
    // BOUND: the work that is given to threads at any time, about 270 KB each.
    this.#slots = Array.from(
      { length: threads * SLOTS_AHEAD },
      () => new VerificationSlot(new SharedArrayBuffer(SLOT_BYTES)),
    );
    this.#free = [...this.#slots];
    const data: PoolThreadData = { slots: this.#slots.map((slot) => slot.buffer), chainId, shards };
    this.#pool = new Piscina({
      filename: new URL('./pool-thread.ts', import.meta.url).href,
      name: 'verifySlot',
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: SLOTS_AHEAD,
      idleTimeout: Number.POSITIVE_INFINITY,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      workerData: data,
      recordTiming: false,
    });
  }

  /** Slots that are being verified or wait at a thread. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Threads without work. */
  get idleThreads(): number {
    return Math.max(0, this.threads - this.#inFlight);
  }

  /** Resolves when every thread has passed its self-test; rejects if one fails it. */
  async start(): Promise<void> {
    const slots = this.#free.splice(0);
    for (const slot of slots) slot.clear();
    await Promise.all(slots.map((slot) => this.verify(slot)));
    for (const slot of slots) this.release(slot);
  }

  /** An empty slot of the caller's own, or `undefined` while all are in use. */
  acquire(): VerificationSlot | undefined {
    const slot = this.#free.pop();
    slot?.clear();
    return slot;
  }

  /** Resolves when the slot has its verdicts; it stays the caller's until `release`. */
  async verify(slot: VerificationSlot): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.#pool.run(this.#slots.indexOf(slot));
    } finally {
      this.#inFlight -= 1;
    }
  }

  release(slot: VerificationSlot): void {
    assert(!this.#free.includes(slot), 'a slot is released once');
    this.#free.push(slot);
  }

  /** Ends the threads; what is in flight fails. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
