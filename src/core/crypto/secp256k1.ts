/**
 * ECDSA over secp256k1 as IOST uses it (go-iost §1.1): 32-byte digests, 64-byte r‖s signatures with
 * low s only, 33-byte compressed keys, deterministic nonces of RFC 6979.
 */

import { secp256k1 as noble } from '@noble/curves/secp256k1.js';
import { assert } from '../assert.ts';
import { secp256k1Native } from './native-library.ts';

export const SECP256K1_SECRET_BYTES = 32;
export const SECP256K1_PUBLIC_BYTES = 33;
const SECP256K1_SIGNATURE_BYTES = 64;
const DIGEST_BYTES = 32;

/** Checks one signature. Never throws. */
type Secp256k1Equation = (
  signature: Uint8Array,
  digest: Uint8Array,
  publicKey: Uint8Array,
) => boolean;

export type Secp256k1Backend = { readonly name: string; readonly holds: Secp256k1Equation };

/** Available backends, fastest first. */
export function secp256k1Backends(): readonly Secp256k1Backend[] {
  const always = [{ name: 'noble', holds: holdsInNoble }];
  return secp256k1Native === undefined
    ? always
    : [{ name: 'libsecp256k1', holds: holdsInNative }, ...always];
}

const backend = secp256k1Backends()[0] as Secp256k1Backend;

/** Never throws, whatever the lengths. */
export function verifySecp256k1(
  signature: Uint8Array,
  digest: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return verifySecp256k1With(backend, signature, digest, publicKey);
}

/** The same rule with a chosen library: for the self-test, the oracle and the benchmarks. */
export function verifySecp256k1With(
  chosen: Secp256k1Backend,
  signature: Uint8Array,
  digest: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return (
    signature.length === SECP256K1_SIGNATURE_BYTES &&
    publicKey.length === SECP256K1_PUBLIC_BYTES &&
    digest.length === DIGEST_BYTES &&
    chosen.holds(signature, digest, publicKey)
  );
}

/** Whether 32 bytes are a secret key: neither zero nor at or above the group order. */
export function isSecp256k1Secret(secret: Uint8Array): boolean {
  return noble.utils.isValidSecretKey(secret);
}

/** The compressed public key of a valid secret. */
export function secp256k1PublicKey(secret: Uint8Array): Uint8Array {
  assert(isSecp256k1Secret(secret), 'a secp256k1 secret lies between one and the group order');
  return noble.getPublicKey(secret, true);
}

/** Deterministic low-s signature over a 32-byte digest. */
export function signSecp256k1(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  assert(digest.length === DIGEST_BYTES, 'secp256k1 signs 32-byte digests');
  if (secp256k1Native !== undefined) return secp256k1Native.ecdsaSign(digest, secret).signature;
  return noble.sign(digest, secret, { prehash: false, lowS: true, format: 'compact' });
}

/** The 64 bytes x‖y of a compressed key, or `undefined` if it is none (addresses, go-iost §1.5). */
export function secp256k1Coordinates(publicKey: Uint8Array): Uint8Array | undefined {
  try {
    return noble.Point.fromBytes(publicKey).toBytes(false).slice(1);
  } catch {
    return undefined;
  }
}

function holdsInNative(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return secp256k1Native?.ecdsaVerify(signature, digest, publicKey) ?? false;
  } catch {
    return false; // an r or s above the group order, or bytes that are no point
  }
}

function holdsInNoble(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return noble.verify(signature, digest, publicKey, {
      prehash: false,
      lowS: true,
      format: 'compact',
    });
  } catch {
    return false;
  }
}
