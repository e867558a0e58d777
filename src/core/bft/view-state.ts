/**
 * Everything an instance remembers of one view. Bounded: two proposals, one vote of each kind per
 * member, one certificate of each kind.
 */

import type { Certificate, CertificateKind } from '#core/chain/certificate.ts';
import type { Block } from './block.ts';
import type { Proposal, Vote, VoteKind } from './messages.ts';
import { sameHash } from './statement.ts';
import { VoteTally } from './vote-tally.ts';

/** A proposal whose signature and payload are in order. */
export type Candidate<B extends Block> = {
  readonly proposal: Proposal;
  readonly block: B;
  /** `received` until the host is asked; `valid` also for blocks we built ourselves. */
  status: 'received' | 'checking' | 'valid' | 'invalid' | 'final';
  /** Whether `blockNotarized` was reported. */
  announced: boolean;
};

export class ViewState<B extends Block> {
  readonly view: number;
  /** The first is the one we may vote for; a second one is proof against the leader. */
  readonly candidates: Candidate<B>[] = [];
  readonly tallies: Readonly<Record<VoteKind, VoteTally>>;
  readonly certificates: Partial<Record<CertificateKind, Certificate>> = {};
  /** Our own votes, from the moment we decide on them: what binds us even before it is durable. */
  readonly own: Partial<Record<VoteKind, Vote>> = {};
  /** Members already reported, so that each case is reported once. */
  readonly reported = new Set<number>();

  constructor(view: number) {
    this.view = view;
    this.tallies = {
      notarize: new VoteTally('notarize', view),
      nullify: new VoteTally('nullify', view),
      finalize: new VoteTally('finalize', view),
    };
  }

  /** Hash of the block that may be built upon in this view. */
  get certifiedHash(): Uint8Array | undefined {
    const { notarization, finalization } = this.certificates;
    return (notarization ?? finalization)?.blockHash;
  }

  get isNullified(): boolean {
    return this.certificates.nullification !== undefined;
  }

  candidateOf(hash: Uint8Array | undefined): Candidate<B> | undefined {
    if (hash === undefined) return undefined;
    return this.candidates.find((candidate) => sameHash(candidate.block.hash, hash));
  }

  get certifiedCandidate(): Candidate<B> | undefined {
    return this.candidateOf(this.certifiedHash);
  }
}
