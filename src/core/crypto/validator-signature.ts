/**
 * Signatures of validators are shown many times: as a vote, in certificates, in the crosslinks and
 * channel batches that rest on them, offered and then again in a block. Each is computed once and
 * remembered for a while if it is good.
 */

import { BoundedCache } from '../bounded-cache.ts';
import { ED25519_PUBLIC_BYTES, ED25519_SIGNATURE_BYTES, verifyEd25519 } from './ed25519.ts';
import { binaryStringOf } from './hash.ts';

/** BOUND: twice this many good ones, of about 300 bytes each. */
const GOOD_GENERATION = 4096;

const good = new BoundedCache<string, true>(GOOD_GENERATION);

/** As `verifyEd25519`: never throws, and answers the same whatever is remembered. */
export function verifyValidatorSignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  // What is remembered runs together in one text, so the lengths must not vary.
  if (signature.length !== ED25519_SIGNATURE_BYTES || publicKey.length !== ED25519_PUBLIC_BYTES) {
    return false;
  }
  const name = binaryStringOf(signature) + binaryStringOf(publicKey) + binaryStringOf(message);
  if (good.get(name) !== undefined) return true;
  if (!verifyEd25519(signature, message, publicKey)) return false;
  good.set(name, true);
  return true;
}
