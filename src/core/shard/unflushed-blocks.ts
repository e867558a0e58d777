/**
 * Executed blocks that are not on disk yet, and the state after each of them. One of them is the tip,
 * whose state is kept within reach; the state after another is read through the changes of the blocks
 * below it.
 */

import { hexOf } from '../crypto/hex.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { RootClaim } from './block-rules.ts';
import { type ExecutedBlock, UnflushedState } from './executed-block.ts';
import { FlushedState, type ReadStored, TipState } from './tip-state.ts';

/** Newest flushed block. */
type FlushedBlock = { readonly hash: Uint8Array; readonly header: RootClaim };

export class UnflushedBlocks {
  readonly #flushed: FlushedState;
  readonly #byHash = new Map<string, ExecutedBlock>();
  /** State after the newest executed block, whose hash is `#tipHash`. */
  readonly #tip: TipState;
  #tipHash: string;
  /** Of the newest flushed header. */
  #flushedClaim: RootClaim;

  /** `cachedValues`: decoded values of the tip kept in memory, per generation. */
  constructor(read: ReadStored, cachedValues: number, newest: FlushedBlock) {
    this.#flushed = new FlushedState(read);
    this.#tip = new TipState(read, cachedValues);
    this.#tipHash = hexOf(newest.hash);
    this.#flushedClaim = newest.header;
  }

  get flushed(): StateReader {
    return this.#flushed;
  }

  get tip(): StateReader {
    return this.#tip;
  }

  get(hash: Uint8Array): ExecutedBlock | undefined {
    return this.#byHash.get(hexOf(hash));
  }

  /** In the order of their execution. */
  all(): readonly ExecutedBlock[] {
    return [...this.#byHash.values()];
  }

  /** The block and those it is built upon, newest first. */
  *downFrom(hash: Uint8Array): Iterable<ExecutedBlock> {
    for (let at = this.get(hash); at !== undefined; at = this.get(at.block.parentHash)) yield at;
  }

  /** State after a block that is flushed or was executed here. */
  stateAfter(hash: Uint8Array): StateReader {
    const name = hexOf(hash);
    if (name === this.#tipHash) return this.#tip;
    const executed = this.#byHash.get(name);
    if (executed === undefined) return this.#flushed;
    return new UnflushedState(
      executed.executed.changes,
      this.stateAfter(executed.block.parentHash),
    );
  }

  /** What the header of a block claims that is flushed or was executed here. */
  rootClaimAt(hash: Uint8Array): RootClaim {
    return this.get(hash)?.block.header ?? this.#flushedClaim;
  }

  /** A block was executed: it is the tip now. */
  add(executed: ExecutedBlock): void {
    const { block } = executed;
    this.#byHash.set(hexOf(block.hash), executed);
    if (hexOf(block.parentHash) === this.#tipHash) {
      this.#tipHash = hexOf(block.hash);
      this.#tip.advance(executed.executed.changes);
    } else this.#moveTip(block.hash);
  }

  /** The block will never be final; answers what it was, if it was executed here. */
  abandon(hash: Uint8Array): ExecutedBlock | undefined {
    const executed = this.get(hash);
    if (executed === undefined) return undefined;
    this.#byHash.delete(hexOf(hash));
    if (hexOf(hash) === this.#tipHash) this.#moveTip(executed.block.parentHash);
    return executed;
  }

  /** The block, the oldest of the chain that is kept here, is on disk. */
  settle(executed: ExecutedBlock): void {
    const { block } = executed;
    this.#tip.flushed(executed.executed.changes);
    this.#byHash.delete(hexOf(block.hash));
    this.#flushedClaim = block.header;
  }

  /** Makes another block the tip; happens only where blocks came to nothing. */
  #moveTip(hash: Uint8Array): void {
    const path = [...this.downFrom(hash)].reverse();
    this.#tipHash = hexOf(hash);
    this.#tip.moveTo(path.map(({ executed }) => executed.changes));
  }
}
