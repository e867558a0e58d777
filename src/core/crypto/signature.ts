/**
 * Which algorithm a signature of a transaction is checked with. The code stands in the signed bytes:
 * 2 is Ed25519, and every other value means secp256k1, as on the reference node (go-iost §1.1).
 */

import { verifyEd25519 } from './ed25519.ts';
import { verifySecp256k1 } from './secp256k1.ts';

const ED25519_CODE = 2;

/** `digest`: the 32 bytes that were signed. Wrong lengths are simply not a valid signature. */
export function verifySignature(
  algorithm: number,
  digest: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return algorithm === ED25519_CODE
    ? verifyEd25519(signature, digest, publicKey)
    : verifySecp256k1(signature, digest, publicKey);
}
