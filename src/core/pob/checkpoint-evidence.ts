/** Two votes of one candidate that no honest one casts together (protocol.md §13, E4). */

import { decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import {
  CHECKPOINT_VOTE_BYTES,
  type CheckpointVote,
  encodeCheckpointVote,
  isSameHash,
  linkDigest,
  linksConflict,
  readCheckpointVote,
} from './checkpoint.ts';

export type CheckpointEvidence = {
  readonly first: CheckpointVote;
  readonly second: CheckpointVote;
};

/** Not one of the codes of evidence of consensus (core/bft), which travels on the same ways. */
const CODE = 4;

export function encodeCheckpointEvidence({ first, second }: CheckpointEvidence): Uint8Array {
  return new BinaryWriter(1 + 2 * CHECKPOINT_VOTE_BYTES)
    .u8(CODE)
    .raw(encodeCheckpointVote(first))
    .raw(encodeCheckpointVote(second))
    .finish();
}

/** `undefined` unless the bytes are exactly one piece of it. Checks no signature. */
export function decodeCheckpointEvidence(bytes: Uint8Array): CheckpointEvidence | undefined {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== CODE) reader.malformed('evidence of another kind');
    return { first: readCheckpointVote(reader), second: readCheckpointVote(reader) };
  });
}

/** Whether it proves something against the holder of the key. */
export function verifyCheckpointEvidence(
  { first, second }: CheckpointEvidence,
  chainId: number,
): boolean {
  if (!isSameHash(first.key, second.key) || !linksConflict(first, second)) return false;
  return [first, second].every((vote) =>
    verifyValidatorSignature(vote.key, linkDigest(chainId, vote), vote.signature),
  );
}
