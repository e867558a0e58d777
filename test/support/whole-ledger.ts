/**
 * A ledger for tests of contracts: it holds everything, starts from a genesis and runs transactions
 * whose publishers and signers are taken to have signed with their active keys.
 */

import type { Receipt } from '#core/chain/receipt.ts';
import { decodeTransaction, encodeTransaction } from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { readAccount } from '#core/ledger/accounts.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { spendableBalance } from '#core/ledger/balances.ts';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import type { Outcome } from '#core/ledger/outcome.ts';
import type { Placement, StateReader } from '#core/ledger/ports.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';

export type CallOptions = {
  /** `account@permission`; those accounts' owner keys sign too. */
  readonly signers?: readonly string[];
  /** `*: unlimited` unless said. */
  readonly amountLimits?: readonly { readonly token: string; readonly value: string }[];
};

const WHOLE: Placement = { self: 0, chainOf: () => 0 };
const GAS_LIMIT = 100_000_000n;
const LIFETIME_NS = 90_000_000_000n;

export class WholeLedger {
  readonly contracts = builtinContracts();
  readonly state: StateOverlay;
  /** Of the block that the next calls run in. */
  time: bigint;
  number = 1;
  #nonce = 0n;

  constructor(genesis: Genesis) {
    const base: StateReader = wholeState(genesis, this.contracts);
    this.state = new StateOverlay(base, WHOLE);
    this.time = genesis.initialTimestamp;
  }

  /** Runs one action and answers its receipt; a transaction that is dropped is a failed test. */
  call(
    publisher: string,
    contract: string,
    actionName: string,
    args: readonly unknown[],
    options: CallOptions = {},
  ): Receipt {
    const outcome = this.apply(publisher, contract, actionName, args, options);
    if (outcome.kind !== 'executed') throw new Error(`not executed: ${JSON.stringify(outcome)}`);
    return outcome.receipt;
  }

  apply(
    publisher: string,
    contract: string,
    actionName: string,
    args: readonly unknown[],
    options: CallOptions = {},
  ): Outcome {
    const signers = options.signers ?? [];
    this.#nonce += 1n;
    const bytes = encodeTransaction({
      time: this.time,
      expiration: this.time + LIFETIME_NS + this.#nonce,
      gasRatio: 100n,
      gasLimit: GAS_LIMIT,
      delay: 0n,
      chainId: 1020,
      signers,
      actions: [{ contract, actionName, data: JSON.stringify(args) }],
      amountLimits: options.amountLimits ?? [{ token: '*', value: 'unlimited' }],
      signatures: signers.map((signer) => this.#signature(signer.split('@')[0] ?? '', 'owner')),
      publisher,
      publisherSignatures: [this.#signature(publisher, 'active')],
    });
    const transaction = decodeTransaction(bytes);
    if (transaction === undefined) throw new Error('the transaction has a canonical form');
    const block = {
      number: this.number,
      parentHash: new Uint8Array(32),
      witness: '',
      time: this.time,
      chainId: 1020,
    };
    const environment = { overlay: this.state, block, contracts: this.contracts };
    return applyTransaction(environment, transaction, sha3(bytes));
  }

  balance(account: string, token: string): bigint {
    return spendableBalance(this.state, account, token, this.time);
  }

  /** The stored text of the account's record. */
  record(account: string): string {
    return JSON.stringify(readAccount(this.state, account)?.record);
  }

  #signature(account: string, permission: string) {
    const key = readAccount(this.state, account)?.record.permissions[permission]?.items[0]?.id;
    const publicKey = base58Decode(key ?? '') ?? new Uint8Array();
    const algorithm = publicKey.length === 33 ? 1 : 2;
    return { algorithm, publicKey, signature: new Uint8Array(64) };
  }
}
