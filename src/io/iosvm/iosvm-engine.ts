/**
 * Runs user contracts in one isolate of this thread (architecture §6, limits.md §6). Every contract
 * has a context of its own that is kept between calls; a call sees nothing of the ones before it,
 * because the contract's code runs anew and everything else in the context is frozen. So which
 * contexts are at hand changes the time that a call takes and nothing else.
 *
 * Gas, allocation and recursion are counted by the code that runs. V8's own memory limit is far above
 * what they allow: reaching it is a bug of this node, not an outcome of a contract.
 */

import ivm from 'isolated-vm';
import { assert } from '#core/assert.ts';
import type { ContractObject } from '#core/iosvm/contract-object.ts';
import { storedContract } from '#core/iosvm/stored-contract.ts';
import { FAILURE } from '#core/ledger/contract-failure.ts';
import type { ContractAbi, ContractEngine } from '#core/ledger/engine.ts';
import type { Host } from '#core/ledger/host.ts';
import type { Argument, ArgumentType } from '#core/ledger/native/native-contract.ts';
import { blockText, transactionObjectText } from './call-texts.ts';
import { ContractContext } from './contract-context.ts';
import { type HostFunctionOptions, type HostFunctions, hostFunctions } from './host-functions.ts';
import type { RunFrame } from './run-frame.ts';

/** Bytes that one transaction may allocate, in all its calls; part of the protocol. */
const ALLOCATION_BYTES = 64 * 1024 * 1024;
/** Accounted stack of one transaction; V8 was seen to have more than twice of it in any thread. */
const STACK_BYTES = 360_000;
/** What a call between contracts takes of the stack outside of them. */
const CALL_STACK_BYTES = 24_000;
const ISOLATE_MEGABYTES = 1024;
/** Contexts that are kept; about 300 KB each. */
const CONTEXTS_MAX = 512;

export class IosvmEngine implements ContractEngine {
  /** Made when the first contract is called: a chain without contracts does without. */
  #isolate: ivm.Isolate | undefined;
  /** In order of use, the least recent first. */
  readonly #contexts = new Map<string, ContractContext>();
  readonly #functions: HostFunctions;
  #frame: RunFrame | undefined;
  /** Allocation of the transaction that runs, which is this host's. */
  #transaction: Host | undefined;
  #allocated = 0;

  constructor(options: HostFunctionOptions = { console: false }) {
    this.#functions = hostFunctions(() => this.#current(), options);
  }

  contract(host: Host, id: string): { abi(name: string): ContractAbi | undefined } | undefined {
    const stored = storedContract(host.state, id);
    if (stored === undefined) return undefined;
    return { abi: (name) => abiOf(stored, name) };
  }

  run(host: Host, id: string, abi: string, args: readonly Argument[]): string {
    const contract = storedContract(host.state, id);
    assert(contract !== undefined, 'the call was prepared with this contract');
    const below = this.#frame;
    if (below === undefined && this.#transaction !== host) {
      this.#transaction = host;
      this.#allocated = 0;
    }
    const allocation = below?.allocationLeft ?? ALLOCATION_BYTES - this.#allocated;
    const stack = below === undefined ? STACK_BYTES : below.stackLeft - CALL_STACK_BYTES;
    const context = this.#loaded(host, id, contract.code);
    const frame: RunFrame = {
      host,
      gasBefore: host.gas,
      failure: undefined,
      allocationLeft: 0,
      stackLeft: 0,
      allocatedBelow: 0,
    };
    this.#frame = frame;
    let answer: string;
    try {
      answer = context.call(
        abi,
        argumentsText(abiOf(contract, abi)?.args ?? [], args),
        context.usesBlock ? blockText(host) : undefined,
        context.usesTransaction ? transactionObjectText(host) : undefined,
        host.budget - host.gas,
        allocation,
        stack,
      );
    } finally {
      this.#frame = below;
    }
    return this.#conclude(frame, below, answer);
  }

  #current(): RunFrame {
    assert(this.#frame !== undefined, 'contracts call the host while they run');
    return this.#frame;
  }

  #conclude(frame: RunFrame, below: RunFrame | undefined, answer: string): string {
    if (frame.failure !== undefined) throw frame.failure.error;
    const { host } = frame;
    const gasEnd = answer.indexOf(' ');
    const allocatedEnd = answer.indexOf(' ', gasEnd + 1);
    const allocated = Number(answer.slice(gasEnd + 1, allocatedEnd));
    const text = answer.slice(allocatedEnd + 1);
    host.gas = frame.gasBefore + Number(answer.slice(1, gasEnd));
    if (below === undefined) this.#allocated += allocated;
    else below.allocatedBelow = allocated;
    if (answer.startsWith('r')) return text.toWellFormed();
    if (text === FAILURE.outOfGas) host.gas = Math.max(host.gas, host.budget + 1);
    return host.fail(text.toWellFormed());
  }

  /** The parser of publication lets pass what V8 refuses, such as a name declared twice. */
  #loaded(host: Host, id: string, code: string): ContractContext {
    try {
      return this.#context(id, code);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return host.fail(`Uncaught exception: SyntaxError: ${error.message.split(' [')[0]}`);
    }
  }

  #context(id: string, code: string): ContractContext {
    const known = this.#contexts.get(id);
    this.#contexts.delete(id);
    this.#isolate ??= new ivm.Isolate({ memoryLimit: ISOLATE_MEGABYTES });
    const context =
      known?.code === code ? known : new ContractContext(this.#isolate, code, this.#functions);
    this.#contexts.set(id, context);
    if (this.#contexts.size > CONTEXTS_MAX) {
      const [oldest] = this.#contexts.keys();
      // The collector takes it: a call of it may still be running further down the stack.
      if (oldest !== undefined) this.#contexts.delete(oldest);
    }
    return context;
  }
}

function abiOf(contract: ContractObject, name: string): ContractAbi | undefined {
  const abi = contract.abi.find((each) => each.name === name);
  return abi === undefined ? undefined : { ...abi, args: abi.args as readonly ArgumentType[] };
}

function argumentsText(types: readonly ArgumentType[], args: readonly Argument[]): string {
  const texts = args.map((argument, index) =>
    typeof argument === 'string' && types[index] !== 'json'
      ? JSON.stringify(argument)
      : String(argument),
  );
  return `[${texts.join(',')}]`;
}
