/** SHA-256 (our own objects) and SHA3-256 (transactions), in the forms that hot paths use. */

import { DIGEST_BYTES, sha3Into, sha3Key, sha256Into, sha256Key } from '#core/crypto/hash.ts';
import type { MicroGroup, Operation } from '../harness.ts';

const SIZES = [
  { name: '64 B', bytes: 64 },
  { name: '200 B', bytes: 200 },
  { name: '4 KB', bytes: 4096 },
] as const;

const FUNCTIONS = [
  { name: 'sha256', intoText: sha256Key, intoBytes: sha256Into },
  { name: 'sha3', intoText: sha3Key, intoBytes: sha3Into },
] as const;

export const hashBench: MicroGroup = {
  name: 'hash',
  open: ({ calls }) => {
    const out = new Uint8Array(DIGEST_BYTES);
    const operations = FUNCTIONS.flatMap(({ name, intoText, intoBytes }) =>
      SIZES.flatMap(({ name: size, bytes }): readonly Operation[] => {
        const input = new Uint8Array(bytes).fill(7);
        const work = (label: string, hash: () => void): Operation => ({
          name: `hash/${name} ${size} ${label}`,
          unit: 'hash',
          units: calls,
          run: () => {
            for (let call = 0; call < calls; call++) hash();
            return undefined;
          },
        });
        return [
          work('to text', () => intoText(input)),
          work('to bytes', () => intoBytes(out, 0, input)),
        ];
      }),
    );
    return { operations };
  },
};
