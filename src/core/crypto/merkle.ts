/**
 * Merkle trees over lists. Our own lists use the tree of RFC 6962 (SHA-256, leaves and nodes under
 * different prefixes, so no node can be passed off as a leaf). Blocks as IOST clients see them carry
 * the reference node's older tree (SHA3-256, go-iost §3.2), kept only for those two header fields.
 */

import { sha3Into, sha256 } from './hash.ts';
import { DIGEST_WORDS, DigestBatch } from './sha256-lanes/digest-batch.ts';

const LEAF = 0x00;
const NODE = 0x01;

/** Scratch memory of this thread's tree hashes; they are computed one after the other. */
let scratch: DigestBatch | undefined;

/** A proof that `leaf` is item `index` of a list of `size`: siblings from the leaf up. */
export type MerkleProof = {
  readonly index: number;
  readonly size: number;
  readonly siblings: readonly Uint8Array[];
};

/** RFC 6962 §2.1 tree hash of a list of byte strings. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  const batch = startBatch(leaves.length);
  for (let index = 0; index < leaves.length; index++) {
    batch.addPrefixed(index, LEAF, leaves[index] as Uint8Array);
  }
  batch.run();
  return foldLevels(batch, leaves.length);
}

/** The same tree over digests of messages: `merkleRoot(messages.map(sha256))`. */
export function merkleRootOfDigests(messages: readonly Uint8Array[]): Uint8Array {
  if (messages.length === 0) return merkleRoot([]);
  const batch = startBatch(messages.length);
  for (let index = 0; index < messages.length; index++) {
    batch.add(index, messages[index] as Uint8Array);
  }
  batch.run();
  const { memory, digestsAt } = batch;
  const end = digestsAt + messages.length * DIGEST_WORDS;
  for (let at = digestsAt; at < end; at += DIGEST_WORDS) memory.queueDigest(LEAF, at, at);
  memory.flush();
  return foldLevels(batch, messages.length);
}

/** RFC 6962 §2.1.1 audit path; `index` below the length. */
export function merkleProof(leaves: readonly Uint8Array[], index: number): MerkleProof {
  const siblings: Uint8Array[] = [];
  let level = leaves.map(leafHash);
  for (let at = index; level.length > 1; at >>>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) siblings.push(sibling);
    level = levelAbove(level);
  }
  return { index, size: leaves.length, siblings };
}

export function verifyMerkleProof(root: Uint8Array, leaf: Uint8Array, proof: MerkleProof): boolean {
  const { index, size, siblings } = proof;
  if (!Number.isInteger(index) || index < 0 || index >= size) return false;
  let hash = leafHash(leaf);
  let next = 0;
  // `at` of `last`: the position and the last position on this level. A last node without a
  // sibling moves up unchanged.
  for (let at = index, last = size - 1; last > 0; at = half(at), last = half(last)) {
    if (at % 2 === 0 && at === last) continue;
    const sibling = siblings[next++];
    if (sibling?.length !== 32) return false;
    hash = at % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  return next === siblings.length && hash.every((byte, at) => byte === root[at]);
}

/**
 * Root of the reference node's block tree over 32-byte hashes: a missing right sibling is the left
 * one again, a single hash is paired with itself, and the empty list has the empty root.
 */
export function blockMerkleRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return new Uint8Array(0);
  const level = new Uint8Array(hashes.length * 32);
  for (const [index, hash] of hashes.entries()) level.set(hash, index * 32);
  const pair = new Uint8Array(64);
  let count = hashes.length;
  do {
    const pairs = Math.ceil(count / 2);
    for (let index = 0; index < pairs; index++) {
      const left = index * 64;
      const right = index * 2 + 1 < count ? left + 32 : left;
      pair.set(level.subarray(left, left + 32));
      pair.set(level.subarray(right, right + 32), 32);
      sha3Into(level, index * 32, pair);
    }
    count = pairs;
  } while (count > 1);
  return level.slice(0, 32);
}

function leafHash(leaf: Uint8Array): Uint8Array {
  const input = new Uint8Array(leaf.length + 1);
  input[0] = LEAF;
  input.set(leaf, 1);
  return sha256(input);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(65);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 33);
  return sha256(input);
}

function startBatch(count: number): DigestBatch {
  scratch ??= new DigestBatch();
  scratch.begin(count);
  return scratch;
}

/** Hashes the first `count` digests of the batch, a level of leaves, in place up to the root. */
function foldLevels(batch: DigestBatch, count: number): Uint8Array {
  const { memory, digestsAt } = batch;
  for (let size = count; size > 1; size = (size + 1) >>> 1) {
    const pairs = size >>> 1;
    for (let pair = 0; pair < pairs; pair++) {
      const source = digestsAt + pair * 2 * DIGEST_WORDS;
      memory.queue(NODE, source, digestsAt + pair * DIGEST_WORDS);
    }
    memory.flush();
    const odd = digestsAt + (size - 1) * DIGEST_WORDS;
    if (size % 2 === 1) {
      memory.words.copyWithin(digestsAt + pairs * DIGEST_WORDS, odd, odd + DIGEST_WORDS);
    }
  }
  return batch.digest(0);
}

/** Pairing neighbours and carrying an odd last one up gives the same tree as RFC 6962's splitting. */
function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let index = 0; index + 1 < level.length; index += 2) {
    above.push(nodeHash(level[index] as Uint8Array, level[index + 1] as Uint8Array));
  }
  if (level.length % 2 === 1) above.push(level[level.length - 1] as Uint8Array);
  return above;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
