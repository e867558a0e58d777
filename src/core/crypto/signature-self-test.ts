/**
 * Checks at start that the libraries of this machine follow the node's signature rules. A library
 * that accepts what others refuse would split the chain, so a node that fails this must not run.
 */

import { verifyEd25519With } from './ed25519.ts';
import { type Ed25519Backend, ed25519Backends } from './ed25519-backend.ts';
import { type Secp256k1Backend, secp256k1Backends, verifySecp256k1With } from './secp256k1.ts';
import { ED25519_VECTORS, SECP256K1_VECTORS, type SignatureVector } from './signature-vectors.ts';

/** A library on this machine gives another verdict than the protocol. */
export class SignatureSelfTestFailure extends Error {
  override readonly name = 'SignatureSelfTestFailure';
}

/** The libraries to test; without one, those that verification uses. */
type TestedBackends = {
  readonly ed25519?: readonly Ed25519Backend[];
  readonly secp256k1?: readonly Secp256k1Backend[];
};

/** Throws `SignatureSelfTestFailure` at the first verdict that differs. A few milliseconds. */
export function selfTestSignatures(tested: TestedBackends = {}): void {
  for (const backend of tested.ed25519 ?? ed25519Backends().slice(0, 1)) {
    check(backend.name, ED25519_VECTORS, (signature, message, publicKey) =>
      verifyEd25519With(backend, signature, message, publicKey),
    );
  }
  for (const backend of tested.secp256k1 ?? secp256k1Backends().slice(0, 1)) {
    check(backend.name, SECP256K1_VECTORS, (signature, message, publicKey) =>
      verifySecp256k1With(backend, signature, message, publicKey),
    );
  }
}

function check(
  library: string,
  vectors: readonly SignatureVector[],
  verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean,
): void {
  for (const vector of vectors) {
    const verdict = verify(bytes(vector.signature), bytes(vector.message), bytes(vector.publicKey));
    if (verdict === vector.valid) continue;
    const expected = vector.valid ? 'accepted' : 'refused';
    throw new SignatureSelfTestFailure(
      `${library} does not follow the signature rule: "${vector.name}" must be ${expected}`,
    );
  }
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
