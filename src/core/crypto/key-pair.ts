/**
 * Key pairs of accounts and validators, and their base58 text (go-iost §1.1, §1.2).
 */

import { ok, type Result, reject } from '../result.ts';
import { base58Decode } from './base58.ts';
import {
  ED25519_PUBLIC_BYTES,
  ED25519_SECRET_BYTES,
  ED25519_SEED_BYTES,
  ed25519SecretOfSeed,
  signEd25519,
} from './ed25519.ts';
import {
  isSecp256k1Secret,
  SECP256K1_PUBLIC_BYTES,
  SECP256K1_SECRET_BYTES,
  secp256k1PublicKey,
  signSecp256k1,
} from './secp256k1.ts';

export type KeyAlgorithm = 'ed25519' | 'secp256k1';

export type KeyPair = {
  readonly algorithm: KeyAlgorithm;
  /** 64 bytes for Ed25519 (seed and public key), 32 for secp256k1. */
  readonly secretKey: Uint8Array;
  /** 32 bytes for Ed25519, 33 for secp256k1. */
  readonly publicKey: Uint8Array;
};

/** Whoever signs for a validator: the key itself may live elsewhere. */
export type Signer = {
  readonly publicKey: Uint8Array;
  /** Ed25519 over the bytes as they are: 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
};

export function ed25519KeyPair(seed: Uint8Array): KeyPair {
  const secretKey = ed25519SecretOfSeed(seed);
  return { algorithm: 'ed25519', secretKey, publicKey: secretKey.slice(ED25519_SEED_BYTES) };
}

/** Reads raw secret bytes; an Ed25519 secret must carry the public key of its own seed. */
export function keyPairOfSecret(algorithm: KeyAlgorithm, secret: Uint8Array): Result<KeyPair> {
  if (algorithm === 'secp256k1') {
    if (secret.length !== SECP256K1_SECRET_BYTES || !isSecp256k1Secret(secret)) {
      return reject('key.secret', 'a secp256k1 secret key is 32 bytes below the group order');
    }
    return ok({ algorithm, secretKey: secret, publicKey: secp256k1PublicKey(secret) });
  }
  if (secret.length !== ED25519_SECRET_BYTES) {
    return reject('key.secret', 'an ed25519 secret key is 64 bytes: the seed and the public key');
  }
  const pair = ed25519KeyPair(secret.slice(0, ED25519_SEED_BYTES));
  if (!pair.secretKey.every((byte, index) => byte === secret[index])) {
    return reject('key.mismatch', 'the ed25519 secret key does not end in its own public key');
  }
  return ok(pair);
}

/** The base58 form of configuration, genesis and keystores. */
export function keyPairOfText(algorithm: KeyAlgorithm, text: string): Result<KeyPair> {
  const secret = base58Decode(text);
  if (secret === undefined) return reject('key.text', 'a secret key is written in base58');
  return keyPairOfSecret(algorithm, secret);
}

/** The algorithm of a public key by its length: the two have different ones. */
export function algorithmOfPublicKey(publicKey: Uint8Array): KeyAlgorithm | undefined {
  if (publicKey.length === ED25519_PUBLIC_BYTES) return 'ed25519';
  return publicKey.length === SECP256K1_PUBLIC_BYTES ? 'secp256k1' : undefined;
}

/** Signs the 32-byte digest of a transaction with the pair's own algorithm. */
export function signDigest(pair: KeyPair, digest: Uint8Array): Uint8Array {
  return pair.algorithm === 'ed25519'
    ? signEd25519(digest, pair.secretKey)
    : signSecp256k1(digest, pair.secretKey);
}

/** A validator's signer from its 32-byte seed. */
export function signerOfSeed(seed: Uint8Array): Signer {
  const { secretKey, publicKey } = ed25519KeyPair(seed);
  return { publicKey, sign: (message) => signEd25519(message, secretKey) };
}
