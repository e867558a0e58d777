/**
 * Proofs that a member broke the rules, which anybody who knows the group can check (protocol.md
 * §13: E3 two statements that no honest member makes together, E5 two certificates that cannot both
 * be). An honest member with its log never produces them, whatever the network does.
 */

import {
  type Certificate,
  type VerifySignature,
  verifyCertificate,
} from '#core/chain/certificate.ts';
import { leaderOf, type ValidatorGroup } from '#core/chain/validator-group.ts';
import type { Proposal, Vote } from './messages.ts';
import { proposalDigest, sameHash, voteDigest } from './statement.ts';

/** A proposal without its payload: what the signature covers. */
export type ProposalStatement = Omit<Proposal, 'payload'>;

export type Evidence =
  | {
      readonly kind: 'twoProposals';
      readonly member: number;
      readonly first: ProposalStatement;
      readonly second: ProposalStatement;
    }
  /** Two notarize or two finalize votes for different blocks, or nullify and finalize. */
  | {
      readonly kind: 'twoVotes';
      readonly member: number;
      readonly first: Vote;
      readonly second: Vote;
    }
  /** Who signed both is guilty; which members, `signersOf` tells. */
  | {
      readonly kind: 'twoCertificates';
      readonly first: Certificate;
      readonly second: Certificate;
    };

/** Whether the evidence proves what it says about a member of this group. */
export function verifyEvidence(
  group: ValidatorGroup,
  evidence: Evidence,
  verify: VerifySignature,
): boolean {
  switch (evidence.kind) {
    case 'twoProposals':
      return provesTwoProposals(group, evidence, verify);
    case 'twoVotes':
      return provesTwoVotes(group, evidence, verify);
    case 'twoCertificates':
      return (
        certificatesConflict(evidence.first, evidence.second) &&
        verifyCertificate(group, evidence.first, verify) &&
        verifyCertificate(group, evidence.second, verify)
      );
  }
}

/** Whether no honest member casts both of these votes of one member in one view. */
export function votesConflict(
  first: Pick<Vote, 'kind' | 'blockHash'>,
  second: Pick<Vote, 'kind' | 'blockHash'>,
): boolean {
  if (first.kind === second.kind) return !sameHash(first.blockHash, second.blockHash);
  return first.kind !== 'notarize' && second.kind !== 'notarize';
}

/**
 * Whether both can only be if the members in both broke the rules. (A notarization of one block and
 * a finalization of another cannot both be either, but do not say who is guilty.)
 */
export function certificatesConflict(first: Certificate, second: Certificate): boolean {
  if (first.view !== second.view) return false;
  if (first.kind === second.kind) return !sameHash(first.blockHash, second.blockHash);
  return first.kind !== 'notarization' && second.kind !== 'notarization';
}

function provesTwoProposals(
  group: ValidatorGroup,
  { member, first, second }: Extract<Evidence, { kind: 'twoProposals' }>,
  verify: VerifySignature,
): boolean {
  if (first.view !== second.view || first.view < 1) return false;
  if (leaderOf(group, first.view) !== member) return false;
  if (sameHash(first.blockHash, second.blockHash)) return false;
  return [first, second].every((statement) =>
    verify(
      group.members[member] as Uint8Array,
      proposalDigest(group, statement),
      statement.signature,
    ),
  );
}

function provesTwoVotes(
  group: ValidatorGroup,
  { member, first, second }: Extract<Evidence, { kind: 'twoVotes' }>,
  verify: VerifySignature,
): boolean {
  const publicKey = group.members[member];
  if (publicKey === undefined || first.view !== second.view) return false;
  if (first.member !== member || second.member !== member) return false;
  if (!votesConflict(first, second)) return false;
  return [first, second].every((vote) =>
    verify(publicKey, voteDigest(group, vote), vote.signature),
  );
}
