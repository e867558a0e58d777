/** A block as one chain's consensus carries it: canonical header and body in one payload. */

import { assert } from '../assert.ts';
import type { Block } from '../bft/block.ts';
import { decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import {
  type BlockBody,
  type BlockHeader,
  blockHash,
  bodyBytesMax,
  bodyHash,
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  writeBody,
} from '../chain/block.ts';

export type ChainBlock = Block & {
  readonly header: BlockHeader;
  readonly headerBytes: Uint8Array;
  readonly bodyBytes: Uint8Array;
};

export const NS_PER_MS = 1_000_000n;

/** Header and body each have their length in front. */
const HEADER_AT = 4;
const BODY_AT: number = HEADER_AT + HEADER_BYTES + 4;
const NO_HEADER = new Uint8Array(HEADER_BYTES);

/** A payload whose header, which commits to the body, is still to be written in front of it. */
export type BlockDraft = { readonly payload: Uint8Array; readonly bodyBytes: Uint8Array };

/** Lays out a block: the body is encoded where it stays. */
export function draftBlock(body: BlockBody): BlockDraft {
  const writer = new BinaryWriter(BODY_AT + bodyBytesMax(body));
  writer.bytes(NO_HEADER).i32(0);
  const payload = writeBody(writer, body).take();
  const bodyBytes = payload.subarray(BODY_AT);
  viewOf(payload).setInt32(BODY_AT - 4, bodyBytes.length);
  return { payload, bodyBytes };
}

/** A block of a header and the body it commits to. */
export function makeChainBlock(header: BlockHeader, bodyBytes: Uint8Array): ChainBlock {
  const writer = new BinaryWriter(BODY_AT + bodyBytes.length);
  const payload = writer.bytes(NO_HEADER).bytes(bodyBytes).take();
  return completeBlock(header, { payload, bodyBytes: payload.subarray(BODY_AT) });
}

/** Completes a draft, which is used up. */
export function completeBlock(header: BlockHeader, draft: BlockDraft): ChainBlock {
  const headerBytes = encodeHeader(header);
  assert(headerBytes.length === HEADER_BYTES, 'headers have one length');
  draft.payload.set(headerBytes, HEADER_AT);
  return blockOf(header, headerBytes, draft.bodyBytes, draft.payload);
}

/** Reads a payload of a peer; `undefined` unless it is a header with the body it names. */
export function readChainBlock(payload: Uint8Array): ChainBlock | undefined {
  const parts = decodeWith(payload, (reader) => ({ header: reader.bytes(), body: reader.bytes() }));
  if (parts === undefined) return undefined;
  const header = decodeHeader(parts.header);
  if (header === undefined) return undefined;
  const hash = bodyHash(parts.body);
  if (!hash.every((byte, index) => byte === header.bodyHash[index])) return undefined;
  return blockOf(header, parts.header, parts.body, payload);
}

function blockOf(
  header: BlockHeader,
  headerBytes: Uint8Array,
  bodyBytes: Uint8Array,
  payload: Uint8Array,
): ChainBlock {
  return {
    hash: blockHash(headerBytes),
    parentHash: header.parentHash,
    height: header.height,
    timestampMs: Number(header.timestamp / NS_PER_MS),
    payload,
    header,
    headerBytes,
    bodyBytes,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
