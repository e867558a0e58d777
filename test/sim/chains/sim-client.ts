/**
 * Makes transactions for a simulated network. Signatures are of the right keys but empty: the chains
 * trust the verifier for them, and the simulator stands after it.
 */

import {
  type Action,
  type AmountLimit,
  encodeTransaction,
  type Signature,
} from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import type { SimNetwork } from './sim-network.ts';

const NS_PER_MS = 1_000_000n;
const LIFETIME_MS = 90_000;
const NO_KEY = new Uint8Array(32);

export type SimTransaction = {
  readonly publisher: string;
  readonly actions: readonly Action[];
  readonly amountLimits?: readonly AmountLimit[];
  readonly gasLimit?: bigint;
  /** `account@permission` each; those accounts sign. */
  readonly signers?: readonly string[];
  /** Whose keys sign as publisher; the publisher's own unless said. */
  readonly publishedBy?: readonly string[];
  readonly lifetimeMs?: number;
  /** Of the network it is for. */
  readonly chainId?: number;
};

export type Sent = { readonly shard: number; readonly id: Uint8Array; readonly bytes: Uint8Array };

/** A network without chains: for transactions that are run in another way. */
type Clock = { readonly nowMs: number };

export class SimClient {
  readonly #network: Clock & Partial<SimNetwork>;
  readonly #shards: ShardMap;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #sent: Sent[] = [];
  #nonce = 0n;

  /** `keys`: base58 public key of each account that publishes; more may come later. */
  constructor(network: SimNetwork | Clock, shards: number, keys: ReadonlyMap<string, string>) {
    this.#network = network;
    this.#shards = ShardMap.balanced(shards);
    this.#keys = keys;
  }

  /** Sends it on its way and answers its id. */
  send(transaction: SimTransaction): Uint8Array {
    const sent = this.next(transaction);
    this.#submit(sent);
    return sent.id;
  }

  /** Sends the transaction with this number, as counted from 0 by `send`, once more. */
  sendAgain(index: number): void {
    this.#submit(this.#sent[index] as Sent);
  }

  /** The transaction as it would be sent; no two are the same. */
  next(transaction: SimTransaction): Sent {
    this.#nonce += 1n;
    const time = BigInt(this.#network.nowMs) * NS_PER_MS - this.#nonce;
    const bytes = this.#encode(transaction, time);
    const shard = this.#shards.shardOfAccount(transaction.publisher);
    const sent = { shard, id: sha3(bytes), bytes };
    this.#sent.push(sent);
    return sent;
  }

  #submit(sent: Sent): void {
    this.#network.submit?.(sent.shard, [sent]);
  }

  /** The full encoding with the given time in nanoseconds. */
  #encode(transaction: SimTransaction, time: bigint): Uint8Array {
    const signers = transaction.signers ?? [];
    return encodeTransaction({
      time,
      expiration: time + BigInt(transaction.lifetimeMs ?? LIFETIME_MS) * NS_PER_MS,
      gasRatio: 100n,
      gasLimit: transaction.gasLimit ?? 100_000_00n,
      delay: 0n,
      chainId: transaction.chainId ?? 1020,
      signers,
      actions: transaction.actions,
      amountLimits: transaction.amountLimits ?? [{ token: '*', value: 'unlimited' }],
      signatures: signers.map((signer) => this.#signature(signer.split('@')[0] ?? '')),
      publisher: transaction.publisher,
      publisherSignatures: (transaction.publishedBy ?? [transaction.publisher]).map((account) =>
        this.#signature(account),
      ),
    });
  }

  #signature(account: string): Signature {
    const key = this.#keys.get(account);
    const publicKey = key === undefined ? undefined : base58Decode(key);
    if (publicKey === undefined)
      return { algorithm: 2, signature: new Uint8Array(64), publicKey: NO_KEY };
    const algorithm = publicKey.length === 33 ? 1 : 2;
    return { algorithm, signature: new Uint8Array(64), publicKey };
  }
}

export function call(contract: string, actionName: string, ...args: readonly unknown[]): Action {
  return { contract, actionName, data: JSON.stringify(args) };
}
