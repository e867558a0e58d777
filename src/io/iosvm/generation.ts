/**
 * An isolate with its contexts. The library is compiled once for all of them. Contexts are given back
 * all at once, by disposing the isolate: one by one they would wait for the collectors of two heaps
 * to agree that nobody holds them, while the isolate fills up.
 */

import ivm from 'isolated-vm';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { ContractContext } from './contract-context.ts';
import type { HostFunctions } from './host-functions.ts';
import { prelude } from './prelude-source.ts';

const ISOLATE_MEGABYTES = 1024;

export class Generation {
  readonly #isolate = new ivm.Isolate({ memoryLimit: ISOLATE_MEGABYTES });
  readonly #library = this.#isolate.compileScriptSync(prelude().source);
  readonly #functions: HostFunctions;
  readonly #contexts = new Map<string, ContractContext>();
  #made = 0;

  constructor(functions: HostFunctions) {
    this.#functions = functions;
  }

  /** Contexts that were ever made, also those that failed or were replaced. */
  get made(): number {
    return this.#made;
  }

  /** With the code that the contract has now. */
  find({ id, code }: ContractObject): ContractContext | undefined {
    const context = this.#contexts.get(id);
    return context?.code === code ? context : undefined;
  }

  /** Throws `SyntaxError` where V8 refuses the code. */
  make(contract: ContractObject): ContractContext {
    this.#made += 1;
    const context = new ContractContext(this.#isolate, this.#library, contract, this.#functions);
    this.#contexts.set(contract.id, context);
    return context;
  }

  /** Nothing of it may be running. */
  dispose(): void {
    this.#isolate.dispose();
  }
}
