/**
 * A quorum's word about one view: that a block is notarized (may be built upon), finalized (can
 * never be undone), or that the view is nullified (may be skipped). The form is a bitmap of members
 * and their signatures in that order, without aggregation (protocol.md §1.5): anybody who knows the
 * group can check it, which is what other chains, light clients and restarted members do.
 */

import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import type { BinaryReader } from './binary-reader.ts';
import { decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import {
  quorumOf,
  type StatementKind,
  statementDigest,
  type ValidatorGroup,
  voteBody,
} from './validator-group.ts';

export type CertificateKind = 'notarization' | 'nullification' | 'finalization';

export type Certificate = {
  readonly kind: CertificateKind;
  /** Chain and epoch of the group that signed. */
  readonly chain: number;
  readonly epoch: number;
  readonly view: number;
  /** 32 bytes; absent in a nullification, and only there. */
  readonly blockHash: Uint8Array | undefined;
  /** Bit i (least significant first) is member i; ⌈n/8⌉ bytes. */
  readonly signers: Uint8Array;
  /** 64 bytes each, by ascending member. */
  readonly signatures: readonly Uint8Array[];
};

/** Whether `signature` over `message` is of `publicKey`, under the one acceptance rule. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

const CODE_OF_KIND = { notarization: 1, nullification: 2, finalization: 3 } as const;
const KIND_OF_CODE: readonly (CertificateKind | undefined)[] = [
  undefined,
  'notarization',
  'nullification',
  'finalization',
];
const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** What the members signed to make a certificate of this kind. */
export function voteKindOf(kind: CertificateKind): StatementKind {
  if (kind === 'notarization') return 'notarize';
  return kind === 'nullification' ? 'nullify' : 'finalize';
}

/** The digest under every signature of such a certificate. */
export function certificateDigest(
  group: ValidatorGroup,
  certificate: Pick<Certificate, 'kind' | 'view' | 'blockHash'>,
): Uint8Array {
  const body = voteBody(certificate.view, certificate.blockHash);
  return statementDigest(group, voteKindOf(certificate.kind), body);
}

/**
 * Whether a quorum of exactly this group (chain, epoch, members) signed it. A caller that already
 * knows some signatures to be good may say so by `isKnown` and save their verification.
 */
export function verifyCertificate(
  group: ValidatorGroup,
  certificate: Certificate,
  verify: VerifySignature = verifyValidatorSignature,
  isKnown: (member: number, signature: Uint8Array) => boolean = never,
): boolean {
  if (certificate.chain !== group.chain || certificate.epoch !== group.epoch) return false;
  if ((certificate.blockHash === undefined) !== (certificate.kind === 'nullification')) {
    return false;
  }
  const members = signersOf(certificate, group.members.length);
  if (members === undefined || members.length < quorumOf(group.members.length)) return false;
  if (members.length !== certificate.signatures.length) return false;
  const digest = certificateDigest(group, certificate);
  return members.every((member, index) => {
    const signature = certificate.signatures[index] as Uint8Array;
    return (
      isKnown(member, signature) || verify(group.members[member] as Uint8Array, digest, signature)
    );
  });
}

/** Members named by the bitmap, ascending; `undefined` if it is not a bitmap of `memberCount`. */
export function signersOf(
  certificate: Pick<Certificate, 'signers'>,
  memberCount: number,
): number[] | undefined {
  const { signers } = certificate;
  if (signers.length !== bitmapBytes(memberCount)) return undefined;
  const members: number[] = [];
  for (let member = 0; member < signers.length * 8; member++) {
    if (((signers[member >>> 3] as number) & (1 << (member & 7))) === 0) continue;
    if (member >= memberCount) return undefined;
    members.push(member);
  }
  return members;
}

/** Puts signatures together; `signatures[member]` is absent where that member did not sign. */
export function makeCertificate(
  group: ValidatorGroup,
  statement: Pick<Certificate, 'kind' | 'view' | 'blockHash'>,
  signatures: readonly (Uint8Array | undefined)[],
): Certificate {
  const signers = new Uint8Array(bitmapBytes(group.members.length));
  const present: Uint8Array[] = [];
  for (const [member, signature] of signatures.entries()) {
    if (signature === undefined) continue;
    signers[member >>> 3] = (signers[member >>> 3] as number) | (1 << (member & 7));
    present.push(signature);
  }
  return {
    kind: statement.kind,
    chain: group.chain,
    epoch: group.epoch,
    view: statement.view,
    blockHash: statement.blockHash,
    signers,
    signatures: present,
  };
}

export function encodeCertificate(certificate: Certificate): Uint8Array {
  const writer = new BinaryWriter(64 + certificate.signatures.length * SIGNATURE_BYTES);
  writeCertificate(writer, certificate);
  return writer.finish();
}

/** `undefined` unless the bytes are exactly one certificate in its only form. Checks no signature. */
export function decodeCertificate(bytes: Uint8Array): Certificate | undefined {
  return decodeWith(bytes, readCertificate);
}

export function writeCertificate(writer: BinaryWriter, certificate: Certificate): void {
  writer
    .u8(CODE_OF_KIND[certificate.kind])
    .i32(certificate.chain)
    .i64(certificate.epoch)
    .i64(certificate.view);
  if (certificate.blockHash !== undefined) writer.raw(certificate.blockHash);
  writer
    .bytes(certificate.signers)
    .list(certificate.signatures, (target, signature) => target.raw(signature));
}

export function readCertificate(reader: BinaryReader): Certificate {
  const kind = KIND_OF_CODE[reader.u8()] ?? reader.malformed('unknown kind of certificate');
  return {
    kind,
    chain: reader.i32(),
    epoch: reader.safeInteger(),
    view: reader.safeInteger(),
    blockHash: kind === 'nullification' ? undefined : reader.raw(HASH_BYTES),
    signers: reader.bytes(),
    signatures: reader.list(SIGNATURE_BYTES, (source) => source.raw(SIGNATURE_BYTES)),
  };
}

function bitmapBytes(memberCount: number): number {
  return Math.ceil(memberCount / 8);
}

function never(): boolean {
  return false;
}
