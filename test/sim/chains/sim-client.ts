/**
 * Makes transactions for a simulated network. Signatures are of the right keys but empty: the chains
 * trust the verifier for them, and the simulator stands after it.
 */

import { type Action, type AmountLimit, encodeTransaction } from '#core/chain/transaction.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import type { SimNetwork } from './sim-network.ts';

const NS_PER_MS = 1_000_000n;
const LIFETIME_NS = 90_000_000_000n;

export type SimTransaction = {
  readonly publisher: string;
  readonly actions: readonly Action[];
  readonly amountLimits?: readonly AmountLimit[];
  readonly gasLimit?: bigint;
  readonly signers?: readonly string[];
};

export class SimClient {
  readonly #network: SimNetwork;
  readonly #shards: ShardMap;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  #nonce = 0n;

  /** `keys`: base58 public key of each account that publishes. */
  constructor(network: SimNetwork, shards: number, keys: ReadonlyMap<string, string>) {
    this.#network = network;
    this.#shards = ShardMap.balanced(shards);
    this.#keys = new Map(
      [...keys].map(([account, key]) => [account, base58Decode(key) as Uint8Array]),
    );
  }

  /** Sends it on its way and answers its id. */
  send(transaction: SimTransaction): Uint8Array {
    this.#nonce += 1n;
    const time = BigInt(this.#network.nowMs) * NS_PER_MS - this.#nonce;
    const publicKey = this.#keys.get(transaction.publisher) ?? new Uint8Array(32);
    const algorithm = publicKey.length === 33 ? 1 : 2;
    const bytes = encodeTransaction({
      time,
      expiration: time + LIFETIME_NS,
      gasRatio: 100n,
      gasLimit: transaction.gasLimit ?? 100_000_00n,
      delay: 0n,
      chainId: 1020,
      signers: transaction.signers ?? [],
      actions: transaction.actions,
      amountLimits: transaction.amountLimits ?? [{ token: '*', value: 'unlimited' }],
      signatures: [],
      publisher: transaction.publisher,
      publisherSignatures: [{ algorithm, signature: new Uint8Array(64), publicKey }],
    });
    const id = sha3(bytes);
    this.#network.submit(this.#shards.shardOfAccount(transaction.publisher), [{ id, bytes }]);
    return id;
  }
}

export function call(contract: string, actionName: string, ...args: readonly unknown[]): Action {
  return { contract, actionName, data: JSON.stringify(args) };
}
