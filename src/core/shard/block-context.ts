/** What a block is to its own execution, as its place in the chain and its proposer decide. */

import { base58Encode } from '../crypto/base58.ts';
import type { BlockContext } from '../ledger/ports.ts';

export type BlockPlace = {
  readonly parent: { readonly hash: Uint8Array; readonly height: number };
  /** Unix time in ns. */
  readonly time: bigint;
  /** Ed25519 key. */
  readonly proposer: Uint8Array;
  readonly chainId: number;
};

export function blockContext({ parent, time, proposer, chainId }: BlockPlace): BlockContext {
  return {
    number: parent.height + 1,
    parentHash: parent.hash,
    witness: base58Encode(proposer),
    time,
    chainId,
  };
}
