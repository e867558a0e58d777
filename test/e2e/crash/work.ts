/**
 * Signed transactions of every kind that crosses chains: transfers and pledges (one hop), RAM, new
 * accounts and tokens (two hops over the root chain), money of an account that co-signs (locks). The
 * publishers are accounts of the bench genesis; which does what follows from the sequence number.
 */

import {
  type Action,
  encodeBase,
  encodePublish,
  encodeTransaction,
  type Signature,
  type Transaction,
} from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { type KeyPair, signDigest } from '#core/crypto/key-pair.ts';
import { benchAccountId, benchKeyPair } from '#core/ledger/genesis/bench-accounts.ts';

const CHAIN_ID = 1020;
const ED25519 = 2;
const LIFETIME_NS = 90_000_000_000n;
/** Primes, so that all accounts take turns. */
const PUBLISHER_STRIDE = 7919;
const RECEIVER_STRIDE = 104_729;
/** One transaction in so many is more than a transfer. */
const OTHER_EVERY = 25;
const OTHER_KINDS = 6;
/** The kind that takes money of the receiver, who signs for it. */
const COSIGNED = 3;

export type Work = { readonly id: Uint8Array; readonly bytes: Uint8Array };

export class WorkFactory {
  readonly #accounts: number;
  readonly #kinds: 'all' | 'transfers';
  readonly #keys = new Map<number, KeyPair>();
  #sequence = 0;

  /** `accounts`: of the bench genesis. */
  constructor(accounts: number, kinds: 'all' | 'transfers' = 'all') {
    this.#accounts = accounts;
    this.#kinds = kinds;
  }

  next(): Work {
    const sequence = this.#sequence++;
    const from = (sequence * PUBLISHER_STRIDE) % this.#accounts;
    const to = (sequence * RECEIVER_STRIDE + 1) % this.#accounts;
    const time = timeOf(sequence);
    const kind = this.#kinds === 'all' ? kindOf(sequence) : undefined;
    const isCosigned = kind === COSIGNED;
    const unsigned: Transaction = {
      time,
      expiration: time + LIFETIME_NS,
      gasRatio: 100n,
      gasLimit: 50_000_000n,
      delay: 0n,
      chainId: CHAIN_ID,
      signers: isCosigned ? [`${benchAccountId(to)}@active`] : [],
      actions: [actionOf(kind, sequence, benchAccountId(from), benchAccountId(to))],
      amountLimits: [{ token: 'iost', value: '100' }],
      signatures: [],
      publisher: benchAccountId(from),
      publisherSignatures: [],
    };
    const signatures = isCosigned ? [this.#sign(to, encodeBase(unsigned))] : [];
    const cosigned = { ...unsigned, signatures };
    const publisherSignatures = [this.#sign(from, encodePublish(cosigned))];
    const bytes = encodeTransaction({ ...cosigned, publisherSignatures });
    return { id: sha3(bytes), bytes };
  }

  #sign(account: number, content: Uint8Array): Signature {
    return signatureOf(this.#keyOf(account), content);
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

/** One action of an account of the bench genesis. No two sequence numbers give the same transaction. */
export function signedWork(
  account: number,
  sequence: number,
  action: Action,
  gasLimit: bigint,
): Work {
  const time = timeOf(sequence);
  const unsigned: Transaction = {
    time,
    expiration: time + LIFETIME_NS,
    gasRatio: 100n,
    gasLimit,
    delay: 0n,
    chainId: CHAIN_ID,
    signers: [],
    actions: [action],
    amountLimits: [],
    signatures: [],
    publisher: benchAccountId(account),
    publisherSignatures: [],
  };
  const publisherSignatures = [signatureOf(benchKeyPair(account), encodePublish(unsigned))];
  const bytes = encodeTransaction({ ...unsigned, publisherSignatures });
  return { id: sha3(bytes), bytes };
}

function timeOf(sequence: number): bigint {
  return BigInt(Date.now()) * 1_000_000n - BigInt(sequence % 1_000_000);
}

function signatureOf(key: KeyPair, content: Uint8Array): Signature {
  const signature = signDigest(key, sha3(content));
  return { algorithm: ED25519, signature, publicKey: key.publicKey };
}

/** `undefined` for a plain transfer. */
function kindOf(sequence: number): number | undefined {
  return sequence % OTHER_EVERY === 0 ? (sequence / OTHER_EVERY) % OTHER_KINDS : undefined;
}

function actionOf(kind: number | undefined, sequence: number, me: string, you: string): Action {
  const name = sequence.toString(36);
  switch (kind) {
    case undefined:
      return call('token.iost', 'transfer', ['iost', me, you, '0.01', '']);
    case 0:
      return call('ram.iost', 'buy', [me, you, 1000]);
    case 1:
      return call('gas.iost', 'pledge', [me, you, '1.5']);
    case 2:
      return call('auth.iost', 'signUp', [`new_${name}`, KEY, KEY]);
    case COSIGNED:
      return call('token.iost', 'transfer', ['iost', you, me, '0.01', '']);
    case 4:
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
