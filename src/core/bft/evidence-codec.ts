/** Evidence in the form in which it travels to the root chain and lies in its blocks. */

import type { BinaryReader } from '#core/chain/binary-reader.ts';
import { decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';
import type { Evidence } from './evidence.ts';
import { decodeMessage, encodeMessage } from './message-codec.ts';
import type { BftMessage, Proposal, Vote } from './messages.ts';

const CODE = { twoProposals: 1, twoVotes: 2, twoCertificates: 3 } as const;
const NO_PAYLOAD = new Uint8Array(0);

/** The chain and the epoch whose group signed what the evidence holds. */
export function placeOf(evidence: Evidence): { readonly chain: number; readonly epoch: number } {
  const { chain, epoch } = evidence.first;
  return { chain, epoch };
}

export function encodeEvidence(evidence: Evidence): Uint8Array {
  const [first, second] = statementsOf(evidence).map(encodeMessage) as [Uint8Array, Uint8Array];
  return new BinaryWriter(16 + first.length + second.length)
    .u8(CODE[evidence.kind])
    .i32(memberOf(evidence))
    .bytes(first)
    .bytes(second)
    .finish();
}

/** `undefined` unless the bytes are exactly one piece of evidence about one chain and epoch. */
export function decodeEvidence(bytes: Uint8Array): Evidence | undefined {
  return decodeWith(bytes, (reader) => {
    const code = reader.u8();
    const member = reader.i32();
    const first = readStatement(reader);
    const second = readStatement(reader);
    const evidence = evidenceOf(code, member, first, second);
    if (evidence === undefined || memberOf(evidence) !== member)
      return reader.malformed('unknown kind of evidence');
    const { chain, epoch } = evidence.second;
    const place = placeOf(evidence);
    if (place.chain !== chain || place.epoch !== epoch) {
      return reader.malformed('statements about different groups');
    }
    return evidence;
  });
}

function statementsOf(evidence: Evidence): readonly [BftMessage, BftMessage] {
  switch (evidence.kind) {
    case 'twoProposals':
      return [
        { ...evidence.first, payload: NO_PAYLOAD },
        { ...evidence.second, payload: NO_PAYLOAD },
      ];
    case 'twoVotes':
      return [evidence.first, evidence.second];
    case 'twoCertificates':
      return [
        { kind: 'certificate', certificate: evidence.first },
        { kind: 'certificate', certificate: evidence.second },
      ];
  }
}

function readStatement(reader: BinaryReader): BftMessage {
  return decodeMessage(reader.bytes()) ?? reader.malformed('a statement that cannot be read');
}

/** The accused; of certificates, whose signers tell it, 0. */
function memberOf(evidence: Evidence): number {
  return evidence.kind === 'twoCertificates' ? 0 : evidence.member;
}

function evidenceOf(
  code: number,
  member: number,
  first: BftMessage,
  second: BftMessage,
): Evidence | undefined {
  if (code === CODE.twoProposals && first.kind === 'proposal' && second.kind === 'proposal') {
    const statements = { first: withoutPayload(first), second: withoutPayload(second) };
    return { kind: 'twoProposals', member, ...statements };
  }
  if (code === CODE.twoVotes && isVote(first) && isVote(second)) {
    return { kind: 'twoVotes', member: first.member, first, second };
  }
  const areCertificates = first.kind === 'certificate' && second.kind === 'certificate';
  if (code !== CODE.twoCertificates || !areCertificates) return undefined;
  return { kind: 'twoCertificates', first: first.certificate, second: second.certificate };
}

function isVote(message: BftMessage): message is Vote {
  return message.kind === 'notarize' || message.kind === 'nullify' || message.kind === 'finalize';
}

function withoutPayload({ payload: _, ...statement }: Proposal): Omit<Proposal, 'payload'> {
  return statement;
}
