/**
 * Pre-signed transactions between the accounts of the bench genesis. Signing costs a third of
 * verifying, so nothing is signed while the clock runs.
 */

import { encodePublish, encodeTransaction } from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { type KeyPair, signDigest } from '#core/crypto/key-pair.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { benchAccountId, benchKeyPair } from '#core/ledger/genesis/bench-accounts.ts';
import { type BenchContractName, contractId, publication } from '../contracts/bench-contracts.ts';
import { type ActionSource, type LoadAction, nativeTransfer } from './load-actions.ts';

const LIFETIME_NS = 90_000_000_000n;
export const CHAIN_ID = 1020;
const ED25519 = 2;

export type LoadMix = {
  readonly accounts: number;
  readonly shards: number;
  /** Share of transactions whose receiver lives on another shard, 0 to 1. */
  readonly crossShardShare: number;
};

export type SignedTransactions = {
  readonly transactions: Uint8Array[];
  readonly ids: Uint8Array[];
};

export class TransactionFactory {
  readonly #mix: LoadMix;
  readonly #map: ShardMap;
  readonly #ids: readonly string[];
  readonly #keys: KeyPair[] = [];
  readonly #byShard: readonly (readonly number[])[];
  readonly #shardOf: readonly number[];
  #actions: ActionSource = nativeTransfer;
  #count = 0;

  constructor(mix: LoadMix) {
    this.#mix = mix;
    this.#map = ShardMap.balanced(mix.shards);
    this.#ids = Array.from({ length: mix.accounts }, (_, index) => benchAccountId(index));
    this.#shardOf = this.#ids.map((id) => this.#map.shardOfAccount(id));
    const byShard: number[][] = Array.from({ length: mix.shards }, () => []);
    for (const [index, shard] of this.#shardOf.entries()) byShard[shard]?.push(index);
    this.#byShard = byShard;
  }

  /** What the transactions do from now on. */
  use(actions: ActionSource): void {
    this.#actions = actions;
  }

  /** Full encodings and their ids; times are `nowMs` minus some nanoseconds, all different. */
  sign(count: number, nowMs: number): SignedTransactions {
    const transactions: Uint8Array[] = [];
    const ids: Uint8Array[] = [];
    const start = BigInt(nowMs) * 1_000_000n;
    for (let index = 0; index < count; index++) {
      const bytes = this.#next(start - BigInt(index));
      transactions.push(bytes);
      ids.push(sha3(bytes));
    }
    return { transactions, ids };
  }

  /** The transaction that publishes a contract on the given shard: its id decides where it lives. */
  publish(name: BenchContractName, shard: number, nowMs: number): SignedTransactions {
    const action = {
      contract: 'system.iost',
      actionName: 'setCode',
      data: publication(name),
      gasLimit: 100_000_000n,
    };
    const [publisher = 0] = this.#byShard[shard] ?? [];
    for (let time = BigInt(nowMs) * 1_000_000n; ; time--) {
      const bytes = this.#signed(publisher, action, time);
      const id = sha3(bytes);
      if (this.#map.shardOfContract(contractId(id)) !== shard) continue;
      return { transactions: [bytes], ids: [id] };
    }
  }

  #next(time: bigint): Uint8Array {
    const sequence = this.#count++;
    // A stride that is prime to the number of accounts visits them all, far apart.
    const from = (sequence * 7919) % this.#mix.accounts;
    const to = this.#receiver(from, sequence);
    const action = this.#actions({
      from: this.#ids[from] as string,
      to: this.#ids[to] as string,
      fromShard: this.#shardOf[from] as number,
      toShard: this.#shardOf[to] as number,
    });
    return this.#signed(from, action, time);
  }

  #signed(from: number, { gasLimit, ...action }: LoadAction, time: bigint): Uint8Array {
    const key = this.#keyOf(from);
    const unsigned = {
      time,
      expiration: time + LIFETIME_NS,
      gasRatio: 100n,
      gasLimit,
      delay: 0n,
      chainId: CHAIN_ID,
      signers: [],
      actions: [action],
      amountLimits: [{ token: 'iost', value: 'unlimited' }],
      signatures: [],
      publisher: this.#ids[from] as string,
      publisherSignatures: [],
    };
    const signature = signDigest(key, sha3(encodePublish(unsigned)));
    const { publicKey } = key;
    return encodeTransaction({
      ...unsigned,
      publisherSignatures: [{ algorithm: ED25519, signature, publicKey }],
    });
  }

  #receiver(from: number, sequence: number): number {
    const { shards, crossShardShare } = this.#mix;
    const home = this.#shardOf[from] as number;
    const isCross = shards > 1 && (sequence % 100) / 100 < crossShardShare;
    const shard = isCross ? (home + 1 + (sequence % (shards - 1))) % shards : home;
    const candidates = this.#byShard[shard] as readonly number[];
    const at = (sequence * 104_729) % candidates.length;
    // Whoever sends to itself does less than the others.
    const to = candidates[at] === from ? (at + 1) % candidates.length : at;
    return candidates[to] as number;
  }

  #keyOf(index: number): KeyPair {
    const known = this.#keys[index];
    if (known !== undefined) return known;
    const key = benchKeyPair(index);
    this.#keys[index] = key;
    return key;
  }
}
