/**
 * The signatures of a transaction as far as they need nothing but its bytes (spec go-iost §1.6 rule
 * 3): every one must verify. Whether a key may act for an account is the ledger's to say.
 */

import { sha3 } from '../crypto/hash.ts';
import { verifySignature } from '../crypto/signature.ts';
import type { DecodedTransaction, Signature } from './transaction.ts';

export type SignatureProblem = 'signer' | 'publisherEmpty' | 'publisher';

/** The first problem in the reference's order; `undefined` where every signature is good. */
export function signatureProblem(transaction: DecodedTransaction): SignatureProblem | undefined {
  const { bytes, baseBytes, publishBytes, signatures, publisherSignatures } = transaction;
  if (signatures.length > 0 && !allValid(signatures, sha3(bytes.subarray(0, baseBytes)))) {
    return 'signer';
  }
  if (publisherSignatures.length === 0) return 'publisherEmpty';
  const digest = sha3(bytes.subarray(0, publishBytes));
  return allValid(publisherSignatures, digest) ? undefined : 'publisher';
}

function allValid(signatures: readonly Signature[], digest: Uint8Array): boolean {
  return signatures.every(({ algorithm, signature, publicKey }) =>
    verifySignature(algorithm, digest, signature, publicKey),
  );
}
