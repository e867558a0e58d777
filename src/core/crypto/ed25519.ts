/**
 * Ed25519 with ONE acceptance rule wherever a signature is checked: S < L, A and R canonical and not
 * of small order, equation without cofactor (protocol.md §1.5). The rule, not the library, is what
 * the network agrees on; batch verification would need another rule and is therefore not offered.
 */

import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signWithOpenSsl,
} from 'node:crypto';
import { assert } from '../assert.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { type Ed25519Backend, ed25519Backends } from './ed25519-backend.ts';
import { passesEd25519Precheck } from './ed25519-precheck.ts';
import { binaryStringOf } from './hash.ts';
import { sodium } from './native-library.ts';

export const ED25519_SEED_BYTES = 32;
/** Seed and public key, the form IOST keeps secrets in (go-iost §1.1). */
export const ED25519_SECRET_BYTES = 64;
export const ED25519_PUBLIC_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

const backend = ed25519Backends()[0] as Ed25519Backend;

/** The library in use, for logs and benchmarks. */
export const ed25519BackendName: string = backend.name;

/** Never throws, whatever the lengths. */
export function verifyEd25519(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return verifyEd25519With(backend, signature, message, publicKey);
}

/** The same rule with a chosen library: for the self-test, the oracle and the benchmarks. */
export function verifyEd25519With(
  chosen: Ed25519Backend,
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return passesEd25519Precheck(signature, publicKey) && chosen.holds(signature, message, publicKey);
}

/** 64 bytes: the seed and the public key that belongs to it. */
export function ed25519SecretOfSeed(seed: Uint8Array): Uint8Array {
  assert(seed.length === ED25519_SEED_BYTES, 'an Ed25519 seed has 32 bytes');
  const secret = new Uint8Array(ED25519_SECRET_BYTES);
  secret.set(seed);
  if (sodium !== undefined) {
    sodium.crypto_sign_seed_keypair(new Uint8Array(ED25519_PUBLIC_BYTES), secret, seed);
  } else {
    const { x } = createPublicKey(importSeed(seed)).export({ format: 'jwk' });
    secret.set(Buffer.from(x as string, 'base64url'), ED25519_SEED_BYTES);
  }
  return secret;
}

/** Deterministic signature over `message` by a 64-byte secret. */
export function signEd25519(message: Uint8Array, secret: Uint8Array): Uint8Array {
  assert(secret.length === ED25519_SECRET_BYTES, 'an Ed25519 secret has 64 bytes');
  if (sodium === undefined) {
    return new Uint8Array(signWithOpenSsl(null, message, seedKeyOf(secret)));
  }
  const signature = new Uint8Array(ED25519_SIGNATURE_BYTES);
  sodium.crypto_sign_detached(signature, message, secret);
  return signature;
}

const seedKeys = new BoundedCache<string, KeyObject>(256);

function seedKeyOf(secret: Uint8Array): KeyObject {
  const seed = secret.subarray(0, ED25519_SEED_BYTES);
  const cacheKey = binaryStringOf(seed);
  const known = seedKeys.get(cacheKey);
  if (known !== undefined) return known;
  const imported = importSeed(seed);
  seedKeys.set(cacheKey, imported);
  return imported;
}

/** PKCS #8 of RFC 8410: the only bytes that vary are the seed. */
function importSeed(seed: Uint8Array): KeyObject {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([header, seed]), format: 'der', type: 'pkcs8' });
}
