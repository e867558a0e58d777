/**
 * Memory whose 64-byte records are hashed in place: an array of 32-bit words that grows, and a
 * queue of hashes to do. Digests are words too, big-endian bytes read as numbers, so that hashing a
 * record of two digests needs no conversion.
 */

import { assert } from '../../assert.ts';
import { JOB_BYTES, KERNEL_BYTES, kernelConstants, kernelModule } from './kernel.ts';

const PAGE_BYTES = 65_536;
/** 4 GiB, what a 32-bit address reaches; some 20 million leaves of a state tree. */
const PAGES_MAX = 65_536;
const QUEUED_MAX = 1024;
const QUEUE_WORDS = (QUEUED_MAX * JOB_BYTES) / 4;
const QUEUE_START = KERNEL_BYTES / 4;

// Compiled once per thread and shared by all memories of it.
let compiled: WebAssembly.Module | undefined;

export class HashMemory {
  /** Index of the first word that is the owner's. */
  static readonly FIRST_WORD: number = QUEUE_START + QUEUE_WORDS;

  readonly #memory = new WebAssembly.Memory({ initial: 2, maximum: PAGES_MAX });
  readonly #run: (jobs: number, count: number, prefix: number) => void;
  #words: Uint32Array;
  #queued = 0;
  #queuedPrefix = 0;

  constructor() {
    compiled ??= new WebAssembly.Module(kernelModule(PAGES_MAX));
    const instance = new WebAssembly.Instance(compiled, { node: { memory: this.#memory } });
    this.#run = instance.exports.run;
    this.#words = new Uint32Array(this.#memory.buffer);
    this.#words.set(kernelConstants());
  }

  /** The array as it is now: `reserve` may replace it. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Makes the array at least `words` long. Half more than asked for, so that growing stays rare. */
  reserve(words: number): Uint32Array {
    if (words <= this.#words.length) return this.#words;
    const pages = Math.ceil((words * 4) / PAGE_BYTES);
    assert(pages <= PAGES_MAX, 'a state tree fits into 4 GiB');
    const wanted = Math.min(PAGES_MAX, Math.ceil(pages * 1.5));
    this.#memory.grow(wanted - this.#words.byteLength / PAGE_BYTES);
    this.#words = new Uint32Array(this.#memory.buffer);
    return this.#words;
  }

  /**
   * Will write SHA256(prefix ‖ 16 words at `source`) over the 8 words at `target`; done at the
   * latest by `flush`. Inputs of queued hashes must not depend on each other.
   */
  queue(prefix: number, source: number, target: number): void {
    if (this.#queued === QUEUED_MAX || (prefix !== this.#queuedPrefix && this.#queued > 0)) {
      this.flush();
    }
    this.#queuedPrefix = prefix;
    const at = QUEUE_START + this.#queued * 2;
    this.#words[at] = source * 4;
    this.#words[at + 1] = target * 4;
    this.#queued += 1;
  }

  flush(): void {
    if (this.#queued === 0) return;
    this.#run(QUEUE_START * 4, this.#queued, this.#queuedPrefix);
    this.#queued = 0;
  }
}
