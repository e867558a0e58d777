/**
 * What one chain has asked to be stored and is not stored yet: commits put together from their parts,
 * votes, and the last request to prune. A batch takes from the front and is removed only when it is
 * on disk, so a full disk loses nothing.
 */

import { assert } from '#core/assert.ts';
import type { VoteRecord } from '#core/shard/commit.ts';
import { openCommit, type PackedCommit } from '#core/shard/commit-codec.ts';
import type { ChainBatch } from '#io/lmdb/chain-store.ts';
import type { CommitPart } from './protocol.ts';

/** One flush for several blocks, but not so many that the first waits long for the last. */
const BATCH_COMMITS_MAX = 16;
/**
 * BOUND: a chain has a few blocks in flight and stops while none is answered, so this many waiting
 * ones are a bug of the chain.
 */
const WAITING_MAX = 4096;

export class ChainQueue {
  /** Actor that asked last, hence the one to answer. */
  peer: string;
  #parts: Uint8Array[] = [];
  #partsHeight = -1;
  readonly #commits: PackedCommit[] = [];
  readonly #votes: VoteRecord[] = [];
  #pruneBefore: string | undefined;

  constructor(peer: string) {
    this.peer = peer;
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
  addPart({ height, part, parts, bytes }: CommitPart): void {
    if (part === 0) {
      this.#parts = [];
      this.#partsHeight = height;
    }
    assert(part === this.#parts.length && height === this.#partsHeight, 'parts arrive in order');
    this.#parts.push(bytes);
    if (this.#parts.length < parts) return;
    // PERF: a commit of one part, the usual case, is not copied.
    const whole = parts === 1 ? bytes : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#commits.push(openCommit(whole));
    assert(this.waiting <= WAITING_MAX, 'a chain waits for its commits');
  }

  addVote(vote: VoteRecord): void {
    this.#votes.push(vote);
    assert(this.waiting <= WAITING_MAX, 'a chain waits for its votes');
  }

  prune(before: string): void {
    if (this.#pruneBefore === undefined || this.#pruneBefore < before) this.#pruneBefore = before;
  }

  firstCommit(): PackedCommit | undefined {
    return this.#commits[0];
  }

  dropFirstCommit(): void {
    this.#commits.shift();
  }

  batch(): ChainBatch {
    return {
      commits: this.#commits.slice(0, BATCH_COMMITS_MAX),
      votes: this.#votes.slice(),
      ...(this.#pruneBefore === undefined ? {} : { pruneVotesBefore: this.#pruneBefore }),
    };
  }

  /** The batch, the last one `batch` gave, is on disk. */
  remove(batch: ChainBatch): void {
    this.#commits.splice(0, batch.commits.length);
    this.#votes.splice(0, batch.votes.length);
    this.#pruneBefore = undefined;
  }

  /** The sender died: what it had not been answered it will decide anew. */
  clear(): void {
    this.#parts = [];
    this.#commits.length = 0;
    this.#votes.length = 0;
    this.#pruneBefore = undefined;
  }
}
