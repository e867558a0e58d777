/**
 * Proofs against a state root (protocol.md §8.2): that a key has a value, or that it is absent. A
 * verifier needs the root and nothing of the tree.
 */

import { sha256 } from '../crypto/hash.ts';

const HASH_BYTES = 32;
const DEPTH_MAX = 256;
const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

export type StateProof = {
  /** Hashes beside the path of the key, from the root down; at most 256. */
  readonly siblings: readonly Uint8Array[];
  /** What the path ends in: this leaf, the key's own or one that shares the path, or nothing. */
  readonly leaf: { readonly keyHash: Uint8Array; readonly valueHash: Uint8Array } | undefined;
};

/** Whether the proof shows that `keyHash` has `valueHash` under `root`; `null` means absent. */
export function verifyStateProof(
  root: Uint8Array,
  keyHash: Uint8Array,
  valueHash: Uint8Array | null,
  proof: StateProof,
): boolean {
  const { siblings, leaf } = proof;
  const hashes = [root, keyHash, ...siblings, ...(leaf ? [leaf.keyHash, leaf.valueHash] : [])];
  if (siblings.length > DEPTH_MAX || hashes.some((hash) => hash.length !== HASH_BYTES))
    return false;
  if (!endsAsClaimed(keyHash, valueHash, proof)) return false;
  let hash: Uint8Array = new Uint8Array(HASH_BYTES);
  if (leaf !== undefined) hash = hashOf(LEAF_PREFIX, leaf.keyHash, leaf.valueHash);
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth] as Uint8Array;
    hash =
      bitOf(keyHash, depth) === 1
        ? hashOf(NODE_PREFIX, sibling, hash)
        : hashOf(NODE_PREFIX, hash, sibling);
  }
  return equal(hash, root);
}

function endsAsClaimed(
  keyHash: Uint8Array,
  valueHash: Uint8Array | null,
  { siblings, leaf }: StateProof,
): boolean {
  if (valueHash !== null) {
    return leaf !== undefined && equal(leaf.keyHash, keyHash) && equal(leaf.valueHash, valueHash);
  }
  if (leaf === undefined) return true;
  if (equal(leaf.keyHash, keyHash)) return false;
  // Another leaf stands for the whole subtree only if it lies in it.
  for (let depth = 0; depth < siblings.length; depth++) {
    if (bitOf(leaf.keyHash, depth) !== bitOf(keyHash, depth)) return false;
  }
  return true;
}

function hashOf(prefix: number, left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = prefix;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

function bitOf(bytes: Uint8Array, index: number): number {
  return ((bytes[index >>> 3] as number) >>> (7 - (index & 7))) & 1;
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
