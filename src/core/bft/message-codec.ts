/**
 * Canonical bytes of the messages, for the wire and for the log. Decoding checks form only; nothing
 * read here is believed before the state machine has checked it.
 */

import { type BinaryReader, decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';
import { readCertificate, writeCertificate } from '#core/chain/certificate.ts';
import {
  type BftMessage,
  FETCH_WANTS_MAX,
  type Fetch,
  type FetchReply,
  type Proposal,
  type Vote,
  type Want,
  type WantedThing,
} from './messages.ts';

const CODE = {
  proposal: 1,
  notarize: 2,
  nullify: 3,
  finalize: 4,
  certificate: 5,
  fetch: 6,
  fetchReply: 7,
  evidence: 8,
} as const satisfies Record<BftMessage['kind'], number>;

const CODE_OF_THING = { notarization: 1, nullification: 2, body: 3 } as const;
const THINGS: readonly (WantedThing | undefined)[] = [
  undefined,
  'notarization',
  'nullification',
  'body',
];
const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const CERTIFICATE_BYTES_MIN = 29;
const PROPOSAL_BYTES_MIN = 160;
/** Without its payload. */
const PROPOSAL_BYTES_MAX = 256;

export function encodeMessage(message: BftMessage): Uint8Array {
  // PERF: a proposal holds a whole block, which a writer that grows would copy several times.
  const writer =
    message.kind === 'proposal'
      ? new BinaryWriter(PROPOSAL_BYTES_MAX + message.payload.length)
      : new BinaryWriter();
  writer.u8(CODE[message.kind]);
  switch (message.kind) {
    case 'proposal':
      writeProposal(writer, message);
      break;
    case 'notarize':
    case 'nullify':
    case 'finalize':
      writeVote(writer, message);
      break;
    case 'certificate':
      writeCertificate(writer, message.certificate);
      break;
    case 'fetch':
      writeFetch(writer, message);
      break;
    case 'fetchReply':
      writeFetchReply(writer, message);
      break;
    case 'evidence':
      writer.i32(message.chain).i64(message.epoch).bytes(message.evidence);
      break;
  }
  return writer.take();
}

/** `undefined` unless the bytes are exactly one message. */
export function decodeMessage(bytes: Uint8Array): BftMessage | undefined {
  return decodeWith(bytes, readMessage);
}

function readMessage(reader: BinaryReader): BftMessage {
  switch (reader.u8()) {
    case CODE.proposal:
      return readProposal(reader);
    case CODE.notarize:
      return readVote(reader, 'notarize');
    case CODE.nullify:
      return readVote(reader, 'nullify');
    case CODE.finalize:
      return readVote(reader, 'finalize');
    case CODE.certificate:
      return { kind: 'certificate', certificate: readCertificate(reader) };
    case CODE.fetch:
      return readFetch(reader);
    case CODE.fetchReply:
      return readFetchReply(reader);
    case CODE.evidence:
      return {
        kind: 'evidence',
        chain: reader.i32(),
        epoch: reader.safeInteger(),
        evidence: reader.bytes(),
      };
    default:
      return reader.malformed('unknown kind of message');
  }
}

function writeProposal(writer: BinaryWriter, proposal: Proposal): void {
  writer
    .i32(proposal.chain)
    .i64(proposal.epoch)
    .i64(proposal.view)
    .i64(proposal.parentView)
    .raw(proposal.parentHash)
    .i64(proposal.height)
    .raw(proposal.blockHash)
    .raw(proposal.signature)
    .bytes(proposal.payload);
}

function readProposal(reader: BinaryReader): Proposal {
  return {
    kind: 'proposal',
    chain: reader.i32(),
    epoch: reader.safeInteger(),
    view: reader.safeInteger(),
    parentView: reader.safeInteger(),
    parentHash: reader.raw(HASH_BYTES),
    height: reader.safeInteger(),
    blockHash: reader.raw(HASH_BYTES),
    signature: reader.raw(SIGNATURE_BYTES),
    payload: reader.bytes(),
  };
}

function writeVote(writer: BinaryWriter, vote: Vote): void {
  writer.i32(vote.chain).i64(vote.epoch).i64(vote.view);
  if (vote.blockHash !== undefined) writer.raw(vote.blockHash);
  writer.i32(vote.member).raw(vote.signature);
}

function readVote(reader: BinaryReader, kind: Vote['kind']): Vote {
  return {
    kind,
    chain: reader.i32(),
    epoch: reader.safeInteger(),
    view: reader.safeInteger(),
    blockHash: kind === 'nullify' ? undefined : reader.raw(HASH_BYTES),
    member: reader.i32(),
    signature: reader.raw(SIGNATURE_BYTES),
  };
}

function writeFetch(writer: BinaryWriter, fetch: Fetch): void {
  writer
    .i32(fetch.chain)
    .i64(fetch.epoch)
    .i64(fetch.finalView)
    .list(fetch.wants, (target, want) => target.i64(want.view).u8(CODE_OF_THING[want.what]));
}

function readFetch(reader: BinaryReader): Fetch {
  const fetch = {
    kind: 'fetch' as const,
    chain: reader.i32(),
    epoch: reader.safeInteger(),
    finalView: reader.safeInteger(),
    wants: reader.list(9, readWant),
  };
  return fetch.wants.length > FETCH_WANTS_MAX ? reader.malformed('too many wants') : fetch;
}

function readWant(reader: BinaryReader): Want {
  const view = reader.safeInteger();
  return { view, what: THINGS[reader.u8()] ?? reader.malformed('unknown kind of want') };
}

function writeFetchReply(writer: BinaryWriter, reply: FetchReply): void {
  writer
    .i32(reply.chain)
    .i64(reply.epoch)
    .list(reply.certificates, writeCertificate)
    .list(reply.proposals, writeProposal);
}

function readFetchReply(reader: BinaryReader): FetchReply {
  return {
    kind: 'fetchReply',
    chain: reader.i32(),
    epoch: reader.safeInteger(),
    certificates: reader.list(CERTIFICATE_BYTES_MIN, readCertificate),
    proposals: reader.list(PROPOSAL_BYTES_MIN, readProposal),
  };
}
