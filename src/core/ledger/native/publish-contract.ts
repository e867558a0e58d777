/**
 * Publishing and replacing user contracts: `setCode` and `updateCode` of system.iost (spec go-iost
 * §5.2, §5.14). The order of the steps decides what a failed attempt costs.
 */

import { contractOfJson } from '../../iosvm/contract-json.ts';
import type { ContractObject, DeclaredAbi } from '../../iosvm/contract-object.ts';
import { decodeContract, encodeContract } from '../../iosvm/contract-protobuf.ts';
import { instrument } from '../../iosvm/instrument.ts';
import { contractValue, storedContract } from '../../iosvm/stored-contract.ts';
import { contractProblem } from '../../iosvm/validate.ts';
import { parseLimits } from '../amount-limit.ts';
import { FAILURE } from '../contract-failure.ts';
import { COST } from '../costs.ts';
import type { Host } from '../host.ts';
import { decimalOf } from '../known-token.ts';
import { publishedId } from '../published-id.ts';
import { codeKey, contractAnchor, mapKey, ROOT_ANCHOR } from '../state-key.ts';
import { stateValueBytes, utf8Bytes } from '../state-value.ts';
import type { NativeAbi } from './native-contract.ts';

const PUBLISH_GAS = 200_000;
const GAS_PER_CODE_BYTE = 70;
export const CODE_BYTES_MAX = 49_152;
const OWNERS = 'contract_owner';
const CAN_UPDATE = 'can_update';

/** `init` is callable while a contract is being published, by system.iost alone. */
const INIT: DeclaredAbi = { name: 'init', args: [], amountLimit: [] };

export const setCode: NativeAbi = {
  name: 'setCode',
  args: ['string'],
  home: 'new contract',
  run(host, [text]) {
    const published = readContract(host, String(text));
    const id = publishedId(host.id);
    const contract = prepare(host, { ...published, id });
    const initial = { ...contract, abi: [...contract.abi, INIT] };
    chargeEncoded(host, initial);
    host.payRam(host.publisher, chargedBytes(initial));
    if (storedContract(host.state, id) !== undefined) host.fail('contract exists');
    store(host, initial);
    host.call(id, INIT.name, []);
    store(host, contract);
    noteOwner(host, id);
    return [id];
  },
};

export const updateCode: NativeAbi = {
  name: 'updateCode',
  args: ['string', 'string'],
  home([text]) {
    const contract = parseContract(String(text));
    return contract === undefined ? ROOT_ANCHOR : contractAnchor(contract.id);
  },
  run(host, [text, data]) {
    if (host.frame.height > 1) host.fail("can't call UpdateCode from other contract");
    const published = readContract(host, String(text));
    const { id } = published;
    const current =
      host.contracts.get(id) === undefined ? storedContract(host.state, id) : undefined;
    if (current === undefined) return host.fail(`contract ${id} not found`);
    const gate = current.abi.find(({ name }) => name === CAN_UPDATE);
    if (gate?.args.length !== 1 || gate.args[0] !== 'string') return host.fail('update refused');
    const [allowed] = host.call(id, CAN_UPDATE, [String(data)]) ?? [];
    if (allowed !== 'true') host.fail('update refused');
    const contract = prepare(host, published);
    chargeEncoded(host, contract);
    host.payRam(host.publisher, chargedBytes(contract) - chargedBytes(current));
    store(host, contract);
    return [];
  },
};

/** JSON, or the base64 of the protobuf form. */
function parseContract(text: string): ContractObject | undefined {
  if (text.startsWith('{')) {
    const contract = contractOfJson(text);
    return contract.ok ? contract.value : undefined;
  }
  const bytes = bytesOfBase64(text);
  return bytes === undefined ? undefined : decodeContract(bytes);
}

function bytesOfBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function readContract(host: Host, text: string): ContractObject {
  if (host.engine === undefined) host.fail('this node runs no user contracts');
  return parseContract(text) ?? host.fail('invalid contract: neither JSON nor base64 of protobuf');
}

/** Checks and instruments what was published. */
function prepare(host: Host, published: ContractObject): ContractObject {
  const codeBytes = utf8Bytes(published.code);
  chargeWithin(host, PUBLISH_GAS + GAS_PER_CODE_BYTE * codeBytes);
  if (codeBytes > CODE_BYTES_MAX) host.fail(`code size invalid. max ${CODE_BYTES_MAX}`);
  if (published.language !== 'javascript') {
    host.fail(`contract language invalid: ${published.language}`);
  }
  const problem = contractProblem(published);
  if (problem !== undefined) host.fail(problem);
  checkAmountLimits(host, published);
  chargeWithin(host, codeBytes);
  const instrumented = instrument(published.code);
  if (!instrumented.ok) {
    return host.fail(`compile code error: Uncaught exception: ${instrumented.failure.message}`);
  }
  return { ...published, code: instrumented.value, originalCode: published.code };
}

/** One unit for each byte of what is stored, without id and source. */
function chargeEncoded(host: Host, contract: ContractObject): void {
  chargeWithin(host, encodeContract({ ...contract, id: '', originalCode: '' }).length);
}

/** Work that would not be paid for is not begun. */
function chargeWithin(host: Host, gas: number): void {
  host.charge(gas);
  if (host.gas > host.budget) host.fail(FAILURE.outOfGas);
}

function checkAmountLimits(host: Host, contract: ContractObject): void {
  for (const { amountLimit } of contract.abi) {
    host.chargeOp(amountLimit.length);
    const limits = parseLimits(amountLimit, (token) =>
      decimalOf(host.state, token, host.block.number),
    );
    if (!limits.ok) host.fail(limits.failure.message);
  }
}

function store(host: Host, contract: ContractObject): void {
  host.state.put(codeKey(contract.id), contractValue(contract));
}

/** The source is kept and not charged. */
function chargedBytes(contract: ContractObject): number {
  return encodeContract({ ...contract, originalCode: '' }).length;
}

/**
 * Each owner lies with his contract. The reference lists the contracts in an index beside them,
 * which would tie every publication to one chain; there is none here.
 */
function noteOwner(host: Host, id: string): void {
  const { publisher } = host;
  const value = { kind: 'string', value: publisher, payer: publisher } as const;
  const keyBytes = utf8Bytes(`${host.contract}-${OWNERS}`) + 2 * utf8Bytes(id);
  host.charge(COST.put);
  host.payRam(publisher, keyBytes + stateValueBytes(value));
  host.state.put(mapKey(host.contract, OWNERS, id), value);
}
