/**
 * Keeps the state tree at the block that is being built upon. Blocks that are not final can be left
 * again: the tree is taken back with the values before them, which the state below still has, so
 * the usual straight line costs nothing extra.
 */

import { assert } from '../assert.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StateReader } from '../ledger/ports.ts';
import { encodeStateValue } from '../ledger/state-value.ts';
import type { StateTree } from '../msb/state-tree.ts';
import type { StateChange } from './commit.ts';

/** What one unfinal block did to the tree. */
type Step = {
  readonly parent: string;
  readonly changes: readonly StateChange[];
  /** State before the block. */
  readonly before: StateReader;
};

export class StateCommitment {
  readonly #tree: StateTree;
  readonly #steps = new Map<string, Step>();
  #at: string;

  /** `tree` holds the state after the block `at`. */
  constructor(tree: StateTree, at: Uint8Array) {
    this.#tree = tree;
    this.#at = hexOf(at);
  }

  /** Root of the state after `changes` on top of the block `parent`; the tree stays there. */
  rootAfter(parent: Uint8Array, changes: readonly StateChange[], before: StateReader): Uint8Array {
    this.#moveTo(hexOf(parent));
    this.#tree.updateState(changes);
    this.#steps.set(PENDING, { parent: this.#at, changes, before });
    this.#at = PENDING;
    return this.#tree.root();
  }

  /** The block last computed has got its hash. */
  name(hash: Uint8Array): void {
    const step = this.#steps.get(PENDING);
    assert(step !== undefined && this.#at === PENDING, 'a block is named once, after its root');
    this.#steps.delete(PENDING);
    this.#at = hexOf(hash);
    this.#steps.set(this.#at, step);
  }

  /** The block is final: it and what it stands on are never left again. */
  settle(hash: Uint8Array): void {
    this.#steps.delete(hexOf(hash));
  }

  /** The block will never be final. */
  abandon(hash: Uint8Array): void {
    const name = hexOf(hash);
    if (this.#at === name) this.#stepBack();
    this.#steps.delete(name);
  }

  #moveTo(target: string): void {
    const forward: [string, Step][] = [];
    let common = target;
    while (common !== this.#at && !this.#isBelow(common)) {
      const step = this.#steps.get(common);
      assert(step !== undefined, 'only known blocks are built upon');
      forward.push([common, step]);
      common = step.parent;
    }
    while (this.#at !== common) this.#stepBack();
    for (const [name, step] of forward.reverse()) {
      this.#tree.updateState(step.changes);
      this.#at = name;
    }
  }

  /** Whether the tree's block descends from this one through unfinal blocks. */
  #isBelow(name: string): boolean {
    for (let at = this.#at; ; ) {
      if (at === name) return true;
      const step = this.#steps.get(at);
      if (step === undefined) return false;
      at = step.parent;
    }
  }

  #stepBack(): void {
    const step = this.#steps.get(this.#at);
    assert(step !== undefined, 'a final block is never left');
    const previous = step.changes.map(([key]): StateChange => {
      const value = step.before.get(key);
      return [key, value === undefined ? null : encodeStateValue(value)];
    });
    this.#tree.updateState(previous);
    if (this.#at === PENDING) this.#steps.delete(PENDING);
    this.#at = step.parent;
  }
}

const PENDING = 'pending';
