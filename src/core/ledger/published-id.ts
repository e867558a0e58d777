/** The id of the contract that a transaction publishes (spec go-iost §5.2). */

import { base58Encode } from '../crypto/base58.ts';

/** `id` is the hash of the transaction. */
export function publishedId(id: Uint8Array): string {
  return `Contract${base58Encode(id)}`;
}
