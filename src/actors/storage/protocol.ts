/**
 * Messages of the storage actor. A chain (shard or root) sends its commits and votes; storage answers
 * when they are on disk. No answer means not on disk: nothing that depends on it may leave the node.
 *
 * A commit may be larger than a ring record, so it travels as numbered parts on one ordered link.
 */

import type { ChainCommit, VoteRecord } from '#core/shard/commit.ts';
import { commitPieces } from '#core/shard/commit-codec.ts';

/** BOUND: a sixteenth of the ring keeps it flowing, and encoder and receiver small. */
export const COMMIT_PART_BYTES_MAX = 1 << 19;
const ENVELOPE_BYTES_MAX = 4096;
export const STORAGE_INBOUND_BYTES_MAX = COMMIT_PART_BYTES_MAX + ENVELOPE_BYTES_MAX;
export const STORAGE_OUTBOUND_BYTES_MAX = 16 << 10;

export type CommitPart = {
  readonly kind: 'commitPart';
  readonly chain: number;
  readonly height: number;
  /** 0 … parts − 1, in order, not interleaved with parts of another commit of the chain. */
  readonly part: number;
  readonly parts: number;
  /** Of the whole encoded commit. */
  readonly commitBytes: number;
  /** Consecutive bytes of it, together at most `COMMIT_PART_BYTES_MAX`. */
  readonly pieces: readonly Uint8Array[];
};

/** A BFT promise to be made durable. */
export type StoreVote = Omit<VoteRecord, 'value'> & {
  readonly kind: 'vote';
  /** The value in consecutive pieces, together at most `COMMIT_PART_BYTES_MAX` bytes. */
  readonly pieces: readonly Uint8Array[];
};

/** Deletes the votes of `chain` whose key sorts before `before`. Not answered. */
export type PruneVotes = {
  readonly kind: 'pruneVotes';
  readonly chain: number;
  readonly before: string;
};

export type StorageInbound = CommitPart | StoreVote | PruneVotes;

export type StorageOutbound =
  /** The block is flushed to disk and visible to every `ChainReader`. */
  | { readonly kind: 'blockPersisted'; readonly chain: number; readonly height: number }
  /** The votes with these tokens are flushed to disk. */
  | { readonly kind: 'votesPersisted'; readonly chain: number; readonly tokens: readonly number[] };

/** The messages that carry `commit`, to be sent in this order. They refer to its bytes. */
export function commitParts(commit: ChainCommit): readonly CommitPart[] {
  const pieces = commitPieces(commit);
  const commitBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const contents = splitPieces(pieces, COMMIT_PART_BYTES_MAX);
  return contents.map((content, part) => ({
    kind: 'commitPart',
    chain: commit.chain,
    height: commit.height,
    part,
    parts: contents.length,
    commitBytes,
    pieces: content,
  }));
}

/** Cuts what the pieces make together every `bytesMax` bytes. */
function splitPieces(pieces: readonly Uint8Array[], bytesMax: number): Uint8Array[][] {
  const contents: Uint8Array[][] = [];
  let room = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (room === 0) {
        contents.push([]);
        room = bytesMax;
      }
      const slice = piece.subarray(at, at + room);
      contents.at(-1)?.push(slice);
      at += slice.length;
      room -= slice.length;
    }
  }
  return contents;
}
