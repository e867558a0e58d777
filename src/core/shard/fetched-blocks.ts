/** Blocks that came from others' storage and were proven by sync (core/sync). */

import type { FinalityProof } from '../chain/finality-proof.ts';
import type { ChainBlock } from './chain-block.ts';

export type FetchedBlock = { readonly block: ChainBlock; readonly proof: FinalityProof };

/**
 * Those of the epoch that follow `final` without a gap, up to its closing block or the last one with a
 * finalization of its own: consensus can go on only from such a one. What has become final meanwhile
 * is skipped.
 */
export function blocksAfter(
  final: { readonly hash: Uint8Array; readonly height: number },
  fetched: readonly FetchedBlock[],
  closing: number,
): readonly FetchedBlock[] {
  const blocks: FetchedBlock[] = [];
  let parent = final;
  for (const each of fetched) {
    const { block } = each;
    if (block.height <= final.height) continue;
    if (block.height > closing) break;
    if (block.height !== parent.height + 1 || !isSame(block.parentHash, parent.hash)) break;
    blocks.push(each);
    parent = block;
  }
  const last = blocks.findLastIndex(
    ({ block, proof }) => block.height === closing || proof.descendants.length === 0,
  );
  return blocks.slice(0, last + 1);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
