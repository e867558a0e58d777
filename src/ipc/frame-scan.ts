/**
 * Walks msgpack bytes without building anything and refuses what msgpackr would accept but no
 * sender of ours writes: extensions (records, cyclic references), the reserved byte 0xc1, too deep
 * nesting, counts that promise more than the bytes hold, truncated values, bytes after the value.
 * (msgpackr allocates arrays by the promised count and recurses by the nesting, so both are
 * attacks when the bytes come from outside.) Source: ecosystem.md §0.11.
 */

import { ok, type Rejection, type Result, reject } from '#core/result.ts';

/** Deeper than any message of ours, shallow enough for every stack. */
export const FRAME_DEPTH_MAX = 16;

const ACCEPTED: Result<true> = ok(true);
/** Values still to come in each open container. One scan runs at a time: it is synchronous. */
const pending = new Int32Array(FRAME_DEPTH_MAX + 1);

/** Accepts exactly one well-formed value in `bytes[start, end)`. Costs some ns per value. */
export function scanFrame(bytes: Uint8Array, start: number, end: number): Result<true> {
  let position = start;
  let depth = 0;
  pending[0] = 1;
  while (true) {
    while (pending[depth] === 0) {
      if (depth === 0) return position === end ? ACCEPTED : refusal('trailing bytes');
      depth -= 1;
    }
    pending[depth] = (pending[depth] ?? 0) - 1;
    if (position >= end) return refusal('value is cut off');
    const tag = bytes[position] ?? 0;
    const headBytes = HEAD_BYTES[tag] ?? 0;
    if (headBytes === 0) return refusal(`type 0x${tag.toString(16)} is not allowed`);
    if (headBytes > end - position) return refusal('value is cut off');
    const shape = SHAPE[tag];
    const count = shape === SCALAR ? 0 : countOf(bytes, tag, position);
    position += headBytes;
    if (shape === SCALAR) continue;
    if (count > end - position) return refusal('length exceeds the bytes there are');
    if (shape === BLOB) {
      position += count;
      continue;
    }
    if (depth === FRAME_DEPTH_MAX) return refusal('nested too deeply');
    depth += 1;
    pending[depth] = shape === MAP ? count * 2 : count;
  }
}

function refusal(reason: string): { readonly ok: false; readonly failure: Rejection } {
  return reject('bad-frame', `malformed msgpack: ${reason}`);
}

const SCALAR = 0;
const BLOB = 1;
const ARRAY = 2;
const MAP = 3;

/** Bytes of the tag with its count or its fixed-size value; 0 where the tag is refused. */
const HEAD_BYTES = new Uint8Array(256);
const SHAPE = new Uint8Array(256);

function defineTags(first: number, last: number, headBytes: number, shape: number): void {
  HEAD_BYTES.fill(headBytes, first, last + 1);
  SHAPE.fill(shape, first, last + 1);
}
defineTags(0x00, 0x7f, 1, SCALAR); // positive fixint
defineTags(0x80, 0x8f, 1, MAP);
defineTags(0x90, 0x9f, 1, ARRAY);
defineTags(0xa0, 0xbf, 1, BLOB); // fixstr
defineTags(0xc0, 0xc0, 1, SCALAR); // nil
defineTags(0xc2, 0xc3, 1, SCALAR); // booleans
defineTags(0xc4, 0xc4, 2, BLOB); // bin 8, 16, 32
defineTags(0xc5, 0xc5, 3, BLOB);
defineTags(0xc6, 0xc6, 5, BLOB);
defineTags(0xca, 0xca, 5, SCALAR); // float 32, 64
defineTags(0xcb, 0xcb, 9, SCALAR);
defineTags(0xcc, 0xcc, 2, SCALAR); // uint 8 to 64
defineTags(0xcd, 0xcd, 3, SCALAR);
defineTags(0xce, 0xce, 5, SCALAR);
defineTags(0xcf, 0xcf, 9, SCALAR);
defineTags(0xd0, 0xd0, 2, SCALAR); // int 8 to 64
defineTags(0xd1, 0xd1, 3, SCALAR);
defineTags(0xd2, 0xd2, 5, SCALAR);
defineTags(0xd3, 0xd3, 9, SCALAR);
defineTags(0xd9, 0xd9, 2, BLOB); // str 8, 16, 32
defineTags(0xda, 0xda, 3, BLOB);
defineTags(0xdb, 0xdb, 5, BLOB);
defineTags(0xdc, 0xdc, 3, ARRAY);
defineTags(0xdd, 0xdd, 5, ARRAY);
defineTags(0xde, 0xde, 3, MAP);
defineTags(0xdf, 0xdf, 5, MAP);
defineTags(0xe0, 0xff, 1, SCALAR); // negative fixint

/** Bytes of a blob, elements of an array, pairs of a map. The head is known to be complete. */
function countOf(bytes: Uint8Array, tag: number, position: number): number {
  if (tag < 0xa0) return tag & 0x0f;
  if (tag < 0xc0) return tag & 0x1f;
  const byte = (index: number): number => bytes[position + index] ?? 0;
  switch (HEAD_BYTES[tag]) {
    case 2:
      return byte(1);
    case 3:
      return (byte(1) << 8) | byte(2);
    default:
      return ((byte(1) << 24) | (byte(2) << 16) | (byte(3) << 8) | byte(4)) >>> 0;
  }
}
