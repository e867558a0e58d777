/** One contract's context: its own copy of the library, and its compiled code behind one function. */

import ivm from 'isolated-vm';
import { assert } from '#core/assert.ts';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { FailureText } from '#core/iosvm/failure-text.ts';
import type { ArgumentType } from '#core/ledger/native/native-contract.ts';
import { type CallNeeds, CallRequest } from './call-request.ts';
import { contractScript } from './contract-script.ts';
import type { HostFunctions } from './host-functions.ts';
import { HOST_GLOBAL, prelude } from './prelude-source.ts';
import { ReadGuesses } from './read-guesses.ts';

/** First letter of an answer that is an exception of the contract; its place stands after a zero. */
const EXCEPTION = 'e';

/** What is kept for each ABI between calls. */
type AbiCalls = {
  /** That declares it; an update may declare it otherwise with the same code. */
  readonly contract: ContractObject;
  readonly request: CallRequest;
  readonly guesses: ReadGuesses;
};

export class ContractContext {
  readonly code: string;
  readonly needs: CallNeeds;
  readonly #entry: ivm.Reference;
  readonly #failures: FailureText;
  readonly #abis = new Map<string, AbiCalls>();

  constructor(
    isolate: ivm.Isolate,
    library: ivm.Script,
    contract: ContractObject,
    functions: HostFunctions,
  ) {
    const script = contractScript(contract.code);
    this.code = contract.code;
    this.#failures = new FailureText(contract.code);
    this.needs = { block: script.usesBlock, transaction: script.usesTransaction };
    const context = isolate.createContextSync();
    const factory = context.evalSync(script.source, {
      reference: true,
      lineOffset: prelude().lastLine - 1,
    });
    context.evalSync(`globalThis.${HOST_GLOBAL} = {};`);
    const host = context.global.getSync(HOST_GLOBAL, { reference: true });
    for (const [name, run] of Object.entries(functions)) {
      host.setSync(name, new ivm.Callback(run as (...args: unknown[]) => unknown));
    }
    const entryOf = library.runSync(context, { reference: true });
    this.#entry = entryOf.applySync(undefined, [factory.derefInto(), contract.id], {
      result: { reference: true },
    });
  }

  abi(contract: ContractObject, name: string): AbiCalls {
    const known = this.#abis.get(name);
    if (known?.contract === contract) return known;
    const declared = contract.abi.find((each) => each.name === name);
    const types = (declared?.args ?? []) as readonly ArgumentType[];
    const guesses = known?.guesses ?? new ReadGuesses();
    const calls = { contract, request: new CallRequest(name, types), guesses };
    this.#abis.set(name, calls);
    return calls;
  }

  /**
   * Takes what `CallRequest` writes; what the entry of the prelude answers, see there for its form.
   * Throws where it takes longer than `timeoutMs`; the context must not be used any more then.
   */
  call(request: string, timeoutMs: number | undefined): string {
    const options = timeoutMs === undefined ? undefined : { timeout: timeoutMs };
    const answer: unknown = this.#entry.applySync(undefined, [request], options);
    assert(typeof answer === 'string', 'the entry answers text and throws nothing');
    return answer.startsWith(EXCEPTION) ? this.#described(answer) : answer;
  }

  /** Puts the place of an exception into words. */
  #described(answer: string): string {
    const end = answer.lastIndexOf('\0');
    const start = answer.indexOf(' ', answer.indexOf(' ') + 1) + 1;
    const thrown = answer.slice(start, end);
    return answer.slice(0, start) + this.#failures.describe(thrown, answer.slice(end + 1));
  }
}
