/**
 * What a contract sees of the node while an action runs: state with its costs, authority, calls to
 * other contracts, receipts and effects on other chains. One host serves one transaction. Costs are
 * counted in gas: CPU as is, bytes that go into the block (net) at 10 each.
 */

import { assert } from '../assert.ts';
import type { ReceiptEntry } from '../chain/receipt.ts';
import type { Transaction } from '../chain/transaction.ts';
import { readAccount } from './accounts.ts';
import type { Limit, Spend } from './amount-limit.ts';
import { applyCredit } from './apply-credit.ts';
import { type AuthorityAnswer, authorize } from './authority.ts';
import { ContractFailure, FAILURE } from './contract-failure.ts';
import type { ContractRegistry } from './contract-registry.ts';
import { COST, GAS_PER_NET_BYTE } from './costs.ts';
import type { Credit } from './credit.ts';
import { type ConsoleLevel, Emissions } from './emission.ts';
import type { ContractEngine } from './engine.ts';
import { requireExact } from './exact-balance.ts';
import { accountFact, type FactAnswer, toldFact } from './facts.ts';
import { currentGas, type GasRecord, readGas } from './gas.ts';
import { invoke } from './invoke.ts';
import { tokenDefinition } from './known-token.ts';
import { checkKey, fieldsOf, withField, withoutField } from './map-index.ts';
import type { Argument, ReturnValues } from './native/native-contract.ts';
import type { BlockContext, KeyLocks } from './ports.ts';
import {
  accountKey,
  factKey,
  isContractId,
  isSystemContract,
  mapIndexKey,
  mapKey,
  valueKey,
} from './state-key.ts';
import { ELSEWHERE, type StateOverlay } from './state-overlay.ts';
import { type StateValue, stateValueBytes, utf8Bytes } from './state-value.ts';
import type { TokenDefinition } from './token-definition.ts';
import { TransactionAuthority } from './transaction-authority.ts';

/** What contracts may store. */
export type Storable =
  | string
  | bigint
  | boolean
  | { readonly kind: 'json'; readonly value: string };

/** What every transaction of a block shares. */
export type LedgerEnvironment = {
  readonly overlay: StateOverlay;
  readonly block: BlockContext;
  readonly contracts: ContractRegistry;
  /** Runs user contracts; without one they do not exist. */
  readonly engine?: ContractEngine;
  /**
   * Answer `deferred` instead of a failed receipt: the publisher has reservations open, after whose
   * settlement the transaction may end differently.
   */
  readonly deferFailure?: boolean;
  /** Keys that are locked for transactions of other chains. */
  readonly locks?: KeyLocks;
  /** Carried keys whose values are exact (exact-balance.ts). */
  readonly exact?: ReadonlySet<string>;
};

/** Ids of contracts are shorter than this (spec go-iost §1.3); a prefix alone proves nothing. */
const CONTRACT_ID_LENGTH = 100;
/** Where token.iost keeps balances. */
const TOKENS = 'token.iost';
const BALANCES = 'TB';

/** One contract call that is running. */
export type Frame = {
  readonly contract: string;
  readonly abi: string;
  /** `<contract>/<abi>`, as receipts name it. */
  readonly funcName: string;
  /** The publisher for an action, else the calling contract. */
  readonly caller: { readonly name: string; readonly isAccount: boolean };
  /** 1 for an action. */
  readonly height: number;
  /** Contracts whose authority the callee may use. */
  readonly authority: readonly string[];
  /** In or below a JavaScript contract bytes for the block are not charged (spec §5.10). */
  readonly freeBytes: boolean;
  /** Gas of the action when the frame began. */
  readonly gasBefore: number;
  /** Who pays for bytes that the frame added, once they are more than none. */
  payers: Set<string> | undefined;
};

const NO_RECEIPTS: readonly ReceiptEntry[] = [];
const NO_CREDITS: readonly Credit[] = [];

export class Host {
  readonly state: StateOverlay;
  readonly block: BlockContext;
  readonly contracts: ContractRegistry;
  readonly engine: ContractEngine | undefined;
  readonly transaction: Transaction;
  /** The transaction's hash. */
  readonly id: Uint8Array;
  readonly publisher: string;
  readonly isGenesis: boolean;
  /** See `LedgerEnvironment`. */
  readonly exact: ReadonlySet<string> | undefined;
  readonly authority: TransactionAuthority;
  /** The publisher's gas record; read once, because every transaction needs it several times. */
  #publisherGas: GasRecord | undefined;
  #publisherGasNow: bigint | undefined;
  /** Whether an action has changed somebody's gas. */
  gasChanged = false;
  #publisherExists = false;
  #token: TokenDefinition | undefined;
  #tokenSymbol = '';
  /** Gas that the running action has used. */
  gas = 0;
  /** Gas that the running action may use. */
  budget = 0;
  /** Movements out of accounts by the running action. */
  readonly spends: Spend[] = [];
  /** Sums of the movements of all actions so far. */
  spent: readonly Spend[] = [];
  /** What the transaction allows to be moved. */
  limits: readonly Limit[] = [];
  #frame: Frame | undefined;
  #receipts: ReceiptEntry[] | undefined;
  #ram: Map<string, number> | undefined;
  #credits: Credit[] | undefined;
  #emissions: Emissions | undefined;
  /** Names of the calls on the stack below the action, for the re-entrance rule. */
  #calls: string[] | undefined;
  /** Balance entries that this transaction has moved tokens into or out of; a handful at most. */
  #touched: string[] | undefined;

  constructor(environment: LedgerEnvironment, transaction: Transaction, id: Uint8Array) {
    this.state = environment.overlay;
    this.block = environment.block;
    this.contracts = environment.contracts;
    this.engine = environment.engine;
    this.transaction = transaction;
    this.id = id;
    this.publisher = transaction.publisher;
    this.isGenesis = environment.block.number === 0;
    this.exact = environment.exact;
    this.authority = new TransactionAuthority(transaction);
  }

  get frame(): Frame {
    assert(this.#frame !== undefined, 'a contract is running');
    return this.#frame;
  }

  /** Id of the running contract. */
  get contract(): string {
    return this.frame.contract;
  }

  get caller(): Frame['caller'] {
    return this.frame.caller;
  }

  // Costs

  charge(gas: number): void {
    this.gas += gas;
  }

  /** "Common operations", 10 gas each. */
  chargeOp(operations: number): void {
    this.gas += operations * COST.operation;
  }

  /** Bytes that go into the block. */
  chargeBytes(bytes: number): void {
    if (this.#frame?.freeBytes !== true) this.gas += bytes * GAS_PER_NET_BYTE;
  }

  /** Ends the transaction where the running frame alone has used up what is left. */
  checkGas(): void {
    if (this.gas - this.frame.gasBefore > this.budget) this.fail(FAILURE.outOfGas);
  }

  /** Refuses: the whole transaction fails with this message. */
  fail(message: string): never {
    throw new ContractFailure(message);
  }

  // Authority

  /** Whether the transaction, or a calling contract, may act for `id` (spec §1.5). Charged. */
  requireAuth(id: string, permission: string): boolean {
    const answer = this.authorizeContract(id, permission);
    this.gas += answer.gas;
    return answer.granted;
  }

  /** As `requireAuth`, without charging. */
  authorizeContract(id: string, permission: string): AuthorityAnswer {
    if (this.isGenesis) return { granted: true, gas: 0 };
    if (isContractId(id)) {
      return { granted: this.frame.authority.includes(id), gas: COST.operation };
    }
    return authorize('contract', id, permission, this.authority, this.#account);
  }

  /** Whether the transaction's signatures hold a permission that it declares. Not charged here. */
  authorizeSigner(id: string, permission: string): AuthorityAnswer {
    // No contract lends its authority before the first action runs.
    if (isContractId(id)) return { granted: false, gas: COST.operation };
    return authorize('signer', id, permission, this.authority, this.#account);
  }

  /** Whether the publisher's signatures hold its `active` permission. Not charged here. */
  authorizePublisher(): AuthorityAnswer {
    if (isContractId(this.publisher)) return { granted: false, gas: COST.operation };
    const answer = authorize('publisher', this.publisher, 'active', this.authority, this.#account);
    this.#publisherExists = answer.granted;
    return answer;
  }

  get publisherGas(): GasRecord {
    this.#publisherGas ??= readGas(this.state, this.publisher);
    return this.#publisherGas;
  }

  /** What the publisher's record comes to at the time of the block. */
  get publisherGasNow(): bigint {
    this.#publisherGasNow ??= currentGas(this.publisherGas, this.block.time);
    return this.#publisherGasNow;
  }

  /** To be called by whoever writes a gas record, and when writes are undone. */
  noteGasChange(): void {
    this.gasChanged = true;
    this.#publisherGas = undefined;
    this.#publisherGasNow = undefined;
  }

  readonly #account = (id: string) => readAccount(this.state, id);

  /** Whether tokens may be sent to or from the id: a registered account or a contract. Free. */
  hasAccount(id: string): boolean {
    if (this.#publisherExists && id === this.publisher) return true;
    if (this.isGenesis) return true;
    if (id.startsWith('Contract') || isSystemContract(id)) return id.length < CONTRACT_ID_LENGTH;
    const { state } = this;
    if (state.getOwned(accountKey(id)) !== undefined) return true;
    // Most accounts of other chains are known by now; asking where they live would cost more.
    const fact = accountFact(id);
    if (state.getOwned(factKey(fact)) !== undefined) return this.fact(fact).yes;
    return state.find(accountKey(id)) === ELSEWHERE ? this.fact(fact).yes : false;
  }

  /**
   * Definition of a token. The last one is remembered, since the limits of a transfer and its movement
   * ask for the same; what was there once does not change.
   */
  token(symbol: string): TokenDefinition | undefined {
    if (this.#token === undefined || this.#tokenSymbol !== symbol) {
      this.#token = tokenDefinition(this.state, symbol, this.block.number);
      this.#tokenSymbol = symbol;
    }
    return this.#token;
  }

  /** A truth about another chain; ends the run as `missing` where it has not been told. */
  fact(fact: string): FactAnswer {
    return toldFact(this.state, fact, this.block.number);
  }

  // Storage of the running contract (spec §5.6)

  get(key: string): StateValue | undefined {
    this.gas += COST.get;
    return this.state.get(valueKey(this.contract, key));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  put(key: string, value: Storable, payer?: string): void {
    this.#checkKey(key);
    const stateKey = valueKey(this.contract, key);
    this.#store(stateKey, utf8Bytes(stateKey) - 2, value, payer);
  }

  del(key: string): void {
    this.#checkKey(key);
    this.gas += COST.delete;
    const stateKey = valueKey(this.contract, key);
    this.#release(stateKey, utf8Bytes(stateKey) - 2);
  }

  mapGet(key: string, field: string): StateValue | undefined {
    this.gas += COST.get;
    return this.state.get(mapKey(this.contract, key, field));
  }

  mapHas(key: string, field: string): boolean {
    return this.mapGet(key, field) !== undefined;
  }

  mapPut(key: string, field: string, value: Storable, payer?: string): void {
    this.#checkKey(key);
    this.#checkKey(field);
    this.#store(
      mapKey(this.contract, key, field),
      mapEntryBytes(this.contract, key, field),
      value,
      payer,
      () => this.#addField(mapIndexKey(this.contract, key), field),
    );
  }

  mapDel(key: string, field: string): void {
    this.#checkKey(key);
    this.#checkKey(field);
    this.gas += COST.delete;
    const stateKey = mapKey(this.contract, key, field);
    if (!this.state.has(stateKey)) return;
    this.#release(stateKey, mapEntryBytes(this.contract, key, field));
    this.#removeField(mapIndexKey(this.contract, key), field);
  }

  /** Fields of a map in the order of their first appearance; the index is capped (spec §5.6). */
  mapKeys(key: string): readonly string[] {
    this.gas += COST.keys;
    return fieldsOf(this.state.get(mapIndexKey(this.contract, key)));
  }

  globalGet(contract: string, key: string): StateValue | undefined {
    this.gas += COST.get;
    return this.state.get(valueKey(contract, key));
  }

  globalMapGet(contract: string, key: string, field: string): StateValue | undefined {
    this.gas += COST.get;
    const value = this.state.get(mapKey(contract, key, field));
    if (contract === TOKENS && key.startsWith(BALANCES)) {
      requireExact(this, key.slice(BALANCES.length), field);
    }
    return value;
  }

  globalMapKeys(contract: string, key: string): readonly string[] {
    this.gas += COST.keys;
    return fieldsOf(this.state.get(mapIndexKey(contract, key)));
  }

  /** Adds a field to a map's index; free, as part of the put. */
  #addField(indexKey: string, field: string): void {
    const index = this.state.get(indexKey);
    const longer = withField(index, field);
    if (longer !== index) this.state.put(indexKey, longer);
  }

  #removeField(indexKey: string, field: string): void {
    const index = this.state.get(indexKey);
    if (index === undefined) return;
    const shorter = withoutField(index, field);
    if (shorter === undefined) this.state.delete(indexKey);
    else this.state.put(indexKey, shorter);
  }

  #checkKey(key: string): void {
    const problem = checkKey(key);
    if (problem === undefined) return;
    this.chargeOp(1);
    this.fail(problem);
  }

  #store(
    stateKey: string,
    keyBytes: number,
    value: Storable,
    payer?: string,
    whenNew?: () => void,
  ): void {
    const old = this.state.get(stateKey);
    const by = payer ?? payerOf(old) ?? this.contract;
    const stored = stateValueOf(value, by);
    const bytes = stateValueBytes(stored);
    this.gas += Math.max(COST.put, Math.floor(bytes / 10));
    if (old === undefined) whenNew?.();
    const oldBytes = old === undefined ? 0 : keyBytes + stateValueBytes(old);
    this.#payChange(payerOf(old) ?? this.contract, oldBytes, by, keyBytes + bytes);
    if (old === undefined) this.state.put(stateKey, stored);
    else this.state.update(stateKey, stored);
  }

  #release(stateKey: string, keyBytes: number): void {
    const old = this.state.get(stateKey);
    if (old === undefined) return;
    this.payRam(payerOf(old) ?? this.contract, -(keyBytes + stateValueBytes(old)));
    this.state.delete(stateKey);
  }

  #payChange(oldPayer: string, oldBytes: number, payer: string, bytes: number): void {
    if (oldBytes === 0 || oldPayer === payer) {
      this.payRam(payer, bytes - oldBytes);
      return;
    }
    this.payRam(oldPayer, -oldBytes);
    this.payRam(payer, bytes);
  }

  // RAM

  /** Charges `bytes` to `payer`, or gives them back; settled when the transaction ends. */
  payRam(payer: string, bytes: number): void {
    if (bytes === 0 || isSystemContract(payer)) return;
    this.#ram ??= new Map();
    this.#ram.set(payer, (this.#ram.get(payer) ?? 0) + bytes);
    if (bytes > 0 && this.#frame !== undefined) {
      this.#frame.payers ??= new Set();
      this.#frame.payers.add(payer);
    }
  }

  /** Net bytes by payer so far. */
  get ram(): ReadonlyMap<string, number> | undefined {
    return this.#ram;
  }

  // Receipts and calls

  /** Adds an entry `<contract>/<abi>` to the receipt. */
  receipt(content: string): void {
    const entry = { funcName: this.frame.funcName, content };
    if (this.#receipts === undefined) this.#receipts = [entry];
    else this.#receipts.push(entry);
    this.chargeBytes(utf8Bytes(content));
  }

  get receipts(): readonly ReceiptEntry[] {
    return this.#receipts ?? NO_RECEIPTS;
  }

  /** Tells whoever listens outside; costs by its length, and leaves no trace in the block. */
  event(content: string): void {
    this.gas += utf8Bytes(content) * COST.eventByte;
    this.#emissions ??= new Emissions();
    this.#emissions.event(this.contract, this.frame.funcName, content);
  }

  /** A line that the contract writes for its author; free. */
  consoleLine(level: ConsoleLevel, text: string): void {
    this.#emissions ??= new Emissions();
    this.#emissions.line(this.contract, level, text);
  }

  get emissions(): Emissions | undefined {
    return this.#emissions;
  }

  /** Calls another contract; `withAuth` lends it the authority of this one. */
  call(
    contract: string,
    abi: string,
    args: string | readonly Argument[],
    withAuth = false,
  ): ReturnValues {
    const below = this.frame;
    const record = `${contract}-${abi}`;
    this.#calls ??= [];
    if (this.#calls.includes(record)) this.fail(FAILURE.reenter);
    this.#calls.push(record);
    const authority = withAuth ? [...below.authority, below.contract] : below.authority;
    const returned = invoke(this, {
      contract,
      abi,
      args,
      authority,
      caller: { name: below.contract, isAccount: false },
      height: below.height + 1,
    });
    this.#calls.pop();
    this.chargeOp(below.height);
    return returned;
  }

  /** Makes another frame the running one and answers that before it. For `invoke` only. */
  enter(frame: Frame | undefined): Frame | undefined {
    const before = this.#frame;
    this.#frame = frame;
    return before;
  }

  // Effects on other chains

  /** Books the effect here where its target is in reach, else it leaves with the block. */
  credit(credit: Credit): void {
    const followUps = applyCredit(this.state, credit, this.block);
    if (followUps === ELSEWHERE) this.emit(credit);
    else for (const followUp of followUps) this.credit(followUp);
    if (credit.kind === 'pledge') this.noteGasChange();
  }

  /** Sends the effect away. */
  emit(credit: Credit): void {
    this.#credits ??= [];
    this.#credits.push(credit);
  }

  get credits(): readonly Credit[] {
    return this.#credits ?? NO_CREDITS;
  }

  /** Whether this transaction moved tokens into or out of the balance before; it has from now on. */
  touchedBefore(balanceKey: string): boolean {
    if (this.#touched === undefined) this.#touched = [balanceKey];
    else if (this.#touched.includes(balanceKey)) return true;
    else this.#touched.push(balanceKey);
    return false;
  }
}

function stateValueOf(value: Storable, payer: string): StateValue {
  switch (typeof value) {
    case 'string':
      return { kind: 'string', value, payer };
    case 'bigint':
      return { kind: 'int', value, payer };
    case 'boolean':
      return { kind: 'bool', value, payer };
    default:
      return { kind: 'json', value: value.value, payer };
  }
}

function payerOf(value: StateValue | undefined): string | undefined {
  if (value === undefined || value.kind === 'bytes') return undefined;
  return value.payer === '' ? undefined : value.payer;
}

/** Bytes that a map entry costs beside its value (spec §5.6). */
function mapEntryBytes(contract: string, key: string, field: string): number {
  return utf8Bytes(contract) + 1 + utf8Bytes(key) + 2 * utf8Bytes(field);
}
