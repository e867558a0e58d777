/**
 * Three libraries that check the Ed25519 equation without cofactor. They are only ever called behind
 * `passesEd25519Precheck`; with it they agree on every input, which the self-test asserts at start.
 * sodium is twice as fast as OpenSSL and twenty times as fast as noble (design/limits.md §1), so
 * noble serves as the oracle and as the last resort.
 */

import { createPublicKey, type KeyObject, verify as verifyWithOpenSsl } from 'node:crypto';
import { ed25519 as nobleEd25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { BoundedCache } from '../bounded-cache.ts';
import { binaryStringOf } from './hash.ts';
import { sodium } from './native-library.ts';

/** Checks sB = R + hA byte for byte. Never throws. */
type Ed25519Equation = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
) => boolean;

export type Ed25519Backend = { readonly name: string; readonly holds: Ed25519Equation };

/** Available backends, fastest first. */
export function ed25519Backends(): readonly Ed25519Backend[] {
  const always = [
    { name: 'node:crypto', holds: holdsInOpenSsl },
    { name: 'noble', holds: holdsInNoble },
  ];
  return sodium === undefined ? always : [{ name: 'sodium', holds: holdsInSodium }, ...always];
}

function holdsInSodium(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return sodium?.crypto_sign_verify_detached(signature, message, publicKey) ?? false;
}

// About 1 KB each in OpenSSL's heap; importing a key costs a quarter of a verification.
const keyObjects = new BoundedCache<string, KeyObject>(8192);

function holdsInOpenSsl(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  try {
    return verifyWithOpenSsl(null, message, keyObjectOf(publicKey), signature);
  } catch {
    return false; // bytes that are no point are refused at import
  }
}

function keyObjectOf(publicKey: Uint8Array): KeyObject {
  const cacheKey = binaryStringOf(publicKey);
  const known = keyObjects.get(cacheKey);
  if (known !== undefined) return known;
  const x = Buffer.from(publicKey).toString('base64url');
  const imported = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  keyObjects.set(cacheKey, imported);
  return imported;
}

const { Point } = nobleEd25519;

/** The library's own `verify` multiplies by the cofactor, so the equation is written out here. */
function holdsInNoble(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    const r = signature.slice(0, 32);
    const s = littleEndian(signature.subarray(32));
    const a = Point.fromBytes(publicKey.slice(), false);
    const hash = sha512.create().update(r).update(publicKey).update(message).digest();
    const h = Point.Fn.create(littleEndian(hash));
    const expected = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(h)).toBytes();
    return expected.every((byte, index) => byte === r[index]);
  } catch {
    return false; // bytes that are no point
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index] as number);
  }
  return value;
}
