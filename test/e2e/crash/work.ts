/**
 * Signed transactions of every kind that crosses chains: transfers and pledges (one hop), RAM, new
 * accounts and tokens (two hops over the root chain). The publishers are accounts of the bench
 * genesis; which does what follows from the sequence number alone.
 */

import {
  type Action,
  encodePublish,
  encodeTransaction,
  type Transaction,
} from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { type KeyPair, signDigest } from '#core/crypto/key-pair.ts';
import { benchAccountId, benchKeyPair } from '#core/ledger/genesis/bench-accounts.ts';

export const BENCH_ACCOUNTS = 10_000;
const CHAIN_ID = 1020;
const ED25519 = 2;
const LIFETIME_NS = 90_000_000_000n;
/** Primes, so that all accounts take turns. */
const PUBLISHER_STRIDE = 7919;
const RECEIVER_STRIDE = 104_729;
/** One transaction in so many goes over the root chain. */
const ROOT_EVERY = 25;

export type Work = { readonly id: Uint8Array; readonly bytes: Uint8Array };

export class WorkFactory {
  readonly #keys = new Map<number, KeyPair>();
  #sequence = 0;

  next(): Work {
    const sequence = this.#sequence++;
    const from = (sequence * PUBLISHER_STRIDE) % BENCH_ACCOUNTS;
    const time = BigInt(Date.now()) * 1_000_000n - BigInt(sequence % 1_000_000);
    const unsigned: Transaction = {
      time,
      expiration: time + LIFETIME_NS,
      gasRatio: 100n,
      gasLimit: 50_000_000n,
      delay: 0n,
      chainId: CHAIN_ID,
      signers: [],
      actions: [actionOf(sequence, from)],
      amountLimits: [{ token: 'iost', value: '100' }],
      signatures: [],
      publisher: benchAccountId(from),
      publisherSignatures: [],
    };
    const key = this.#keyOf(from);
    const signature = signDigest(key, sha3(encodePublish(unsigned)));
    const { publicKey } = key;
    const bytes = encodeTransaction({
      ...unsigned,
      publisherSignatures: [{ algorithm: ED25519, signature, publicKey }],
    });
    return { id: sha3(bytes), bytes };
  }

  #keyOf(index: number): KeyPair {
    let key = this.#keys.get(index);
    if (key === undefined) {
      key = benchKeyPair(index);
      this.#keys.set(index, key);
    }
    return key;
  }
}

function actionOf(sequence: number, from: number): Action {
  const me = benchAccountId(from);
  const you = benchAccountId((sequence * RECEIVER_STRIDE + 1) % BENCH_ACCOUNTS);
  const name = sequence.toString(36);
  if (sequence % ROOT_EVERY !== 0) {
    return call('token.iost', 'transfer', ['iost', me, you, '0.01', '']);
  }
  switch ((sequence / ROOT_EVERY) % 5) {
    case 0:
      return call('ram.iost', 'buy', [me, you, 1000]);
    case 1:
      return call('gas.iost', 'pledge', [me, you, '1.5']);
    case 2:
      return call('auth.iost', 'signUp', [`new_${name}`, KEY, KEY]);
    case 3:
      return call('token.iost', 'create', [`t_${name}`, me, 1000, {}]);
    default:
      // Fails: nobody has so much.
      return call('ram.iost', 'sell', [me, me, 1_000_000]);
  }
}

const KEY = 'Gcv8c2tH8qZrUYnKdEEdTtASsxivic2834MQW6mgxqto';

function call(contract: string, actionName: string, args: readonly unknown[]): Action {
  return { contract, actionName, data: JSON.stringify(args) };
}
