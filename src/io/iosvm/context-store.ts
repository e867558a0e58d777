/**
 * Contexts of the contracts that were called lately, in two generations. When the young one has made
 * its number of contexts it becomes the old one, and the old one before it goes with all its memory;
 * what is called again is made again. Which contexts are at hand decides how long a call takes and
 * nothing else.
 */

import type { ContractObject } from '#core/iosvm/contract-object.ts';
import type { ContractContext } from './contract-context.ts';
import { Generation } from './generation.ts';
import type { HostFunctions } from './host-functions.ts';

/** BOUND: twice as many contexts exist at most, each well below 1 MiB. */
const GENERATION_CONTEXTS = 640;

export class ContextStore {
  readonly #functions: HostFunctions;
  readonly #generationContexts: number;
  /** Made when the first contract is called: a chain without contracts does without. */
  #young: Generation | undefined;
  #old: Generation | undefined;

  constructor(functions: HostFunctions, generationContexts = GENERATION_CONTEXTS) {
    this.#functions = functions;
    this.#generationContexts = generationContexts;
  }

  /** Throws `SyntaxError` where V8 refuses the code. */
  get(contract: ContractObject): ContractContext {
    const known = this.#young?.find(contract) ?? this.#old?.find(contract);
    if (known !== undefined) return known;
    this.#young ??= new Generation(this.#functions);
    return this.#young.make(contract);
  }

  /** Nothing may be running. Answers whether there was anything. */
  dispose(): boolean {
    const hasAny = this.#young !== undefined || this.#old !== undefined;
    this.#young?.dispose();
    this.#old?.dispose();
    this.abandon();
    return hasAny;
  }

  /** Begins anew beside what may still be running; the collector takes that when it has ended. */
  abandon(): void {
    this.#young = undefined;
    this.#old = undefined;
  }

  /** To be called while nothing runs: a generation that is in use cannot go. */
  turn(): void {
    if (this.#young === undefined || this.#young.made < this.#generationContexts) return;
    this.#old?.dispose();
    this.#old = this.#young;
    this.#young = undefined;
  }
}
