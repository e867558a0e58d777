/**
 * Keys of simulated members. Signing must cost nothing and still be unforgeable for everybody who
 * plays by the simulator's interfaces: a signature is the message masked by a pad that only the
 * signer and the simulator's `verify` know.
 */

import { sha256 } from '#core/crypto/hash.ts';

export type Identity = {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

// By the key object itself: groups hold the very arrays that are made here.
const pads = new WeakMap<Uint8Array, Uint8Array>();

export function identityOf(number: number): Identity {
  const publicKey = sha256(`public ${number}`);
  const pad = sha256(`secret ${number}`);
  pads.set(publicKey, pad);
  return { publicKey, sign: (message) => mask(message, pad) };
}

export function verifyMasked(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const pad = pads.get(publicKey);
  if (pad === undefined || signature.length !== 64) return false;
  for (let index = 0; index < 32; index++) {
    const expected = (message[index] as number) ^ (pad[index] as number);
    if (signature[index] !== expected || signature[index + 32] !== expected) return false;
  }
  return true;
}

function mask(message: Uint8Array, pad: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  for (let index = 0; index < 32; index++) {
    const byte = (message[index] as number) ^ (pad[index] as number);
    signature[index] = byte;
    signature[index + 32] = byte;
  }
  return signature;
}
