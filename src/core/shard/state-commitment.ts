/**
 * Keeps the state tree at the block that is being built upon. Blocks that are not final can be left
 * again: the tree remembers what their leaves held before. Blocks beside the tree are kept as their
 * changes and applied when somebody builds on them.
 */

import { assert } from '../assert.ts';
import { hexOf } from '../crypto/hex.ts';
import type { PackedChanges } from '../msb/packed-changes.ts';
import type { StateTree } from '../msb/state-tree.ts';

/** What one unfinal block did to the tree. */
type Step = { readonly parent: string; readonly changes: PackedChanges };

export class StateCommitment {
  readonly #tree: StateTree;
  readonly #steps = new Map<string, Step>();
  /** Blocks from the final one (not included) to the tree's, each with a checkpoint of the tree. */
  #path: string[] = [];
  #base: string;

  /** `tree` holds the state after the block `at`, which is final. */
  constructor(tree: StateTree, at: Uint8Array) {
    this.#tree = tree;
    this.#base = hexOf(at);
  }

  /** Root of the state after `changes` on top of the block `parent`; the tree stays there. */
  rootAfter(parent: Uint8Array, changes: PackedChanges): Uint8Array {
    this.#moveTo(hexOf(parent));
    this.#stepTo(PENDING, { parent: hexOf(parent), changes });
    return this.#tree.root();
  }

  /** The block last computed has got its hash. */
  name(hash: Uint8Array): void {
    const step = this.#steps.get(PENDING);
    assert(step !== undefined && this.#path.at(-1) === PENDING, 'a block is named after its root');
    this.#steps.delete(PENDING);
    this.#path[this.#path.length - 1] = hexOf(hash);
    this.#steps.set(hexOf(hash), step);
  }

  /** The block, a child of the last settled one, is final: it is never left again. */
  settle(hash: Uint8Array): void {
    const name = hexOf(hash);
    if (this.#path[0] !== name) this.#moveTo(name);
    assert(this.#path[0] === name, 'blocks become final in the order of the chain');
    this.#tree.release();
    this.#path.shift();
    this.#steps.delete(name);
    this.#base = name;
  }

  /** The block will never be final. */
  abandon(hash: Uint8Array): void {
    const name = hexOf(hash);
    while (this.#path.includes(name)) this.#stepBack();
    this.#steps.delete(name);
  }

  #moveTo(target: string): void {
    const forward: [string, Step][] = [];
    let common = target;
    while (common !== this.#base && !this.#path.includes(common)) {
      const step = this.#steps.get(common);
      assert(step !== undefined, 'only known blocks are built upon');
      forward.push([common, step]);
      common = step.parent;
    }
    while ((this.#path.at(-1) ?? this.#base) !== common) this.#stepBack();
    for (const [name, step] of forward.reverse()) this.#stepTo(name, step);
  }

  #stepTo(name: string, step: Step): void {
    this.#tree.checkpoint();
    this.#tree.updateState(step.changes);
    this.#path.push(name);
    this.#steps.set(name, step);
  }

  #stepBack(): void {
    const name = this.#path.pop();
    assert(name !== undefined, 'a final block is never left');
    this.#tree.rollback();
    if (name === PENDING) this.#steps.delete(PENDING);
  }
}

const PENDING = 'pending';
