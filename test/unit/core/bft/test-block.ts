/** Blocks of a chain that holds nothing: parent, height, time and a free number. */

import type { Block, FinalBlock } from '#core/bft/block.ts';
import { decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';
import { sha256 } from '#core/crypto/hash.ts';

export const GENESIS: FinalBlock = {
  hash: sha256('genesis'),
  height: 0,
  timestampMs: 0,
  view: 0,
};

/** Blocks of one parent and time differ by `content`. */
export function makeBlock(
  parent: Pick<FinalBlock, 'hash' | 'height'>,
  timestampMs: number,
  content = 0,
): Block {
  const payload = new BinaryWriter(56)
    .raw(parent.hash)
    .i64(parent.height + 1)
    .i64(timestampMs)
    .i64(content)
    .finish();
  const block = readBlock(payload);
  if (block === undefined) throw new Error('a made block reads back');
  return block;
}

export function readBlock(payload: Uint8Array): Block | undefined {
  return decodeWith(payload, (reader) => {
    const block = {
      hash: sha256(payload),
      parentHash: reader.raw(32),
      height: reader.safeInteger(),
      timestampMs: reader.safeInteger(),
      payload,
    };
    reader.safeInteger();
    return block;
  });
}
