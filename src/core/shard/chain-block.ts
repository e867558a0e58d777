/** A block as one chain's consensus carries it: canonical header and body in one payload. */

import type { Block } from '../bft/block.ts';
import { decodeWith } from '../chain/binary-reader.ts';
import { BinaryWriter } from '../chain/binary-writer.ts';
import {
  type BlockHeader,
  blockHash,
  bodyHash,
  decodeHeader,
  encodeHeader,
} from '../chain/block.ts';

export type ChainBlock = Block & {
  readonly header: BlockHeader;
  readonly headerBytes: Uint8Array;
  readonly bodyBytes: Uint8Array;
};

export const NS_PER_MS = 1_000_000n;

export function makeChainBlock(header: BlockHeader, bodyBytes: Uint8Array): ChainBlock {
  const headerBytes = encodeHeader(header);
  const payload = new BinaryWriter(headerBytes.length + bodyBytes.length + 8)
    .bytes(headerBytes)
    .bytes(bodyBytes)
    .finish();
  return blockOf(header, headerBytes, bodyBytes, payload);
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
