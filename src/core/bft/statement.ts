/**
 * The canonical bytes behind the signatures of proposals and votes.
 */

import { BinaryWriter } from '#core/chain/binary-writer.ts';
import { statementDigest, type ValidatorGroup, voteBody } from '#core/chain/validator-group.ts';
import type { Proposal, Vote } from './messages.ts';

export function proposalDigest(
  group: ValidatorGroup,
  proposal: Pick<Proposal, 'view' | 'parentView' | 'parentHash' | 'height' | 'blockHash'>,
): Uint8Array {
  const body = new BinaryWriter(88)
    .i64(proposal.view)
    .i64(proposal.parentView)
    .raw(proposal.parentHash)
    .i64(proposal.height)
    .raw(proposal.blockHash)
    .finish();
  return statementDigest(group, 'proposal', body);
}

export function voteDigest(
  group: ValidatorGroup,
  vote: Pick<Vote, 'kind' | 'view' | 'blockHash'>,
): Uint8Array {
  return statementDigest(group, vote.kind, voteBody(vote.view, vote.blockHash));
}

export function sameHash(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined || left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
