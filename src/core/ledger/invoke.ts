/**
 * Runs one contract call: finds contract and ABI, checks the arguments, opens the frame, runs native
 * code or the engine, and checks what the frame did (spec go-iost §5.6, §5.7, §5.10, §5.13).
 */

import type { AmountLimit } from '../chain/transaction.ts';
import { type ArgumentText, parseArguments } from './action-arguments.ts';
import { describeExcess, firstExcess, parseLimits, sumSpends, UNLIMITED } from './amount-limit.ts';
import { COST } from './costs.ts';
import type { Frame, Host } from './host.ts';
import type {
  Argument,
  ArgumentType,
  RegisteredAbi,
  ReturnValues,
} from './native/native-contract.ts';
import { isSystemContract, mapKey } from './state-key.ts';

const STACK_HEIGHT_MAX = 5;

export type Call = {
  /** Contract id or a name linked to one. */
  readonly contract: string;
  readonly abi: string;
  /** Of an action, as text, or parsed already. */
  readonly args: ArgumentText | string | readonly Argument[];
  readonly authority: readonly string[];
  readonly caller: Frame['caller'];
  readonly height: number;
};

/** A call that is ready to run. */
type Prepared = {
  readonly contract: string;
  readonly funcName: string;
  readonly args: readonly Argument[];
  readonly amountLimit: readonly AmountLimit[];
  readonly javascript: boolean;
  readonly native: RegisteredAbi | undefined;
};

export function invoke(host: Host, call: Call): ReturnValues {
  const prepared = prepare(host, call);
  if (call.height > STACK_HEIGHT_MAX) host.fail(`stack height exceed. actual ${call.height}`);
  const frame: Frame = {
    contract: prepared.contract,
    abi: call.abi,
    funcName: prepared.funcName,
    caller: call.caller,
    height: call.height,
    authority: call.authority,
    freeBytes: prepared.javascript || (call.height > 1 && host.frame.freeBytes),
    gasBefore: host.gas,
    payers: undefined,
  };
  const below = host.enter(frame);
  const returned = runFrame(host, frame, call, prepared);
  host.enter(below);
  return returned;
}

function runFrame(host: Host, frame: Frame, call: Call, prepared: Prepared): ReturnValues {
  if (prepared.javascript) host.charge(COST.javascriptFrame);
  const isAction = call.height === 1;
  const receiptsBefore = host.receipts.length;
  if (isAction) {
    host.spends.length = 0;
    host.chargeOp(prepared.amountLimit.length);
  }
  const returned = runBody(host, call, prepared);
  if (isAction) {
    host.chargeOp(host.receipts.length - receiptsBefore);
    checkSpends(host, prepared.amountLimit);
  }
  checkPayers(host, frame);
  return returned;
}

function runBody(host: Host, call: Call, prepared: Prepared): ReturnValues {
  if (prepared.native !== undefined) {
    const returned = prepared.native.run(host, prepared.args);
    host.checkGas();
    return returned;
  }
  // `prepare` refuses where there is neither a native contract nor an engine.
  return [host.engine?.run(host, prepared.contract, call.abi, prepared.args) ?? ''];
}

function prepare(host: Host, call: Call): Prepared {
  const native = host.contracts.get(call.contract);
  if (native !== undefined) {
    const isInit = host.isGenesis && call.abi === 'init';
    const abi = isInit ? native.init : native.abis.get(call.abi);
    if (abi === undefined) refuse(host, missingAbi(call));
    return {
      contract: native.id,
      funcName: abi.funcName,
      args: argumentsOf(host, call, abi.args),
      amountLimit: abi.amountLimit ?? UNLIMITED,
      javascript: native.language === 'javascript',
      native: abi,
    };
  }
  const id = resolveName(host, call.contract);
  const contract = host.engine?.contract(host, id);
  if (contract === undefined) refuse(host, `contract ${id} not found`);
  const abi = contract.abi(call.abi);
  if (abi === undefined) refuse(host, missingAbi(call));
  if (call.abi === 'init' && call.caller.name !== 'system.iost') {
    refuse(host, "cannot call 'init' manually");
  }
  return {
    contract: id,
    funcName: `${id}/${call.abi}`,
    args: argumentsOf(host, call, abi.args),
    amountLimit: abi.amountLimit,
    javascript: true,
    native: undefined,
  };
}

function missingAbi(call: Call): string {
  return call.abi === 'init' ? "cannot call 'init' manually" : `abi ${call.abi} not found`;
}

function argumentsOf(host: Host, call: Call, types: readonly ArgumentType[]): readonly Argument[] {
  const { args } = call;
  if (typeof args !== 'string' && !('data' in args)) return args;
  const text = typeof args === 'string' ? { data: args } : args;
  const parsed = parseArguments(call.abi, types, text);
  return parsed.ok ? parsed.value : refuse(host, parsed.failure.message);
}

function refuse(host: Host, reason: string): never {
  host.charge(COST.get);
  host.fail(`prepare contract: ${reason}`);
}

/** A name that is linked at domain.iost stands for the contract it is linked to (spec §6). */
function resolveName(host: Host, name: string): string {
  if (name.startsWith('Contract') || !name.includes('.')) return name;
  const linked = host.state.get(mapKey('domain.iost', 'dns_table', name));
  return linked?.kind === 'string' ? linked.value : name;
}

function checkSpends(host: Host, declared: readonly AmountLimit[]): void {
  if (host.spends.length === 0) return;
  const sums = sumSpends(host.spends);
  if (declared !== UNLIMITED) {
    const limits = parseLimits(declared, (token) => host.token(token)?.decimal);
    if (!limits.ok) host.fail(limits.failure.message);
    const excess = firstExcess(sums, limits.value);
    if (excess !== undefined) host.fail(describeExcess(excess, 'abi'));
  }
  // A copy: a single sum is the list of the action itself, which the next action empties.
  host.spent = host.spent.length === 0 ? [...sums] : sumSpends([...host.spent, ...sums]);
  const excess = firstExcess(host.spent, host.limits);
  if (excess !== undefined) host.fail(describeExcess(excess, 'tx'));
}

/** Whoever has to pay RAM for what the frame stored must have agreed. Not charged. */
function checkPayers(host: Host, frame: Frame): void {
  if (frame.payers === undefined) return;
  for (const payer of frame.payers) {
    if (payer === host.publisher || payer === frame.contract || isSystemContract(payer)) continue;
    if (!host.authorizeContract(payer, 'active').granted) {
      host.fail(`pay ram failed. no permission. need ${payer}@active`);
    }
  }
}
