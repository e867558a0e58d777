/**
 * What stands between the network and the rules: of everything that arrives, only what is for this
 * group, in the window of views, new, and truly signed gets through. Checks go from cheap to dear
 * (protocol.md §2.3, verification order). Two signed statements that contradict each other become
 * evidence here.
 */

import {
  type Certificate,
  signersOf,
  type VerifySignature,
  verifyCertificate,
} from '#core/chain/certificate.ts';
import { leaderOf, type ValidatorGroup } from '#core/chain/validator-group.ts';
import type { Block } from './block.ts';
import type { BftEffect } from './effects.ts';
import { type ProposalStatement, votesConflict } from './evidence.ts';
import type { Proposal, Vote } from './messages.ts';
import type { BftSettings } from './settings.ts';
import { proposalDigest, sameHash } from './statement.ts';
import type { Candidate, ViewState } from './view-state.ts';
import type { ViewTable } from './view-table.ts';

/** Votes are kept for views up to this far ahead of the current one. */
export const VIEW_WINDOW = 64;
/** Proposals carry whole blocks, so they are kept less far ahead. */
export const PROPOSAL_WINDOW = 8;
/** A second proposal of a view is kept as well: it may be the one the quorum saw. */
const CANDIDATES_MAX = 2;

export class MessageGate<B extends Block> {
  readonly #settings: BftSettings<B>;
  readonly #group: ValidatorGroup;
  readonly #verify: VerifySignature;
  readonly #table: ViewTable<B>;
  readonly #emit: (effect: BftEffect<B>) => void;

  constructor(settings: BftSettings<B>, table: ViewTable<B>, emit: (effect: BftEffect<B>) => void) {
    this.#settings = settings;
    this.#group = settings.group;
    this.#verify = settings.ports.verify;
    this.#table = table;
    this.#emit = emit;
  }

  /** The digest under a new, verified vote; `undefined` for every other. */
  admitVote(from: number, vote: Vote, currentView: number): Uint8Array | undefined {
    if (!this.#isForUs(vote) || !this.#isInWindow(vote.view, currentView + VIEW_WINDOW)) {
      return undefined;
    }
    const publicKey = this.#group.members[vote.member];
    const isWellFormed = (vote.blockHash === undefined) === (vote.kind === 'nullify');
    if (publicKey === undefined || !isWellFormed) return this.#accuse(from, 'malformed vote');
    // Our own votes come out of our log only.
    if (vote.member === this.#settings.member) return undefined;
    const state = this.#table.ensure(vote.view);
    const tally = state.tallies[vote.kind];
    const known = tally.voteOf(vote.member);
    const contradicted = this.#contradictedBy(state, vote);
    if (contradicted === undefined) {
      if (known !== undefined) return undefined;
      const certificate = certificateOf(state, vote);
      if (certificate !== undefined && sameHash(certificate.blockHash, vote.blockHash)) {
        return undefined; // nothing depends on it any more
      }
    } else if (state.reported.has(vote.member)) {
      return undefined;
    }
    const digest = tally.digestFor(this.#group, vote.blockHash);
    if (!this.#verify(publicKey, digest, vote.signature)) {
      return this.#accuse(from, 'vote with a bad signature');
    }
    if (contradicted !== undefined) this.#reportVotes(state, contradicted, vote);
    return known === undefined ? digest : undefined;
  }

  /** The new candidate of a proposal that is in order; it is in the table then. */
  admitProposal(from: number, proposal: Proposal, currentView: number): Candidate<B> | undefined {
    if (!this.#isForUs(proposal)) return undefined;
    if (!this.#isInWindow(proposal.view, currentView + PROPOSAL_WINDOW)) return undefined;
    const { parentView, view, payload, blockHash } = proposal;
    if (parentView < 0 || parentView >= view || payload.length > this.#settings.payloadBytesMax) {
      return this.#accuse(from, 'malformed proposal');
    }
    const state = this.#table.ensure(view);
    if (state.candidateOf(blockHash) !== undefined) return undefined;
    const leader = leaderOf(this.#group, view);
    const [first] = state.candidates;
    const isWanted = sameHash(state.certifiedHash, blockHash);
    if (first !== undefined && state.reported.has(leader) && !isWanted) return undefined;
    const digest = proposalDigest(this.#group, proposal);
    if (!this.#verify(this.#group.members[leader] as Uint8Array, digest, proposal.signature)) {
      return this.#accuse(from, 'proposal with a bad signature');
    }
    if (first !== undefined) this.#reportProposals(state, leader, first.proposal, proposal);
    return this.#admitBlock(from, state, proposal, isWanted);
  }

  /** Whether a certificate is of a quorum of this group. Past views are not looked at. */
  admitCertificate(from: number, certificate: Certificate): boolean {
    if (!this.#isForUs(certificate) || certificate.view <= this.#table.final.view) return false;
    const state = this.#table.find(certificate.view);
    const known = state?.certificates[certificate.kind];
    if (known !== undefined && sameHash(known.blockHash, certificate.blockHash)) return false;
    const tally = state?.tallies[voteKindOfCertificate(certificate)];
    const isKnown = (member: number, signature: Uint8Array) => {
      const vote = tally?.voteOf(member);
      return (
        vote !== undefined &&
        sameHash(vote.blockHash, certificate.blockHash) &&
        sameHash(vote.signature, signature)
      );
    };
    if (!verifyCertificate(this.#group, certificate, this.#verify, isKnown)) {
      this.#accuse(from, 'certificate that does not verify');
      return false;
    }
    if (state !== undefined) this.#compareWithVotes(state, certificate);
    return true;
  }

  /** A certificate may carry what a member said to others and not to us. */
  #compareWithVotes(state: ViewState<B>, certificate: Certificate): void {
    const { chain, epoch, view, blockHash } = certificate;
    const kind = voteKindOfCertificate(certificate);
    const signers = signersOf(certificate, this.#group.members.length) ?? [];
    for (const [index, member] of signers.entries()) {
      if (state.reported.has(member)) continue;
      const signature = certificate.signatures[index] as Uint8Array;
      const vote: Vote = { kind, chain, epoch, view, blockHash, member, signature };
      const contradicted = this.#contradictedBy(state, vote);
      if (contradicted !== undefined) this.#reportVotes(state, contradicted, vote);
    }
  }

  #admitBlock(
    from: number,
    state: ViewState<B>,
    proposal: Proposal,
    isWanted: boolean,
  ): Candidate<B> | undefined {
    const block = this.#settings.ports.readBlock(proposal.payload);
    // The signature does not cover the payload, so a mismatch is the doing of whoever sent it.
    if (block === undefined || !sameHash(block.hash, proposal.blockHash)) {
      return this.#accuse(from, 'payload that is not the proposed block');
    }
    if (!sameHash(block.parentHash, proposal.parentHash) || block.height !== proposal.height) {
      return this.#accuse(leaderOf(this.#group, state.view), 'proposal that misstates its block');
    }
    const candidate: Candidate<B> = { proposal, block, status: 'received', announced: false };
    if (state.candidates.length < CANDIDATES_MAX) state.candidates.push(candidate);
    else if (isWanted) state.candidates[CANDIDATES_MAX - 1] = candidate;
    else return undefined;
    return candidate;
  }

  #isForUs(object: { readonly chain: number; readonly epoch: number }): boolean {
    return object.chain === this.#group.chain && object.epoch === this.#group.epoch;
  }

  #isInWindow(view: number, highest: number): boolean {
    return view > this.#table.final.view && view <= highest;
  }

  /** A verified vote of the same member in the same view that no honest member casts beside it. */
  #contradictedBy(state: ViewState<B>, vote: Vote): Vote | undefined {
    for (const tally of [state.tallies.notarize, state.tallies.nullify, state.tallies.finalize]) {
      const other = tally.voteOf(vote.member);
      if (other !== undefined && votesConflict(other, vote)) return other;
    }
    return undefined;
  }

  #reportVotes(state: ViewState<B>, first: Vote, second: Vote): void {
    const { member } = second;
    state.reported.add(member);
    this.#emit({ kind: 'evidence', evidence: { kind: 'twoVotes', member, first, second } });
  }

  #reportProposals(state: ViewState<B>, member: number, one: Proposal, other: Proposal): void {
    if (state.reported.has(member)) return;
    state.reported.add(member);
    const [first, second] = [statementOf(one), statementOf(other)];
    this.#emit({ kind: 'evidence', evidence: { kind: 'twoProposals', member, first, second } });
  }

  #accuse(member: number, reason: string): undefined {
    this.#emit({ kind: 'misbehaviour', member, reason });
  }
}

function certificateOf<B extends Block>(state: ViewState<B>, vote: Vote): Certificate | undefined {
  const { notarization, nullification, finalization } = state.certificates;
  if (vote.kind === 'notarize') return notarization;
  return vote.kind === 'nullify' ? nullification : finalization;
}

function voteKindOfCertificate(certificate: Certificate): Vote['kind'] {
  if (certificate.kind === 'notarization') return 'notarize';
  return certificate.kind === 'nullification' ? 'nullify' : 'finalize';
}

function statementOf(proposal: Proposal): ProposalStatement {
  const { payload: _, ...statement } = proposal;
  return statement;
}
