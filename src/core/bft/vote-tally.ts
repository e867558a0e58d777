/**
 * Votes of one kind in one view: at most one per member. A vote is added only after its signature
 * was verified, so what lies here can be put into certificates and evidence.
 */

import type { ValidatorGroup } from '#core/chain/validator-group.ts';
import type { Vote, VoteKind } from './messages.ts';
import { sameHash, voteDigest } from './statement.ts';

type Share = {
  readonly blockHash: Uint8Array | undefined;
  readonly digest: Uint8Array;
  count: number;
};

export class VoteTally {
  readonly #kind: VoteKind;
  readonly #view: number;
  readonly #votes: (Vote | undefined)[] = [];
  /** One per block voted for; nearly always one in all. */
  readonly #shares: Share[] = [];

  constructor(kind: VoteKind, view: number) {
    this.#kind = kind;
    this.#view = view;
  }

  voteOf(member: number): Vote | undefined {
    return this.#votes[member];
  }

  /** What members sign for this block; computed once for all of them. */
  digestFor(group: ValidatorGroup, blockHash: Uint8Array | undefined): Uint8Array {
    const share = this.#shareOf(blockHash);
    return share?.digest ?? voteDigest(group, { kind: this.#kind, view: this.#view, blockHash });
  }

  /** Adds the first vote of a member; returns how many its block has now. */
  add(vote: Vote, digest: Uint8Array): number {
    this.#votes[vote.member] = vote;
    let share = this.#shareOf(vote.blockHash);
    if (share === undefined) {
      share = { blockHash: vote.blockHash, digest, count: 0 };
      this.#shares.push(share);
    }
    share.count += 1;
    return share.count;
  }

  /** By member, absent where that member did not vote for this block. */
  signaturesFor(blockHash: Uint8Array | undefined): (Uint8Array | undefined)[] {
    // Array.from, because holes of a sparse array must read as absent votes.
    return Array.from(this.#votes, (vote) =>
      vote !== undefined && sameHash(vote.blockHash, blockHash) ? vote.signature : undefined,
    );
  }

  #shareOf(blockHash: Uint8Array | undefined): Share | undefined {
    for (const share of this.#shares) if (sameHash(share.blockHash, blockHash)) return share;
    return undefined;
  }
}
