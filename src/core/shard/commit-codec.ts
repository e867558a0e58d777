/**
 * One buffer for one commit, so that a block with thousands of changes costs one message.
 *
 * Little-endian. Header of 60 bytes: version u8, chain u8, crosslinks u16, height u32, hash 32, then
 * u32 lengths of block, receipts and ids, u32 count of changes, u32 bytes of changes. Then the
 * sections in that order, crosslinks (chain u8, height u32) before the changes. A change is key
 * length u16, value length u32 (`DELETED_VALUE` for a deletion), key in UTF-8, value; storage keeps
 * the section of the changes verbatim, which is why it comes last and is self-contained.
 *
 * Internal to the node (own actors on both ends): malformed bytes are a bug, so they assert.
 */

import { assert } from '../assert.ts';
import type { ChainCommit, CrosslinkEntry } from './commit.ts';

const VERSION = 1;
const HEADER_BYTES = 60;
const CROSSLINK_BYTES = 5;
export const CHANGE_HEADER_BYTES = 6;
/** Value length of a deleted key. */
export const DELETED_VALUE = 0xffff_ffff;
/** BOUND: the ledger refuses longer keys (about 250 bytes); LMDB's own limit is 1,978. */
export const STATE_KEY_BYTES_MAX = 1024;
// PERF: below this, a loop in JavaScript copies faster than a call of TypedArray.set.
const LOOP_COPY_BYTES_MAX = 48;

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

const utf8 = new TextEncoder();

export function encodeCommit(commit: ChainCommit): Uint8Array {
  const crosslinks = commit.crosslinks ?? [];
  assert(commit.hash.length === 32, 'a block hash has 32 bytes');
  assert(commit.transactionIds.length % 32 === 0, 'transaction ids have 32 bytes each');
  const sectionBytes =
    commit.block.length +
    commit.receipts.length +
    commit.transactionIds.length +
    crosslinks.length * CROSSLINK_BYTES;
  const changesAt = HEADER_BYTES + sectionBytes;
  const bytes = packChanges(commit, changesAt);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, commit.chain);
  view.setUint16(2, crosslinks.length, true);
  view.setUint32(4, commit.height, true);
  bytes.set(commit.hash, 8);
  view.setUint32(40, commit.block.length, true);
  view.setUint32(44, commit.receipts.length, true);
  view.setUint32(48, commit.transactionIds.length, true);
  view.setUint32(52, commit.changes.length, true);
  view.setUint32(56, bytes.length - changesAt, true);
  let at = HEADER_BYTES;
  for (const section of [commit.block, commit.receipts, commit.transactionIds]) {
    bytes.set(section, at);
    at += section.length;
  }
  for (const { chain, toHeight } of crosslinks) {
    view.setUint8(at, chain);
    view.setUint32(at + 1, toHeight, true);
    at += CROSSLINK_BYTES;
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

/** A buffer of exactly the commit's size with the changes written from `start` on. */
function packChanges(commit: ChainCommit, start: number): Uint8Array {
  let capacity = start;
  for (const [key, value] of commit.changes) {
    capacity += CHANGE_HEADER_BYTES + key.length + (value === null ? 0 : value.length);
  }
  let bytes = new Uint8Array(capacity);
  let view = new DataView(bytes.buffer);
  let at = start;
  for (const [key, value] of commit.changes) {
    let keyBytes = writeAscii(bytes, at + CHANGE_HEADER_BYTES, key);
    if (keyBytes < 0) {
      // Rare: a contract's map key outside ASCII needs more bytes than were counted for it.
      const encoded = utf8.encode(key);
      keyBytes = encoded.length;
      const grown = new Uint8Array(bytes.length + keyBytes - key.length);
      grown.set(bytes.subarray(0, at));
      bytes = grown;
      view = new DataView(bytes.buffer);
      bytes.set(encoded, at + CHANGE_HEADER_BYTES);
    }
    assert(keyBytes > 0 && keyBytes <= STATE_KEY_BYTES_MAX, 'state keys have 1 to 1,024 bytes');
    view.setUint16(at, keyBytes, true);
    view.setUint32(at + 2, value === null ? DELETED_VALUE : value.length, true);
    at += CHANGE_HEADER_BYTES + keyBytes;
    if (value !== null) at = writeBytes(bytes, at, value);
  }
  assert(at === bytes.length, 'the changes fill the buffer that was counted for them');
  return bytes;
}

/** Bytes written, or −1 where `text` has a character outside ASCII. */
function writeAscii(target: Uint8Array, start: number, text: string): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return -1;
    target[start + index] = unit;
  }
  return text.length;
}

function writeBytes(target: Uint8Array, start: number, source: Uint8Array): number {
  const length = source.length;
  if (length > LOOP_COPY_BYTES_MAX) target.set(source, start);
  else for (let index = 0; index < length; index++) target[start + index] = source[index] as number;
  return start + length;
}
