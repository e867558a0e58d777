/**
 * Runs user contracts in one isolate of this thread (architecture §6, limits.md §6). Every contract
 * has a context of its own that is kept between calls; a call sees nothing of the ones before it,
 * because the contract's code runs anew and everything else in the context is frozen. So which
 * contexts are at hand changes the time that a call takes and nothing else.
 *
 * Gas, allocation and recursion are counted by the code that runs. V8's own memory limit is far above
 * what they allow: reaching it is a bug of this node, not an outcome of a contract.
 */

import { setTimeout } from 'node:timers/promises';
import { assert } from '#core/assert.ts';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { storedContract } from '#core/iosvm/stored-contract.ts';
import { FAILURE } from '#core/ledger/contract-failure.ts';
import { type ContractAbi, type ContractEngine, RunStopped } from '#core/ledger/engine.ts';
import type { Host } from '#core/ledger/host.ts';
import type { Argument } from '#core/ledger/native/native-contract.ts';
import { type Answer, readAnswer } from './call-answer.ts';
import { ContextStore } from './context-store.ts';
import type { ContractContext } from './contract-context.ts';
import { type HostFunctionOptions, hostFunctions } from './host-functions.ts';
import { applyWrites } from './pending-writes.ts';
import type { RunFrame } from './run-frame.ts';
import type { RunMark } from './run-mark.ts';

/** Bytes that one transaction may allocate, in all its calls; part of the protocol. */
const ALLOCATION_BYTES = 64 * 1024 * 1024;
/** Accounted stack of one transaction; V8 was seen to have more than twice of it in any thread. */
const STACK_BYTES = 360_000;
/** What a call between contracts takes of the stack outside of them. */
const CALL_STACK_BYTES = 24_000;

/** A call has to end before the one that made it, or V8 stops the wrong one of them. */
const NESTED_MARGIN_MS = 20;
/**
 * isolated-vm disposes on a thread of its own, which reports to this one: where this one had ended
 * meanwhile, the process was seen to abort. Nothing tells when it is done.
 */
const DISPOSAL_MS = 400;
const TIMED_OUT = 'Script execution timed out';

export type EngineOptions = HostFunctionOptions & {
  /** Wall-clock time that a run may take while a block is packed, in ms; none unless said. */
  readonly packingLimitMs?: number;
  /** Remembers what the process died of. */
  readonly mark?: RunMark;
};

export class IosvmEngine implements ContractEngine {
  patience: number = Number.POSITIVE_INFINITY;
  readonly #packingLimitMs: number;
  readonly #mark: RunMark | undefined;
  /** When the innermost running call has to be over; `Infinity` where nobody waits. */
  #deadline = Number.POSITIVE_INFINITY;
  readonly #contexts: ContextStore;
  #frame: RunFrame | undefined;
  /** Allocation of the transaction that runs, which is this host's. */
  #transaction: Host | undefined;
  #allocated = 0;
  /** The contract that was looked up last: the one that runs next. */
  #prepared: ContractObject | undefined;

  /** `generationContexts`: see `ContextStore`. */
  constructor(options: EngineOptions = { console: false }, generationContexts?: number) {
    const functions = hostFunctions(() => this.#current(), options);
    this.#contexts = new ContextStore(functions, generationContexts);
    this.#packingLimitMs = options.packingLimitMs ?? Number.POSITIVE_INFINITY;
    this.#mark = options.mark;
  }

  contract(host: Host, id: string): { abi(name: string): ContractAbi | undefined } | undefined {
    const contract = storedContract(host.state, id);
    if (contract === undefined) return undefined;
    this.#prepared = contract;
    return { abi: (name) => abiOf(contract, name) };
  }

  run(host: Host, id: string, abi: string, args: readonly Argument[]): string {
    if (this.#mark === undefined || this.#frame !== undefined)
      return this.#run(host, id, abi, args);
    if (this.#mark.isDeadly(host.id)) throw new RunStopped(host.id, 'deadly');
    this.#mark.begin(host.id);
    try {
      return this.#run(host, id, abi, args);
    } finally {
      this.#mark.end();
    }
  }

  /** Gives back its isolates, before the thread ends; nothing runs on it afterwards. */
  async close(): Promise<void> {
    if (this.#contexts.dispose()) await setTimeout(DISPOSAL_MS);
  }

  #run(host: Host, id: string, abi: string, args: readonly Argument[]): string {
    const contract = this.#prepared;
    assert(contract?.id === id, 'a call is prepared right before it runs');
    const below = this.#frame;
    if (below === undefined && this.#transaction !== host) {
      this.#transaction = host;
      this.#allocated = 0;
    }
    if (below === undefined) this.#contexts.turn();
    const allocation = below?.allocationLeft ?? ALLOCATION_BYTES - this.#allocated;
    const stack = below === undefined ? STACK_BYTES : below.stackLeft - CALL_STACK_BYTES;
    const context = this.#loaded(host, contract);
    const { request, guesses } = context.abi(contract, abi);
    const texts = args.map(String);
    const expected = guesses.expected(host, texts);
    const frame: RunFrame = {
      host,
      gasBefore: host.gas,
      guesses,
      args: texts,
      failure: undefined,
      allocationLeft: 0,
      stackLeft: 0,
      allocatedBelow: 0,
    };
    const limits = { gas: host.budget - host.gas, allocation, stack };
    const text = request.text(host, args, limits, context.needs, expected?.values);
    this.#frame = frame;
    let answer: Answer;
    try {
      answer = readAnswer(this.#call(context, text, host));
    } finally {
      this.#frame = below;
    }
    if (expected !== undefined) guesses.note(expected, answer.usedGuesses);
    return this.#conclude(frame, below, answer);
  }

  /** Calls, within what the proposer has patience for. */
  #call(context: ContractContext, text: string, host: Host): string {
    const patienceMs = this.#packingLimitMs * this.patience;
    if (patienceMs === Number.POSITIVE_INFINITY) return context.call(text, undefined);
    const outer = this.#deadline;
    const limit = performance.now() + patienceMs;
    this.#deadline = Math.min(limit, outer - NESTED_MARGIN_MS);
    try {
      const left = Math.floor(this.#deadline - performance.now());
      if (left < 1) throw new RunStopped(host.id, 'slow');
      return context.call(text, left);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith(TIMED_OUT))) throw error;
      // What was cut off in the middle is used no more, nor is what called it.
      this.#contexts.abandon();
      throw new RunStopped(host.id, 'slow');
    } finally {
      this.#deadline = outer;
    }
  }

  #current(): RunFrame {
    assert(this.#frame !== undefined, 'contracts call the host while they run');
    return this.#frame;
  }

  #conclude(frame: RunFrame, below: RunFrame | undefined, answer: Answer): string {
    if (frame.failure !== undefined) throw frame.failure.error;
    const { host } = frame;
    if (answer.writes !== '') applyWrites(host, answer.writes);
    host.gas = frame.gasBefore + answer.gas;
    if (below === undefined) this.#allocated += answer.allocated;
    else below.allocatedBelow = answer.allocated;
    if (answer.isResult) return answer.text;
    if (answer.text === FAILURE.outOfGas) host.gas = Math.max(host.gas, host.budget + 1);
    return host.fail(answer.text);
  }

  /** The parser of publication lets pass what V8 refuses, such as a name declared twice. */
  #loaded(host: Host, contract: ContractObject): ContractContext {
    try {
      return this.#contexts.get(contract);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return host.fail(`Uncaught exception: SyntaxError: ${error.message.split(' [')[0]}`);
    }
  }
}

/** `validate` has seen to it that the arguments are of known types. */
function abiOf(contract: ContractObject, name: string): ContractAbi | undefined {
  return contract.abi.find((each) => each.name === name) as ContractAbi | undefined;
}
