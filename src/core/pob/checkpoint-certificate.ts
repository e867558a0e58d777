/**
 * The votes of more than two thirds of the weight for one link, put together: proof that its target is
 * justified, for blocks of the root chain and for whoever syncs.
 */

import { decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import { signersOf } from '../chain/certificate.ts';
import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import { type CheckpointLink, linkDigest, readLink, writeLink } from './checkpoint.ts';
import type { Electorate } from './electorate.ts';

export type CheckpointCertificate = CheckpointLink & {
  /** Places in the electorate of the target, as a bitmap. */
  readonly signers: Uint8Array;
  /** One for each of them, in order. */
  readonly signatures: readonly Uint8Array[];
};

const SIGNATURE_BYTES = 64;
const LINK_BYTES = 80;

/** `signatures[place]` is absent where that elector has not voted for the link. */
export function makeCheckpointCertificate(
  { source, target }: CheckpointLink,
  electorate: Electorate,
  signatures: ReadonlyMap<number, Uint8Array>,
): CheckpointCertificate {
  const signers = new Uint8Array(Math.ceil(electorate.electors.length / 8));
  const places = [...signatures.keys()].sort((left, right) => left - right);
  for (const place of places) {
    signers[place >>> 3] = (signers[place >>> 3] as number) | (1 << (place & 7));
  }
  const present = places.map((place) => signatures.get(place) as Uint8Array);
  return { source, target, signers, signatures: present };
}

/** Whether the electorate of its target has justified it. */
export function isJustifiedBy(
  certificate: CheckpointCertificate,
  electorate: Electorate,
  chainId: number,
): boolean {
  const places = signersOf(certificate, electorate.electors.length);
  if (places === undefined || places.length !== certificate.signatures.length) return false;
  if (!electorate.isSupermajority(electorate.weightOf(places))) return false;
  const digest = linkDigest(chainId, certificate);
  return places.every((place, index) => {
    const { key } = electorate.electors[place] as { readonly key: Uint8Array };
    return verifyValidatorSignature(key, digest, certificate.signatures[index] as Uint8Array);
  });
}

export function encodeCheckpointCertificate(certificate: CheckpointCertificate): Uint8Array {
  const { signers, signatures } = certificate;
  const bytes = LINK_BYTES + 8 + signers.length + signatures.length * SIGNATURE_BYTES;
  return writeLink(new BinaryWriter(bytes), certificate)
    .bytes(signers)
    .list(signatures, (target, signature) => target.raw(signature))
    .finish();
}

/** `undefined` unless the bytes are exactly one certificate. Checks no signature. */
export function decodeCheckpointCertificate(bytes: Uint8Array): CheckpointCertificate | undefined {
  return decodeWith(bytes, (reader) => ({
    ...readLink(reader),
    signers: reader.bytes(),
    signatures: reader.list(SIGNATURE_BYTES, (source) => source.raw(SIGNATURE_BYTES)),
  }));
}
