/**
 * The step from one group of a chain to the next, for those who do not run the chain: the closing
 * header, the proof that the group it ends has finalized it, and the group it names. Other chains and
 * light clients follow a chain by one of these per epoch.
 */

import { decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { blockHash, decodeHeader } from './block.ts';
import { closingHeight } from './epochs.ts';
import { decodeFinalityProof, isProvenFinal } from './finality-proof.ts';
import { decodeNextGroup, type NextGroup, nextGroupHash } from './next-group.ts';
import type { ValidatorGroup } from './validator-group.ts';

export type Handover = {
  /** Encoded header of the closing block. */
  readonly header: Uint8Array;
  /** Encoded finality proof of it. */
  readonly certificate: Uint8Array;
  /** Encoded group that follows. */
  readonly group: Uint8Array;
};

export function encodeHandover({ header, certificate, group }: Handover): Uint8Array {
  return new BinaryWriter(12 + header.length + certificate.length + group.length)
    .bytes(header)
    .bytes(certificate)
    .bytes(group)
    .finish();
}

export function decodeHandover(bytes: Uint8Array): Handover | undefined {
  return decodeWith(bytes, (reader) => ({
    header: reader.bytes(),
    certificate: reader.bytes(),
    group: reader.bytes(),
  }));
}

/** The group that follows `known`, if the handover proves it. */
export function provenSuccessor(
  known: ValidatorGroup,
  epochBlocks: number,
  handover: Handover,
): NextGroup | undefined {
  const header = decodeHeader(handover.header);
  const group = decodeNextGroup(handover.group);
  const proof = decodeFinalityProof(handover.certificate);
  if (header === undefined || group === undefined || proof === undefined) return undefined;
  const { chainId, chain, epoch } = known;
  if (header.chain !== chain || header.height !== closingHeight(epoch, epochBlocks)) {
    return undefined;
  }
  if (group.chainId !== chainId || group.chain !== chain || group.epoch !== epoch + 1) {
    return undefined;
  }
  if (!isSame(nextGroupHash(handover.group), header.nextGroupHash)) return undefined;
  return isProvenFinal(known, blockHash(handover.header), proof) ? group : undefined;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
