/** A thread that checks Ed25519 signatures and nothing else. */

import { workerData } from 'piscina';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';

export type SignatureThreadData = {
  readonly signed: readonly {
    readonly digest: Uint8Array;
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
  }[];
};

const { signed } = workerData as SignatureThreadData;

/** How many of `count` checks found a good signature. */
export function verifySignatures(count: number): number {
  let good = 0;
  for (let index = 0; index < count; index++) {
    const next = signed[index % signed.length];
    if (next !== undefined && verifyEd25519(next.signature, next.digest, next.publicKey)) good += 1;
  }
  return good;
}
