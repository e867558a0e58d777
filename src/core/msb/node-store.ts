/**
 * The nodes of a state tree as records in one flat memory, so that a million leaves are a million
 * records and not a million objects. A node holds the hashes of its two children beside its
 * references to them: hashing it touches nothing else, and a leaf is laid out as it is hashed.
 *
 *   node  left hash (8 words) | right hash (8) | left reference | right reference
 *   leaf  key (8 words) | value hash (8)
 *
 * A reference is the index of the first word, always even, plus one for a leaf; 0 is the empty tree.
 */

import { HashMemory } from '../crypto/sha256-lanes/hash-memory.ts';
import { HASH_WORDS } from './change-batch.ts';

export const EMPTY = 0;
/** Where the references lie in a node, in words. */
export const REFERENCES: number = 2 * HASH_WORDS;
const LEAF_WORDS = 2 * HASH_WORDS;
const NODE_WORDS = REFERENCES + 2;

export function isLeaf(reference: number): boolean {
  return (reference & 1) === 1;
}

/** First word of a leaf's record. */
export function leafAt(reference: number): number {
  return reference - 1;
}

export class NodeStore {
  readonly memory: HashMemory = new HashMemory();
  #top: number;
  #freeLeaf = EMPTY;
  #freeNode = EMPTY;

  /** The first `reservedWords` belong to the owner. */
  constructor(reservedWords: number) {
    this.#top = HashMemory.FIRST_WORD + reservedWords;
    this.memory.reserve(this.#top);
  }

  /** A view that an allocation may replace. */
  get words(): Uint32Array {
    return this.memory.words;
  }

  /** Bytes in use or free for use again. */
  get bytes(): number {
    return this.#top * 4;
  }

  /** A leaf reference; the record has any content. */
  allocateLeaf(): number {
    const free = this.#freeLeaf;
    if (free === EMPTY) return this.#extend(LEAF_WORDS) + 1;
    this.#freeLeaf = this.words[leafAt(free)] as number;
    return free;
  }

  releaseLeaf(leaf: number): void {
    this.words[leafAt(leaf)] = this.#freeLeaf;
    this.#freeLeaf = leaf;
  }

  /** A node reference; the record has any content. */
  allocateNode(): number {
    const free = this.#freeNode;
    if (free === EMPTY) return this.#extend(NODE_WORDS);
    this.#freeNode = this.words[free + REFERENCES] as number;
    return free;
  }

  /** The two hashes in the record stay readable until the next allocation. */
  releaseNode(node: number): void {
    this.words[node + REFERENCES] = this.#freeNode;
    this.#freeNode = node;
  }

  #extend(words: number): number {
    const start = this.#top;
    this.#top += words;
    this.memory.reserve(this.#top);
    return start;
  }
}
