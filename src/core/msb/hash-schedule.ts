/**
 * The hashes that an update has made necessary, by depth, so that each is done once and those of one
 * depth, which do not depend on each other, go to the kernel together.
 */

import type { HashMemory } from '../crypto/sha256-lanes/hash-memory.ts';

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

export class HashSchedule {
  readonly #leaves = new JobList();
  readonly #nodes: JobList[] = [];

  /** The hash of the leaf record at `source` belongs at `target`. */
  addLeaf(source: number, target: number): void {
    this.#leaves.push(source, target);
  }

  /** The same for a node whose path has `depth` bits. */
  addNode(depth: number, source: number, target: number): void {
    while (this.#nodes.length <= depth) this.#nodes.push(new JobList());
    (this.#nodes[depth] as JobList).push(source, target);
  }

  /** Leaves first, then nodes from the deepest up. */
  run(memory: HashMemory): void {
    this.#leaves.drain(memory, LEAF_PREFIX);
    for (let depth = this.#nodes.length - 1; depth >= 0; depth--) {
      this.#nodes[depth]?.drain(memory, NODE_PREFIX);
    }
  }
}

class JobList {
  #jobs = new Uint32Array(64);
  #length = 0;

  push(source: number, target: number): void {
    if (this.#length === this.#jobs.length) {
      const grown = new Uint32Array(this.#length * 2);
      grown.set(this.#jobs);
      this.#jobs = grown;
    }
    this.#jobs[this.#length] = source;
    this.#jobs[this.#length + 1] = target;
    this.#length += 2;
  }

  drain(memory: HashMemory, prefix: number): void {
    for (let at = 0; at < this.#length; at += 2) {
      memory.queue(prefix, this.#jobs[at] as number, this.#jobs[at + 1] as number);
    }
    memory.flush();
    this.#length = 0;
  }
}
