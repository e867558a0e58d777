/**
 * What this node has given up while it packed blocks, for reasons of its own (ledger/engine.ts): a
 * transaction of its pool is tried once more and then taken no more, a batch of another chain is left
 * out for a number of blocks that doubles. Others may pack both.
 *
 * BOUND: so many are remembered; forgetting one costs another try.
 */

import { BoundedCache } from '../bounded-cache.ts';
import { hexOf } from '../crypto/hex.ts';

const REMEMBERED = 512;
const TRIES = 2;
const WAIT_EXPONENT_MAX = 10;

export class StoppedRuns {
  readonly #tries = new BoundedCache<string, number>(REMEMBERED);
  /** Height from which a batch is taken again, by its source and first number. */
  readonly #batches = new BoundedCache<string, { readonly height: number; readonly count: number }>(
    REMEMBERED,
  );

  /** Notes a try that was stopped; false when it was the last. */
  mayTryAgain(id: Uint8Array, isDeadly: boolean): boolean {
    const name = hexOf(id);
    const tries = isDeadly ? TRIES : (this.#tries.get(name) ?? 0) + 1;
    this.#tries.set(name, tries);
    return tries < TRIES;
  }

  /** Whether a transaction is taken no more. */
  isGivenUp(id: Uint8Array): boolean {
    return this.#tries.size > 0 && (this.#tries.get(hexOf(id)) ?? 0) >= TRIES;
  }

  leaveOut(source: number, firstSeq: number, height: number): void {
    const name = `${source}/${firstSeq}`;
    const count = (this.#batches.get(name)?.count ?? 0) + 1;
    const wait = 2 ** Math.min(count, WAIT_EXPONENT_MAX);
    this.#batches.set(name, { height: height + wait, count });
  }

  isLeftOut(source: number, firstSeq: number, height: number): boolean {
    if (this.#batches.size === 0) return false;
    return (this.#batches.get(`${source}/${firstSeq}`)?.height ?? 0) > height;
  }
}
