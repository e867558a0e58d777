/**
 * Checkpoints (protocol.md §2.4, F2): closing blocks of the root chain that all candidates together
 * make final, weighted by their votes, because a committee drawn by Servi is not safe by itself. A
 * vote is a link from a checkpoint that is justified to a newer one, as in Casper the Friendly
 * Finality Gadget; two links of one candidate that no honest one makes together cost it its stake.
 */

import { type BinaryReader, decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import { statementDigest } from '../chain/validator-group.ts';
import { ROOT_CHAIN } from '../ledger/ports.ts';

/** A closing block of the root chain, or its genesis block. */
export type Checkpoint = { readonly height: number; readonly hash: Uint8Array };

export type CheckpointLink = { readonly source: Checkpoint; readonly target: Checkpoint };

export type CheckpointVote = CheckpointLink & {
  /** Ed25519 key of the candidate, 32 bytes. */
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
};

const HASH_BYTES = 32;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const LINK_BYTES = 2 * (8 + HASH_BYTES);
/** Every vote has this many bytes. */
export const CHECKPOINT_VOTE_BYTES: number = LINK_BYTES + KEY_BYTES + SIGNATURE_BYTES;

/** The 32 bytes that a candidate signs. A link names heights, so it belongs to no epoch. */
export function linkDigest(chainId: number, link: CheckpointLink): Uint8Array {
  const body = writeLink(new BinaryWriter(LINK_BYTES), link).finish();
  return statementDigest({ chainId, chain: ROOT_CHAIN, epoch: 0 }, 'checkpoint', body);
}

/** Whether no honest candidate casts both: two targets at one height, or one link around the other. */
export function linksConflict(first: CheckpointLink, second: CheckpointLink): boolean {
  if (first.target.height === second.target.height) {
    return !isSameHash(first.target.hash, second.target.hash);
  }
  return surrounds(first, second) || surrounds(second, first);
}

function surrounds(outer: CheckpointLink, inner: CheckpointLink): boolean {
  return outer.source.height < inner.source.height && inner.target.height < outer.target.height;
}

export function encodeCheckpointVote(vote: CheckpointVote): Uint8Array {
  return writeLink(new BinaryWriter(CHECKPOINT_VOTE_BYTES), vote)
    .raw(vote.key)
    .raw(vote.signature)
    .finish();
}

/** `undefined` unless the bytes are exactly one vote. Checks no signature. */
export function decodeCheckpointVote(bytes: Uint8Array): CheckpointVote | undefined {
  return decodeWith(bytes, readCheckpointVote);
}

export function readCheckpointVote(reader: BinaryReader): CheckpointVote {
  return {
    ...readLink(reader),
    key: reader.raw(KEY_BYTES),
    signature: reader.raw(SIGNATURE_BYTES),
  };
}

export function writeLink(writer: BinaryWriter, { source, target }: CheckpointLink): BinaryWriter {
  return writer.i64(source.height).raw(source.hash).i64(target.height).raw(target.hash);
}

export function readLink(reader: BinaryReader): CheckpointLink {
  const source = { height: reader.safeInteger(), hash: reader.raw(HASH_BYTES) };
  const target = { height: reader.safeInteger(), hash: reader.raw(HASH_BYTES) };
  const isForward = source.height >= 0 && source.height < target.height;
  return isForward ? { source, target } : reader.malformed('a link leads forward');
}

export function isSameCheckpoint(left: Checkpoint, right: Checkpoint): boolean {
  return left.height === right.height && isSameHash(left.hash, right.hash);
}

export function isSameHash(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
