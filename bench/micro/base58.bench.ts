/** Base58 of hashes and keys (32 bytes): every answer of the HTTP API has some. */

import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { sha256 } from '#core/crypto/hash.ts';
import type { MicroGroup } from '../harness.ts';

export const base58Bench: MicroGroup = {
  name: 'base58',
  open: ({ calls }) => {
    const hashes = Array.from({ length: calls }, (_, index) => sha256(`${index}`));
    const texts = hashes.map(base58Encode);
    return {
      operations: [
        {
          name: 'base58/encode 32 B',
          unit: 'hash',
          units: calls,
          run: () => {
            for (const [index, hash] of hashes.entries()) {
              if (base58Encode(hash) !== texts[index]) throw new Error('another text than before');
            }
            return undefined;
          },
        },
        {
          name: 'base58/decode 32 B',
          unit: 'hash',
          units: calls,
          run: () => {
            for (const text of texts) {
              if (base58Decode(text)?.length !== 32) throw new Error('not the 32 bytes');
            }
            return undefined;
          },
        },
      ],
    };
  },
};
