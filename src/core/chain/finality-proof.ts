/**
 * Why a block is final: the finalization certificate of its group, of the block itself or of a
 * descendant together with the headers that lead there. A group of several members finalizes some
 * blocks only by their descendants, and other chains have to accept those as well.
 *
 * The usual proof is the certificate alone, and its bytes are those of the certificate.
 */

import { decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { blockHash, decodeHeader } from './block.ts';
import {
  type Certificate,
  readCertificate,
  verifyCertificate,
  writeCertificate,
} from './certificate.ts';
import type { ValidatorGroup } from './validator-group.ts';

/** BOUND: headers between a block and the descendant with a certificate. */
export const DESCENDANTS_MAX = 512;

export type FinalityProof = {
  readonly certificate: Certificate;
  /** Encoded headers from the child of the block to the certified one; empty where it is the block. */
  readonly descendants: readonly Uint8Array[];
};

export function encodeFinalityProof(proof: FinalityProof): Uint8Array {
  const writer = new BinaryWriter(64 + proof.certificate.signatures.length * 64);
  writeCertificate(writer, proof.certificate);
  if (proof.descendants.length > 0) {
    writer.list(proof.descendants, (target, header) => target.bytes(header));
  }
  return writer.finish();
}

/** `undefined` unless the bytes are exactly one proof in its only form. Checks nothing else. */
export function decodeFinalityProof(bytes: Uint8Array): FinalityProof | undefined {
  return decodeWith(bytes, (reader) => {
    const certificate = readCertificate(reader);
    if (reader.remaining === 0) return { certificate, descendants: [] };
    const descendants = reader.list(4, (source) => source.bytes());
    if (descendants.length === 0) reader.malformed('a proof without descendants has no list');
    if (descendants.length > DESCENDANTS_MAX) reader.malformed('too many descendants');
    return { certificate, descendants };
  });
}

/** Whether the proof makes the block with this hash final in the chain of the group. */
export function isProvenFinal(
  group: ValidatorGroup,
  hash: Uint8Array,
  proof: FinalityProof,
): boolean {
  const { certificate, descendants } = proof;
  if (certificate.kind !== 'finalization' || certificate.blockHash === undefined) return false;
  let tip = hash;
  for (const bytes of descendants) {
    const header = decodeHeader(bytes);
    if (header === undefined || !isSame(header.parentHash, tip)) return false;
    tip = blockHash(bytes);
  }
  return isSame(certificate.blockHash, tip) && verifyCertificate(group, certificate);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
