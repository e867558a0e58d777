/** Transactions for tests, signed by keys made from a name. */

import { readFileSync } from 'node:fs';
import {
  encodeBase,
  encodePublish,
  encodeTransaction,
  type Signature,
  type Transaction,
} from '#core/chain/transaction.ts';
import { sha3, sha256 } from '#core/crypto/hash.ts';
import { ed25519KeyPair, type KeyPair, signDigest } from '#core/crypto/key-pair.ts';

export function keyPairNamed(name: string): KeyPair {
  return ed25519KeyPair(sha256(`test key of ${name}`));
}

export type SigningOptions = {
  /** `account@permission`; the account's key signs the base digest. */
  readonly signers?: readonly string[];
  /** Keys of the publisher's signatures; its own unless said. */
  readonly publisherKeys?: readonly KeyPair[];
  readonly fields?: Partial<Transaction>;
};

/** A transfer of 1 IOST from the publisher to `bob`, signed. */
export function signedTransfer(publisher: string, options: SigningOptions = {}): Transaction {
  const signers = options.signers ?? [];
  const unsigned: Transaction = {
    time: 1_700_000_000_000_000_000n,
    expiration: 1_700_000_090_000_000_000n,
    gasRatio: 100n,
    gasLimit: 100_000_00n,
    delay: 0n,
    chainId: 1020,
    signers,
    actions: [
      {
        contract: 'token.iost',
        actionName: 'transfer',
        data: JSON.stringify(['iost', publisher, 'bob', '1', '']),
      },
    ],
    amountLimits: [{ token: 'iost', value: 'unlimited' }],
    signatures: [],
    publisher,
    publisherSignatures: [],
    ...options.fields,
  };
  const base = sha3(encodeBase(unsigned));
  const withSigners = {
    ...unsigned,
    signatures: signers.map((signer) =>
      signatureOf(keyPairNamed(signer.split('@')[0] as string), base),
    ),
  };
  const publish = sha3(encodePublish(withSigners));
  const publisherKeys = options.publisherKeys ?? [keyPairNamed(publisher)];
  return {
    ...withSigners,
    publisherSignatures: publisherKeys.map((pair) => signatureOf(pair, publish)),
  };
}

/** The recorded transactions of the published client: name and full encoding. */
export function recordedTransactions(): readonly { readonly name: string; bytes: Uint8Array }[] {
  const path = new URL('../conformance/vectors/iostjs-transactions.json', import.meta.url);
  const file = JSON.parse(readFileSync(path, 'utf8')) as {
    transactions: { name: string; derived: { full_bytes_hex: string } }[];
  };
  return file.transactions.map(({ name, derived }) => ({
    name,
    bytes: new Uint8Array(Buffer.from(derived.full_bytes_hex, 'hex')),
  }));
}

export function encodedTransfer(publisher: string, options: SigningOptions = {}): Uint8Array {
  return encodeTransaction(signedTransfer(publisher, options));
}

function signatureOf(pair: KeyPair, digest: Uint8Array): Signature {
  const algorithm = pair.algorithm === 'ed25519' ? 2 : 1;
  return { algorithm, signature: signDigest(pair, digest), publicKey: pair.publicKey };
}
