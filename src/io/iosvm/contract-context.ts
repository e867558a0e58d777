/** One contract's context: its own copy of the library, and its compiled code behind one function. */

import ivm from 'isolated-vm';
import { assert } from '#core/assert.ts';
import { contractScript } from './contract-script.ts';
import type { HostFunctions } from './host-functions.ts';
import { HOST_GLOBAL, preludeSource } from './prelude-source.ts';

type CallArguments = [
  abi: string,
  args: string,
  block: string | undefined,
  transaction: string | undefined,
  gas: number,
  allocation: number,
  stack: number,
];

export class ContractContext {
  readonly code: string;
  readonly usesBlock: boolean;
  readonly usesTransaction: boolean;
  readonly #entry: ivm.Reference;

  /** `code` is instrumented. */
  constructor(isolate: ivm.Isolate, code: string, functions: HostFunctions) {
    const script = contractScript(code);
    this.code = code;
    this.usesBlock = script.usesBlock;
    this.usesTransaction = script.usesTransaction;
    const context = isolate.createContextSync();
    context.evalSync(`globalThis.${HOST_GLOBAL} = {};`);
    const host = context.global.getSync(HOST_GLOBAL, { reference: true });
    for (const [name, run] of Object.entries(functions)) {
      host.setSync(name, new ivm.Callback(run as (...args: unknown[]) => unknown));
    }
    host.release();
    this.#entry = context.evalSync(`${preludeSource()}(${script.source})`, { reference: true });
  }

  /** What the entry of the prelude answers; see there for its form. */
  call(...args: CallArguments): string {
    const answer: unknown = this.#entry.applySync(undefined, args);
    assert(typeof answer === 'string', 'the entry answers text and throws nothing');
    return answer;
  }
}
