/**
 * What one chain has asked to be stored and is not stored yet: commits put together from their parts,
 * votes, and the last request to prune. A batch takes from the front and is removed only when it is
 * on disk, so a full disk loses nothing.
 *
 * Messages are borrowed, so what waits is copied, into buffers that go back to a pool once the disk
 * has their content.
 */

import { assert } from '#core/assert.ts';
import type { VoteRecord } from '#core/shard/commit.ts';
import { openCommit, type PackedCommit } from '#core/shard/commit-codec.ts';
import type { ChainBatch } from '#io/lmdb/chain-store.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { CommitPart, StoreVote } from './protocol.ts';

/** One flush for several blocks, but not so many that the first waits long for the last. */
const BATCH_COMMITS_MAX = 16;
/**
 * BOUND: a chain has a few blocks in flight and stops while none is answered, so this many waiting
 * ones are a bug of the chain.
 */
const WAITING_MAX = 4096;

/** A value that waits, and the buffer of the pool that it lies in. */
type Waiting<Value> = { readonly value: Value; readonly buffer: Uint8Array };

export class ChainQueue {
  /** Actor that asked last, hence the one to answer. */
  peer: string;
  readonly #pool: BufferPool;
  /** The commit whose parts are arriving. */
  #arriving: Arriving | undefined;
  readonly #commits: Waiting<PackedCommit>[] = [];
  readonly #votes: Waiting<VoteRecord>[] = [];
  #pruneBefore: string | undefined;

  constructor(peer: string, pool: BufferPool) {
    this.peer = peer;
    this.#pool = pool;
  }

  get isEmpty(): boolean {
    return (
      this.#commits.length === 0 && this.#votes.length === 0 && this.#pruneBefore === undefined
    );
  }

  get waiting(): number {
    return this.#commits.length + this.#votes.length;
  }

  /** Keeps a part; the last one completes the commit. Part 0 starts anew (the sender restarted). */
  addPart({ height, part, parts, commitBytes, pieces }: CommitPart): void {
    if (part === 0) {
      this.#dropArriving();
      const buffer = this.#pool.take(commitBytes);
      this.#arriving = { height, buffer, nextPart: 0, length: 0 };
    }
    const arriving = this.#arriving;
    assert(
      arriving !== undefined && part === arriving.nextPart && height === arriving.height,
      'parts arrive in order',
    );
    arriving.length = append(arriving.buffer, arriving.length, pieces);
    arriving.nextPart += 1;
    if (arriving.nextPart < parts) return;
    assert(arriving.length === commitBytes, 'the parts of a commit fill it');
    this.#arriving = undefined;
    const { buffer } = arriving;
    this.#commits.push({ value: openCommit(buffer.subarray(0, commitBytes)), buffer });
    assert(this.waiting <= WAITING_MAX, 'a chain waits for its commits');
  }

  addVote({ chain, token, key, pieces }: StoreVote): void {
    const buffer = this.#pool.take(pieces.reduce((sum, piece) => sum + piece.length, 0));
    const value = buffer.subarray(0, append(buffer, 0, pieces));
    this.#votes.push({ value: { chain, token, key, value }, buffer });
    assert(this.waiting <= WAITING_MAX, 'a chain waits for its votes');
  }

  prune(before: string): void {
    if (this.#pruneBefore === undefined || this.#pruneBefore < before) this.#pruneBefore = before;
  }

  firstCommit(): PackedCommit | undefined {
    return this.#commits[0]?.value;
  }

  dropFirstCommit(): void {
    this.#giveBack(this.#commits.splice(0, 1));
  }

  batch(): ChainBatch {
    return {
      commits: this.#commits.slice(0, BATCH_COMMITS_MAX).map(({ value }) => value),
      votes: this.#votes.map(({ value }) => value),
      ...(this.#pruneBefore === undefined ? {} : { pruneVotesBefore: this.#pruneBefore }),
    };
  }

  /** The batch, the last one `batch` gave, is on disk; its bytes are not to be looked at any more. */
  remove(batch: ChainBatch): void {
    this.#giveBack(this.#commits.splice(0, batch.commits.length));
    this.#giveBack(this.#votes.splice(0, batch.votes.length));
    this.#pruneBefore = undefined;
  }

  /** The sender died: what it had not been answered it will decide anew. */
  clear(): void {
    this.#dropArriving();
    this.#giveBack(this.#commits.splice(0));
    this.#giveBack(this.#votes.splice(0));
    this.#pruneBefore = undefined;
  }

  #dropArriving(): void {
    if (this.#arriving !== undefined) this.#pool.give(this.#arriving.buffer);
    this.#arriving = undefined;
  }

  #giveBack(stored: readonly Waiting<unknown>[]): void {
    for (const { buffer } of stored) this.#pool.give(buffer);
  }
}

type Arriving = {
  readonly height: number;
  readonly buffer: Uint8Array;
  nextPart: number;
  /** Bytes that have arrived. */
  length: number;
};

/** Copies the pieces to `at` and after; returns where they end. */
function append(target: Uint8Array, at: number, pieces: readonly Uint8Array[]): number {
  let end = at;
  for (const piece of pieces) {
    target.set(piece, end);
    end += piece.length;
  }
  return end;
}
