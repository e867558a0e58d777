/**
 * Runs transactions against a ledger in memory, with the parameters of the reference's own test
 * harness (spec go-iost §9): block 1 at 2018-11-06, accounts user_0 … user_9 with its published keys,
 * 100,000,000 gas and 10,000 RAM each, amounts unlimited.
 */

import assert from 'node:assert/strict';
import type { Receipt } from '#core/chain/receipt.ts';
import {
  type Action,
  type DecodedTransaction,
  decodeTransaction,
  encodeTransaction,
  type Transaction,
} from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { keyPairOfText } from '#core/crypto/key-pair.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { ContractRegistry } from '#core/ledger/contract-registry.ts';
import type { Credit } from '#core/ledger/credit.ts';
import type { ContractEngine } from '#core/ledger/engine.ts';
import { gasValue } from '#core/ledger/gas.ts';
import { domainContract } from '#core/ledger/native/domain-contract.ts';
import { gasContract } from '#core/ledger/native/gas-contract.ts';
import type { NativeContract } from '#core/ledger/native/native-contract.ts';
import { systemContract } from '#core/ledger/native/system-contract.ts';
import { type TokenVersion, tokenContract } from '#core/ledger/native/token/token-contract.ts';
import { token721Contract } from '#core/ledger/native/token721-contract.ts';
import type { CarriedState, Outcome } from '#core/ledger/outcome.ts';
import type { BlockContext, Placement } from '#core/ledger/ports.ts';
import { accountKey, balanceKey, gasKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';

/** Published secrets of the harness accounts (spec §9). */
const SECRETS = [
  '546aCDG9igGgZqVZeybajaorP5ZeF9ghLu2oLncXk3d6',
  'GJt5WSSv5WZi1axd3qkb1vLEfxCEgKGupcXf45b5tERU',
  'DXNYRwG7dRFkbWzMNEbKfBhuS8Yn51x9J6XuTdNwB11M',
  '7CnwT7BXkEFAVx6QZqC7gkDhQwbvC3d2CkMZvXHZdDMN',
  'Htarc5Sp4trjqY4WrTLtZ85CF6qx87v7CRwtV4RRGnbF',
  '8dJ9YKovJ5E7hkebAQaScaG1BA8snRUHPUbVcArcTVq6',
  'AG8uECmAwFis8uxTdWqcgGD9tGDwoP6CxqhkhpuCdSeC',
  'Bk8bAyG4VLBcrsoRErPuQGhwCy4C1VxfKE4jjX9oLhv',
  '7U3uwEeGc2TF3Xde2oT66eTx1Uw15qRqYuTnMd3NNjai',
  'EhNiaU4DzUmjCrvynV3gaUeuj2VjB1v2DCmbGD5U2nSE',
] as const;

export const HARNESS_TIME = 1_541_541_540_000_000_000n;

export const LOCAL_PLACEMENT: Placement = { self: 0, chainOf: () => 0 };

export type SimulatorOptions = {
  readonly tokenVersion?: TokenVersion;
  readonly domainVersion?: '0.0.0' | '1.0.0';
  readonly contracts?: readonly NativeContract[];
  readonly placement?: Placement;
  /** Runs user contracts. */
  readonly engine?: ContractEngine;
};

export type CallOptions = {
  readonly signers?: readonly string[];
  /** Accounts whose keys sign as signers. */
  readonly signedBy?: readonly string[];
  /** Accounts whose keys sign as publisher; the publisher's own unless said. */
  readonly publishedBy?: readonly string[];
  readonly fields?: Partial<Transaction>;
  readonly carried?: CarriedState;
};

export class LedgerSimulator {
  readonly base = new Map<string, StateValue>();
  readonly contracts: ContractRegistry;
  readonly placement: Placement;
  readonly #engine: ContractEngine | undefined;
  time = HARNESS_TIME;
  number = 1;

  constructor(options: SimulatorOptions = {}) {
    this.placement = options.placement ?? LOCAL_PLACEMENT;
    this.#engine = options.engine;
    this.contracts = new ContractRegistry([
      systemContract,
      tokenContract(options.tokenVersion ?? '1.0.0'),
      token721Contract,
      gasContract,
      domainContract(options.domainVersion ?? '0.0.0'),
      ...(options.contracts ?? []),
    ]);
  }

  get block(): BlockContext {
    return {
      number: this.number,
      parentHash: new TextEncoder().encode('abc'),
      witness: 'witness',
      time: this.time,
      chainId: 0,
    };
  }

  /** The harness accounts `user_0` … as many as asked for. */
  addAccounts(count = 3): this {
    for (let index = 0; index < count; index++) this.addAccount(`user_${index}`);
    return this;
  }

  addAccount(id: string, record = harnessRecord(id)): this {
    this.setRecord(id, record);
    return this.setGas(id, 100_000_000n).setBalance(id, 'ram', 10_000n);
  }

  setRecord(id: string, record: object): this {
    this.base.set(accountKey(id), { kind: 'string', value: JSON.stringify(record), payer: '' });
    return this;
  }

  /** Whole gas; limit and stock alike, nothing refills. */
  setGas(id: string, gas: bigint): this {
    const stock = gas * 100n;
    this.base.set(gasKey(id), gasValue({ total: 0n, limit: stock, stock, updatedAt: 0n }));
    return this;
  }

  setBalance(id: string, token: string, units: bigint): this {
    this.base.set(balanceKey(id, token), { kind: 'int', value: units, payer: 'token.iost' });
    return this;
  }

  balance(id: string, token = 'iost'): bigint {
    const value = this.base.get(balanceKey(id, token));
    return value?.kind === 'int' ? value.value : 0n;
  }

  /** The token of the harness: 1,000,000 iost in all, 1,000 of them issued to user_0. */
  createIost(): this {
    this.succeed('token.iost', 'create', ['iost', 'user_0', 1_000_000, {}]);
    this.succeed('token.iost', 'issue', ['iost', 'user_0', '1000']);
    return this;
  }

  transaction(
    actions: readonly Action[],
    publisher: string,
    options: CallOptions,
  ): DecodedTransaction {
    const unsigned: Transaction = {
      time: this.time,
      expiration: this.time + 400_000_000n,
      gasRatio: 100n,
      gasLimit: 100_000_000n,
      delay: 0n,
      chainId: 0,
      signers: options.signers ?? [],
      actions,
      amountLimits: [{ token: '*', value: 'unlimited' }],
      signatures: (options.signedBy ?? []).map(signatureOf),
      publisher,
      publisherSignatures: (options.publishedBy ?? [publisher]).map(signatureOf),
      ...options.fields,
    };
    const decoded = decodeTransaction(encodeTransaction(unsigned));
    assert(decoded !== undefined);
    return decoded;
  }

  /** Runs one action; what it changes is committed at once. */
  call(
    contract: string,
    actionName: string,
    args: readonly unknown[] | string,
    publisher = 'user_0',
    options: CallOptions = {},
  ): Outcome {
    const data = typeof args === 'string' ? args : JSON.stringify(args);
    return this.run([{ contract, actionName, data }], publisher, options);
  }

  run(actions: readonly Action[], publisher = 'user_0', options: CallOptions = {}): Outcome {
    const transaction = this.transaction(actions, publisher, options);
    const overlay = new StateOverlay(this.base, this.placement);
    const environment = {
      overlay,
      block: this.block,
      contracts: this.contracts,
      ...(this.#engine === undefined ? {} : { engine: this.#engine }),
    };
    const id = sha3(transaction.bytes);
    const outcome = applyTransaction(environment, transaction, id, options.carried);
    for (const [key, value] of overlay.changes()) {
      if (value === undefined) this.base.delete(key);
      else this.base.set(key, value);
    }
    return outcome;
  }

  /** The receipt of a call that has to get into a block. */
  receipt(...call: Parameters<LedgerSimulator['call']>): Receipt {
    return receiptOf(this.call(...call));
  }

  /** As `receipt` for a call that has to succeed. */
  succeed(...call: Parameters<LedgerSimulator['call']>): Receipt {
    const receipt = this.receipt(...call);
    assert.equal(receipt.message, '');
    assert.equal(receipt.statusCode, 0);
    return receipt;
  }

  /** The reason for which a call failed, without the description of the action. */
  failure(...call: Parameters<LedgerSimulator['call']>): string {
    const { statusCode, message } = this.receipt(...call);
    assert.notEqual(statusCode, 0, 'the call has to fail');
    return message.slice(message.lastIndexOf(' error: ') + ' error: '.length);
  }

  /** What the one action of a successful call returns. */
  returned(...call: Parameters<LedgerSimulator['call']>): unknown[] {
    return JSON.parse(this.succeed(...call).returns[0] as string);
  }
}

export function receiptOf(outcome: Outcome): Receipt {
  assert.equal(outcome.kind, 'executed', JSON.stringify(outcome, bigintText));
  assert(outcome.kind === 'executed');
  return outcome.receipt;
}

export function creditsOf(outcome: Outcome): readonly Credit[] {
  receiptOf(outcome);
  assert(outcome.kind === 'executed');
  return outcome.credits;
}

/** Base58 public key of a harness account; accounts beyond the published ones get one by name. */
export function publicKeyOf(id: string): string {
  return base58Encode(rawKeyOf(id));
}

function rawKeyOf(id: string): Uint8Array {
  const secret = SECRETS[Number(id.split('_')[1])];
  if (secret === undefined) return sha3(`key of ${id}`);
  const pair = keyPairOfText('secp256k1', secret);
  assert(pair.ok);
  return pair.value.publicKey;
}

function signatureOf(id: string): Transaction['signatures'][number] {
  const publicKey = rawKeyOf(id);
  const algorithm = publicKey.length === 33 ? 1 : 2;
  return { algorithm, signature: new Uint8Array(64), publicKey };
}

/** One key with weight and threshold 1, in the field order of the reference's test helper. */
export function harnessRecord(id: string): object {
  const items = [{ id: publicKeyOf(id), permission: '', is_key_pair: true, weight: 1 }];
  return {
    id,
    referrer: '',
    groups: {},
    permissions: {
      active: { name: 'active', groups: null, items, threshold: 1 },
      owner: { name: 'owner', groups: null, items, threshold: 1 },
    },
  };
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
