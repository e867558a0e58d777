/**
 * One buffer for one commit, so that a block with thousands of changes costs one message.
 *
 * Little-endian. Header of 60 bytes: version u8, chain u8, crosslinks u16, height u32, hash 32, then
 * u32 lengths of block, receipts and ids, u32 count of changes, u32 bytes of changes. Then the
 * sections in that order, crosslinks (chain u8, height u32) before the changes (packed-changes.ts),
 * which storage keeps as they are.
 *
 * Internal to the node (own actors on both ends): malformed bytes are a bug, so they assert.
 */

import { assert } from '../assert.ts';
import type { ChainCommit, CrosslinkEntry } from './commit.ts';

const VERSION = 1;
const HEADER_BYTES = 60;
const CROSSLINK_BYTES = 5;

/** A decoded commit whose changes are still packed. All byte fields are views into the input. */
export type PackedCommit = {
  readonly chain: number;
  readonly height: number;
  readonly hash: Uint8Array;
  readonly block: Uint8Array;
  readonly receipts: Uint8Array;
  readonly transactionIds: Uint8Array;
  readonly crosslinks: readonly CrosslinkEntry[];
  readonly changeCount: number;
  readonly changes: Uint8Array;
};

/** The encoded commit as pieces to be put together: what the commit holds is not copied. */
export function commitPieces(commit: ChainCommit): readonly Uint8Array[] {
  const crosslinks = commit.crosslinks ?? [];
  assert(commit.hash.length === 32, 'a block hash has 32 bytes');
  assert(commit.transactionIds.length % 32 === 0, 'transaction ids have 32 bytes each');
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, commit.chain);
  view.setUint16(2, crosslinks.length, true);
  view.setUint32(4, commit.height, true);
  header.set(commit.hash, 8);
  view.setUint32(40, commit.block.length, true);
  view.setUint32(44, commit.receipts.length, true);
  view.setUint32(48, commit.transactionIds.length, true);
  view.setUint32(52, commit.changes.count, true);
  view.setUint32(56, commit.changes.bytes.length, true);
  const { block, receipts, transactionIds, changes } = commit;
  return [header, block, receipts, transactionIds, encodeCrosslinks(crosslinks), changes.bytes];
}

function encodeCrosslinks(crosslinks: readonly CrosslinkEntry[]): Uint8Array {
  const bytes = new Uint8Array(crosslinks.length * CROSSLINK_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { chain, toHeight }] of crosslinks.entries()) {
    view.setUint8(index * CROSSLINK_BYTES, chain);
    view.setUint32(index * CROSSLINK_BYTES + 1, toHeight, true);
  }
  return bytes;
}

export function encodeCommit(commit: ChainCommit): Uint8Array {
  const pieces = commitPieces(commit);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export function openCommit(bytes: Uint8Array): PackedCommit {
  assert(bytes.length >= HEADER_BYTES, 'a commit is at least its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assert(view.getUint8(0) === VERSION, 'a commit has the version of this program');
  let at = HEADER_BYTES;
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const block = take(view.getUint32(40, true));
  const receipts = take(view.getUint32(44, true));
  const transactionIds = take(view.getUint32(48, true));
  const crosslinks: CrosslinkEntry[] = [];
  for (let left = view.getUint16(2, true); left > 0; left--) {
    crosslinks.push({ chain: view.getUint8(at), toHeight: view.getUint32(at + 1, true) });
    at += CROSSLINK_BYTES;
  }
  const changes = take(view.getUint32(56, true));
  assert(at === bytes.length, 'the sections of a commit fill it');
  return {
    chain: view.getUint8(1),
    height: view.getUint32(4, true),
    hash: bytes.subarray(8, 40),
    block,
    receipts,
    transactionIds,
    crosslinks,
    changeCount: view.getUint32(52, true),
    changes,
  };
}
