/**
 * Memory whose records are hashed in place: an array of 32-bit words that grows, and a queue of
 * hashes to do. Digests are words too, big-endian bytes read as numbers, so that hashing a record of
 * two digests needs no conversion.
 */

import { assert } from '../../assert.ts';
import {
  JOB_BYTES,
  KERNEL_BYTES,
  type KernelProgram,
  kernelConstants,
  kernelModule,
} from './kernel.ts';

const PAGE_BYTES = 65_536;
/** 4 GiB, what a 32-bit address reaches; some 20 million leaves of a state tree. */
const PAGES_MAX = 65_536;
const QUEUED_MAX = 1024;
const QUEUE_WORDS = (QUEUED_MAX * JOB_BYTES) / 4;
const QUEUE_START = KERNEL_BYTES / 4;

type Run = (jobs: number, count: number, argument: number) => void;

// Compiled once per thread and shared by all memories of it.
const compiled = new Map<KernelProgram, WebAssembly.Module>();

export class HashMemory {
  /** Index of the first word that is the owner's. */
  static readonly FIRST_WORD: number = QUEUE_START + QUEUE_WORDS;

  readonly #memory = new WebAssembly.Memory({ initial: 2, maximum: PAGES_MAX });
  readonly #runs: Record<KernelProgram, Run>;
  #words: Uint32Array;
  #bytes: Uint8Array;
  #queued = 0;
  #program: KernelProgram = 'pair';
  #argument = 0;

  constructor() {
    this.#runs = {
      pair: instantiate('pair', this.#memory),
      digest: instantiate('digest', this.#memory),
      message: instantiate('message', this.#memory),
    };
    this.#words = new Uint32Array(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words.set(kernelConstants());
  }

  /** The array as it is now: `reserve` may replace it. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** The same memory as bytes, four to a word. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Makes the array at least `words` long. Half more than asked for, so that growing stays rare. */
  reserve(words: number): Uint32Array {
    if (words <= this.#words.length) return this.#words;
    const pages = Math.ceil((words * 4) / PAGE_BYTES);
    assert(pages <= PAGES_MAX, 'what is hashed fits into 4 GiB');
    const wanted = Math.min(PAGES_MAX, Math.ceil(pages * 1.5));
    this.#memory.grow(wanted - this.#words.byteLength / PAGE_BYTES);
    this.#words = new Uint32Array(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#words;
  }

  /**
   * Will write SHA256(prefix ‖ 16 words at `source`) over the 8 words at `target`; done at the
   * latest by `flush`. Inputs of queued hashes must not depend on each other. Hashes are done in
   * order and in fours: a target may lie on the input of the same or of an earlier four.
   */
  queue(prefix: number, source: number, target: number): void {
    this.#queue('pair', prefix, source * 4, target);
  }

  /** The same for SHA256(prefix ‖ 8 words at `source`). */
  queueDigest(prefix: number, source: number, target: number): void {
    this.#queue('digest', prefix, source * 4, target);
  }

  /** The same for a message of whole blocks, with its padding, from the byte `sourceByte` on. */
  queueMessage(blocks: number, sourceByte: number, target: number): void {
    this.#queue('message', blocks, sourceByte, target);
  }

  flush(): void {
    if (this.#queued === 0) return;
    this.#runs[this.#program](QUEUE_START * 4, this.#queued, this.#argument);
    this.#queued = 0;
  }

  #queue(program: KernelProgram, argument: number, sourceByte: number, target: number): void {
    if (this.#queued === QUEUED_MAX || argument !== this.#argument || program !== this.#program) {
      this.flush();
    }
    this.#program = program;
    this.#argument = argument;
    const at = QUEUE_START + this.#queued * 2;
    this.#words[at] = sourceByte;
    this.#words[at + 1] = target * 4;
    this.#queued += 1;
  }
}

function instantiate(program: KernelProgram, memory: WebAssembly.Memory): Run {
  let module = compiled.get(program);
  if (module === undefined) {
    module = new WebAssembly.Module(kernelModule(program, PAGES_MAX));
    compiled.set(program, module);
  }
  return new WebAssembly.Instance(module, { node: { memory } }).exports.run;
}
