/**
 * The views an instance still cares about, from a few final blocks back to a window ahead of the
 * current view, and the questions the rules ask about them. It decides nothing.
 */

import type { Block, FinalBlock } from './block.ts';
import { sameHash } from './statement.ts';
import { type Candidate, ViewState } from './view-state.ts';

/** A block that may be built upon, or what is missing to know it. */
export type ParentSearch<B extends Block> =
  | { readonly found: true; readonly view: number; readonly candidate: Candidate<B> | undefined }
  | { readonly found: false };

export class ViewTable<B extends Block> {
  readonly #states = new Map<number, ViewState<B>>();
  #final: FinalBlock;

  constructor(final: FinalBlock) {
    this.#final = final;
  }

  get final(): FinalBlock {
    return this.#final;
  }

  /** Number of views held, for tests of boundedness and for metrics. */
  get size(): number {
    return this.#states.size;
  }

  find(view: number): ViewState<B> | undefined {
    return this.#states.get(view);
  }

  ensure(view: number): ViewState<B> {
    let state = this.#states.get(view);
    if (state === undefined) {
      state = new ViewState(view);
      this.#states.set(view, state);
    }
    return state;
  }

  /** In no particular order. */
  states(): IterableIterator<ViewState<B>> {
    return this.#states.values();
  }

  setFinal(final: FinalBlock): void {
    this.#final = final;
  }

  forgetBelow(view: number): void {
    for (const known of this.#states.keys()) if (known < view) this.#states.delete(known);
  }

  /** What may be built upon in `view`: its certified block, or the final one. */
  certifiedHash(view: number): Uint8Array | undefined {
    return view === this.#final.view ? this.#final.hash : this.find(view)?.certifiedHash;
  }

  isNullified(view: number): boolean {
    return this.find(view)?.isNullified ?? false;
  }

  /** Whether every view strictly between the two has a nullification. */
  areNullifiedBetween(lower: number, upper: number): boolean {
    for (let view = lower + 1; view < upper; view++) if (!this.isNullified(view)) return false;
    return true;
  }

  /**
   * The block a leader of `view` builds upon: the highest certified one below it such that all views
   * between are nullified. The candidate is absent for the final block and where the body is missing.
   */
  parentFor(view: number): ParentSearch<B> {
    for (let below = view - 1; below > this.#final.view; below--) {
      const state = this.find(below);
      if (state?.certifiedHash !== undefined) {
        return { found: true, view: below, candidate: state.certifiedCandidate };
      }
      if (!(state?.isNullified ?? false)) return { found: false };
    }
    return { found: true, view: this.#final.view, candidate: undefined };
  }

  /** The block of this hash above the final one. `hint` is the view it probably lies in. */
  candidateOf(hash: Uint8Array, hint: number): Candidate<B> | undefined {
    if (hint > this.#final.view) {
      const candidate = this.find(hint)?.candidateOf(hash);
      if (candidate !== undefined) return candidate;
    }
    for (const state of this.#states.values()) {
      if (state.view <= this.#final.view) continue;
      const candidate = state.candidateOf(hash);
      if (candidate !== undefined) return candidate;
    }
    return undefined;
  }

  /** Whether the state after the candidate's parent is at hand, so that it can be executed. */
  isParentReady(candidate: Candidate<B>): boolean {
    const { parentHash, parentView } = candidate.proposal;
    if (sameHash(parentHash, this.#final.hash)) return true;
    return this.candidateOf(parentHash, parentView)?.status === 'valid';
  }

  /**
   * The blocks from the one above the final block up to `candidate`, oldest first; `missing` is the
   * view whose body is needed to go on, and `fork` is set where the chain misses the final block.
   */
  chainTo(candidate: Candidate<B>): {
    readonly chain: Candidate<B>[];
    readonly missing: number | undefined;
    readonly fork: boolean;
  } {
    const chain = [candidate];
    let lowest = candidate;
    while (!sameHash(lowest.proposal.parentHash, this.#final.hash)) {
      const { parentHash, parentView, height } = lowest.proposal;
      if (height <= this.#final.height + 1) return { chain, missing: undefined, fork: true };
      const parent = this.candidateOf(parentHash, parentView);
      if (parent === undefined) {
        return { chain: chain.reverse(), missing: parentView, fork: false };
      }
      chain.push(parent);
      lowest = parent;
    }
    return { chain: chain.reverse(), missing: undefined, fork: false };
  }
}
