/** Reads blocks that came from another member's storage, as far as they can be believed. */

import { decodeHeader, decodeStoredBlock } from '../chain/block.ts';
import { decodeFinalityProof, type FinalityProof, isProvenFinal } from '../chain/finality-proof.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { type ChainBlock, makeChainBlock, readChainBlock } from './chain-block.ts';

export type FetchedBlock = { readonly block: ChainBlock; readonly proof: FinalityProof };

/**
 * The blocks that follow `final` without a gap, each proven, up to the last one with a finalization
 * of its own: consensus can go on only from such a one. What is already final is skipped.
 */
export function readFetched(
  stored: readonly Uint8Array[],
  final: { readonly hash: Uint8Array; readonly height: number },
  group: ValidatorGroup,
): readonly FetchedBlock[] {
  const blocks: FetchedBlock[] = [];
  let parent = final;
  for (const bytes of stored) {
    const fetched = readOne(bytes);
    if (fetched === undefined) break;
    const { block, proof } = fetched;
    if (block.height <= final.height) continue;
    if (block.height !== parent.height + 1 || !isSame(block.parentHash, parent.hash)) break;
    if (!isProvenFinal(group, block.hash, proof)) break;
    blocks.push(fetched);
    parent = block;
  }
  return blocks.slice(0, 1 + blocks.findLastIndex(({ proof }) => proof.descendants.length === 0));
}

function readOne(bytes: Uint8Array): FetchedBlock | undefined {
  const stored = decodeStoredBlock(bytes);
  const header = stored && decodeHeader(stored.header);
  const proof = stored && decodeFinalityProof(stored.certificate);
  if (stored === undefined || header === undefined || proof === undefined) return undefined;
  const block = readChainBlock(makeChainBlock(header, stored.body).payload);
  return block === undefined ? undefined : { block, proof };
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
