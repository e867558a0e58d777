/**
 * The commitment of a chain to its state: a binary sparse Merkle tree over SHA-256 of the keys in
 * which a subtree with a single leaf is that leaf (protocol.md §8.2). The root depends only on what
 * the tree holds, not on the order in which it came there.
 *
 *   empty  32 zero bytes
 *   leaf   SHA256(00 ‖ key ‖ value hash)
 *   node   SHA256(01 ‖ left ‖ right), bits of the key from the most significant on
 *
 * One update per block: it walks down once with all changes in key order, so that an ancestor of
 * many changed leaves is visited and hashed once. It first gives the tree its new shape and then
 * hashes depth by depth.
 */

import { assert } from '../assert.ts';
import { HashMemory } from '../crypto/sha256-lanes/hash-memory.ts';
import { ChangeBatch, HASH_BYTES, HASH_WORDS, wordOfBytes } from './change-batch.ts';
import { ChangeHasher } from './change-hasher.ts';
import { HashSchedule } from './hash-schedule.ts';
import { EMPTY, isLeaf, leafAt, NodeStore, REFERENCES } from './node-store.ts';
import { PackedChanges, type StateChange } from './packed-changes.ts';
import type { StateProof } from './state-proof.ts';
import { UndoLog } from './undo-log.ts';

/** A key's hash and the hash of its new value; `null` where the key is deleted. */
export type HashedChange = readonly [keyHash: Uint8Array, valueHash: Uint8Array | null];

/** BOUND: blocks in flight; a log of a full block takes some hundred kilobytes. */
const SPARE_LOGS_MAX = 4;
const LEFT = 0;
const RIGHT = 1;
/** The root's hash lies in front of the records. */
const ROOT_AT = HashMemory.FIRST_WORD;
/** In place of the position of a subtree's hash: it has yet to be computed. */
const DIRTY = -1;

export class StateTree {
  readonly #store = new NodeStore(HASH_WORDS);
  readonly #batch = new ChangeBatch();
  readonly #hasher = new ChangeHasher();
  readonly #schedule = new HashSchedule();
  readonly #checkpoints: UndoLog[] = [];
  readonly #spareLogs: UndoLog[] = [];
  #root = EMPTY;
  #leafCount = 0;
  /** Where the walk notes what leaves held before. */
  #undo: UndoLog | undefined;
  /** Second result of the walk: where the hash of the returned subtree lies, or `DIRTY`. */
  #hashAt = DIRTY;

  /** Keys in the tree. */
  get leafCount(): number {
    return this.#leafCount;
  }

  /** Memory of the nodes. */
  get bytes(): number {
    return this.#store.bytes;
  }

  /** 32 bytes, a copy. */
  root(): Uint8Array {
    return this.#bytesAt(ROOT_AT);
  }

  /** Of several changes of one key the last one counts. Deleting an absent key changes nothing. */
  update(changes: Iterable<HashedChange>): void {
    this.#batch.clear();
    for (const [keyHash, valueHash] of changes) {
      this.#batch.addBytes(keyHash, valueHash);
      if (this.#batch.added === ChangeBatch.CHANGES_MAX) this.#apply(this.#checkpoints.at(-1));
    }
    this.#apply(this.#checkpoints.at(-1));
  }

  /** The same from the changes of a block: keys and values are hashed here. */
  updateState(changes: PackedChanges | Iterable<StateChange>): void {
    this.#batch.clear();
    const hasher = this.#hasher;
    hasher.clear();
    if (changes instanceof PackedChanges) {
      const { bytes } = changes;
      changes.visit((keyStart, keyEnd, valueStart, valueEnd) => {
        hasher.addRanges(bytes, keyStart, keyEnd, valueStart, valueEnd);
        if (hasher.added === ChangeHasher.CHANGES_MAX) this.#takeHashed();
      });
    } else {
      for (const [key, value] of changes) {
        hasher.add(key, value);
        if (hasher.added === ChangeHasher.CHANGES_MAX) this.#takeHashed();
      }
    }
    this.#takeHashed();
    this.#apply(this.#checkpoints.at(-1));
  }

  /** The value hash under a key hash. */
  get(keyHash: Uint8Array): Uint8Array | undefined {
    const { terminal } = this.#descend(keyHash);
    if (terminal === EMPTY || !this.#leafHasKey(terminal, keyHash)) return undefined;
    return this.#bytesAt(leafAt(terminal) + HASH_WORDS);
  }

  /** That the key has its value, or that it is absent: see `verifyStateProof`. */
  prove(keyHash: Uint8Array): StateProof {
    const { terminal, siblings } = this.#descend(keyHash);
    if (terminal === EMPTY) return { siblings, leaf: undefined };
    const at = leafAt(terminal);
    const leaf = { keyHash: this.#bytesAt(at), valueHash: this.#bytesAt(at + HASH_WORDS) };
    return { siblings, leaf };
  }

  /** The roots of the two halves of the key space: those of its children, if the shard is split. */
  halves(): readonly [left: Uint8Array, right: Uint8Array] {
    if (this.#root === EMPTY) return [new Uint8Array(HASH_BYTES), new Uint8Array(HASH_BYTES)];
    if (!isLeaf(this.#root)) {
      return [this.#bytesAt(this.#root), this.#bytesAt(this.#root + HASH_WORDS)];
    }
    const absent = new Uint8Array(HASH_BYTES);
    const onRight = this.#leafBit(this.#root, 0) === RIGHT;
    return onRight ? [absent, this.root()] : [this.root(), absent];
  }

  /** From here on updates can be taken back by `rollback`. Checkpoints nest. */
  checkpoint(): void {
    this.#checkpoints.push(this.#spareLogs.pop() ?? new UndoLog());
  }

  /** Takes back what was updated since the last checkpoint, and forgets that checkpoint. */
  rollback(): void {
    const log = this.#checkpoints.pop();
    assert(log !== undefined, 'a rollback needs a checkpoint');
    for (let to = log.count; to > 0; to -= ChangeBatch.CHANGES_MAX) {
      this.#batch.clear();
      log.fill(this.#batch, Math.max(0, to - ChangeBatch.CHANGES_MAX), to);
      this.#apply(undefined);
    }
    this.#spare(log);
  }

  /** Forgets the oldest checkpoint: what it covers is final. */
  release(): void {
    const log = this.#checkpoints.shift();
    assert(log !== undefined, 'a release needs a checkpoint');
    this.#spare(log);
  }

  /** Keeps the memory of a log for the next checkpoint. */
  #spare(log: UndoLog): void {
    log.clear();
    if (this.#spareLogs.length < SPARE_LOGS_MAX) this.#spareLogs.push(log);
  }

  #takeHashed(): void {
    this.#hasher.moveTo(this.#batch);
    if (this.#batch.added === ChangeBatch.CHANGES_MAX) this.#apply(this.#checkpoints.at(-1));
  }

  #apply(undo: UndoLog | undefined): void {
    this.#batch.sort();
    this.#undo = undo;
    const root = this.#updateSubtree(this.#root, ROOT_AT, 0, 0, this.#batch.count);
    this.#root = root;
    if (root === EMPTY) this.#store.words.fill(0, ROOT_AT, ROOT_AT + HASH_WORDS);
    else if (this.#hashAt === DIRTY) this.#scheduleHash(root, 0, ROOT_AT);
    else this.#copyHash(this.#hashAt, ROOT_AT);
    this.#schedule.run(this.#store.memory);
    this.#batch.clear();
  }

  /**
   * Applies the changes of ranks [from, to), which all lie in the subtree, and returns what the
   * subtree is now. `slot` is where the parent keeps its hash.
   */
  #updateSubtree(subtree: number, slot: number, depth: number, from: number, to: number): number {
    return subtree === EMPTY || isLeaf(subtree)
      ? this.#build(subtree, slot, depth, from, to)
      : this.#updateNode(subtree, slot, depth, from, to);
  }

  #updateNode(node: number, slot: number, depth: number, from: number, to: number): number {
    const middle = this.#batch.firstOne(from, to, depth);
    const leftHashAt = this.#updateChild(node, LEFT, depth, from, middle);
    const rightHashAt = this.#updateChild(node, RIGHT, depth, middle, to);
    const words = this.#store.words;
    const left = words[node + REFERENCES] as number;
    const right = words[node + REFERENCES + 1] as number;
    if (left === EMPTY && (right === EMPTY || isLeaf(right))) {
      this.#store.releaseNode(node);
      this.#hashAt = rightHashAt === DIRTY ? DIRTY : node + HASH_WORDS;
      return right;
    }
    if (right === EMPTY && isLeaf(left)) {
      this.#store.releaseNode(node);
      this.#hashAt = leftHashAt === DIRTY ? DIRTY : node;
      return left;
    }
    if (leftHashAt === DIRTY) this.#scheduleHash(left, depth + 1, node);
    if (rightHashAt === DIRTY) this.#scheduleHash(right, depth + 1, node + HASH_WORDS);
    const unchanged = leftHashAt === node && rightHashAt === node + HASH_WORDS;
    this.#hashAt = unchanged ? slot : DIRTY;
    return node;
  }

  /** Updates one child in place; returns where its hash was found, its own slot if unchanged. */
  #updateChild(node: number, side: number, depth: number, from: number, to: number): number {
    const slot = node + side * HASH_WORDS;
    if (from === to) return slot;
    const before = this.#store.words[node + REFERENCES + side] as number;
    const child = this.#updateSubtree(before, slot, depth + 1, from, to);
    return this.#place(node, side, child, this.#hashAt);
  }

  /**
   * Makes a subtree the child of a node. Its hash is copied at once where it is known: it may lie in
   * a released record, which the next allocation overwrites.
   */
  #place(node: number, side: number, child: number, hashAt: number): number {
    const words = this.#store.words;
    const slot = node + side * HASH_WORDS;
    const before = words[node + REFERENCES + side];
    words[node + REFERENCES + side] = child;
    if (child === EMPTY) {
      words.fill(0, slot, slot + HASH_WORDS);
      return before === EMPTY ? slot : EMPTY;
    }
    if (hashAt !== DIRTY && hashAt !== slot) this.#copyHash(hashAt, slot);
    return hashAt;
  }

  /** A subtree of at most one leaf becomes what the changes make of it. */
  #build(leaf: number, slot: number, depth: number, from: number, to: number): number {
    if (from === to) {
      this.#hashAt = slot;
      return leaf;
    }
    if (to - from === 1) {
      const index = this.#batch.indexAt(from);
      if (leaf === EMPTY) return this.#batch.isRemoval(index) ? EMPTY : this.#newLeaf(index);
      if (this.#leafHasChangedKey(leaf, index)) return this.#changeLeaf(leaf, slot, index);
      if (this.#batch.isRemoval(index)) {
        this.#hashAt = slot;
        return leaf;
      }
    }
    const middle = this.#batch.firstOne(from, to, depth);
    const leafSide = leaf === EMPTY ? LEFT : this.#leafBit(leaf, depth);
    const left = this.#build(leafSide === LEFT ? leaf : EMPTY, slot, depth + 1, from, middle);
    const leftHashAt = this.#hashAt;
    const right = this.#build(leafSide === RIGHT ? leaf : EMPTY, slot, depth + 1, middle, to);
    const rightHashAt = this.#hashAt;
    if (left === EMPTY && (right === EMPTY || isLeaf(right))) return right;
    if (right === EMPTY && isLeaf(left)) {
      this.#hashAt = leftHashAt;
      return left;
    }
    return this.#newNode(depth, left, leftHashAt, right, rightHashAt);
  }

  #newNode(
    depth: number,
    left: number,
    leftHashAt: number,
    right: number,
    rightHashAt: number,
  ): number {
    const node = this.#store.allocateNode();
    this.#place(node, LEFT, left, leftHashAt);
    this.#place(node, RIGHT, right, rightHashAt);
    if (left !== EMPTY && leftHashAt === DIRTY) this.#scheduleHash(left, depth + 1, node);
    if (right !== EMPTY && rightHashAt === DIRTY) {
      this.#scheduleHash(right, depth + 1, node + HASH_WORDS);
    }
    this.#hashAt = DIRTY;
    return node;
  }

  #newLeaf(index: number): number {
    const leaf = this.#store.allocateLeaf();
    const at = leafAt(leaf);
    const words = this.#store.words;
    const { keys, values } = this.#batch;
    for (let word = 0; word < HASH_WORDS; word++) {
      words[at + word] = keys[index * HASH_WORDS + word] as number;
      words[at + HASH_WORDS + word] = values[index * HASH_WORDS + word] as number;
    }
    this.#undo?.record(words, at, false);
    this.#leafCount += 1;
    this.#hashAt = DIRTY;
    return leaf;
  }

  #changeLeaf(leaf: number, slot: number, index: number): number {
    const words = this.#store.words;
    const at = leafAt(leaf);
    if (this.#batch.isRemoval(index)) {
      this.#undo?.record(words, at, true);
      this.#store.releaseLeaf(leaf);
      this.#leafCount -= 1;
      return EMPTY;
    }
    const { values } = this.#batch;
    let same = true;
    for (let word = 0; word < HASH_WORDS && same; word++) {
      same = words[at + HASH_WORDS + word] === values[index * HASH_WORDS + word];
    }
    this.#hashAt = same ? slot : DIRTY;
    if (same) return leaf;
    this.#undo?.record(words, at, true);
    for (let word = 0; word < HASH_WORDS; word++) {
      words[at + HASH_WORDS + word] = values[index * HASH_WORDS + word] as number;
    }
    return leaf;
  }

  #scheduleHash(subtree: number, depth: number, target: number): void {
    if (isLeaf(subtree)) this.#schedule.addLeaf(leafAt(subtree), target);
    else this.#schedule.addNode(depth, subtree, target);
  }

  #copyHash(from: number, to: number): void {
    const words = this.#store.words;
    for (let word = 0; word < HASH_WORDS; word++) words[to + word] = words[from + word] as number;
  }

  #leafHasChangedKey(leaf: number, index: number): boolean {
    const words = this.#store.words;
    const { keys } = this.#batch;
    for (let word = 0; word < HASH_WORDS; word++) {
      if (words[leafAt(leaf) + word] !== keys[index * HASH_WORDS + word]) return false;
    }
    return true;
  }

  #leafHasKey(leaf: number, keyHash: Uint8Array): boolean {
    const words = this.#store.words;
    for (let word = 0; word < HASH_WORDS; word++) {
      if (words[leafAt(leaf) + word] !== wordOfBytes(keyHash, word * 4)) return false;
    }
    return true;
  }

  #leafBit(leaf: number, depth: number): number {
    return (
      ((this.#store.words[leafAt(leaf) + (depth >>> 5)] as number) >>> (31 - (depth & 31))) & 1
    );
  }

  /** Follows a key to a leaf or to nothing; siblings from the top down. */
  #descend(keyHash: Uint8Array): { terminal: number; siblings: Uint8Array[] } {
    assert(keyHash.length === HASH_BYTES, 'keys of the state tree are hashes');
    const words = this.#store.words;
    const siblings: Uint8Array[] = [];
    let subtree = this.#root;
    for (let depth = 0; subtree !== EMPTY && !isLeaf(subtree); depth++) {
      const side = ((keyHash[depth >>> 3] as number) >>> (7 - (depth & 7))) & 1;
      siblings.push(this.#bytesAt(subtree + (1 - side) * HASH_WORDS));
      subtree = words[subtree + REFERENCES + side] as number;
    }
    return { terminal: subtree, siblings };
  }

  #bytesAt(at: number): Uint8Array {
    const bytes = new Uint8Array(HASH_BYTES);
    const view = new DataView(bytes.buffer);
    const words = this.#store.words;
    for (let word = 0; word < HASH_WORDS; word++) {
      view.setUint32(word * 4, words[at + word] as number);
    }
    return bytes;
  }
}
