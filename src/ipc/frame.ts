/**
 * Messages as msgpack bytes: plain data with a `kind`, nothing else.
 *
 * What survives unchanged: strings, booleans, null, numbers (integers and floats), bigint within 64
 * bits, Uint8Array, arrays, plain objects, nesting up to FRAME_DEPTH_MAX. A bigint comes back as a
 * bigint and a number as a number. Not messages, though not all refused: undefined comes back as
 * null, -0 as 0, a Map or an instance as a plain object; a Date needs a msgpack extension and fails.
 *
 * msgpackr's records and structured-clone extensions are off: they make decoding depend on earlier
 * messages and run generated code. msgpack is not canonical; nothing here is hashed or signed.
 */

import { Packr } from 'msgpackr';
import { assert } from '#core/assert.ts';
import { ok, type Result, reject } from '#core/result.ts';
import { scanFrame } from './frame-scan.ts';

/** A message union has this shape; `kind` tells its members apart. */
export type Message = { readonly kind: string };

/** msgpackr's encode options: keep the result in its own buffer, and reuse that buffer next time. */
const REUSE_AND_RESET = 512 | 1024;

/**
 * From this size on a buffer is made without zeroing it first; below, V8's inline allocation of a
 * zeroed array is cheaper.
 */
const ZEROED_BYTES_MAX = 2048;

const SCRATCH_BYTES_MIN = 64 * 1024;

const packr = new Packr({
  useRecords: false,
  structuredClone: false,
  mapsAsObjects: true,
  moreTypes: false,
  int64AsType: 'bigint',
  encodeUndefinedAsNil: true,
  useToJSON: false,
});

/** An encoded message inside a shared scratch buffer: use it before the next `encodeFrame`. */
export type EncodedFrame = {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
};

/** Encodes without allocating. The bytes lie in `buffer[start, end)` until the next call. */
export function encodeFrame(message: unknown): EncodedFrame {
  // PERF 2026-11: encoding into a private buffer and copying to the ring costs the same as encoding
  // into the ring (1.14 against 1.13 µs), and the record takes exactly its own length there.
  const buffer = packr.pack(message, REUSE_AND_RESET);
  const { start, end } = buffer as unknown as { start: number; end: number };
  return { buffer, start, end };
}

/** Takes an encoded message out of the scratch buffer, to keep it. */
export function copyOfFrame(buffer: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(end - start);
  buffer.copy(copy, 0, start, end);
  return copy;
}

/**
 * Decodes a record of our own making at `source[start, start + length)`. The record is copied once,
 * so byte fields are the receiver's own and the source may be overwritten afterwards.
 */
export function decodeFrame(source: Uint8Array, start: number, length: number): Message {
  return decodeOwn(copyBytes(source, start, length), length);
}

/**
 * Decodes one record after the other in the same memory: byte fields of a message are valid only
 * until the next is decoded. For receivers of large messages, who put them somewhere at once.
 */
export class FrameScratch {
  #bytes = new Uint8Array(SCRATCH_BYTES_MIN);

  decode(source: Uint8Array, start: number, length: number): Message {
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(length * 2);
    this.#bytes.set(source.subarray(start, start + length));
    return decodeOwn(this.#bytes, length);
  }
}

/** The bytes are nobody else's, so what was scanned is what is read. */
function decodeOwn(bytes: Uint8Array, length: number): Message {
  const scanned = scanFrame(bytes, 0, length);
  assert(scanned.ok, 'a message between actors is well-formed msgpack');
  const message: unknown = packr.unpack(bytes, length);
  assert(isMessage(message), 'a message between actors is an object with a kind');
  return message;
}

/**
 * Decodes bytes from outside (a WebSocket client, a peer). Never throws; the value may alias
 * `bytes`. Its shape is still unknown: validate it before use.
 */
export function decodeUntrustedFrame(bytes: Uint8Array, bytesMax: number): Result<unknown> {
  if (bytes.length > bytesMax) {
    return reject('frame-too-large', `message of ${bytes.length} bytes exceeds ${bytesMax}`);
  }
  const scanned = scanFrame(bytes, 0, bytes.length);
  if (!scanned.ok) return scanned;
  try {
    return ok(packr.unpack(bytes));
  } catch (error) {
    return reject('bad-frame', `malformed msgpack: ${String(error)}`);
  }
}

function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { kind?: unknown }).kind === 'string'
  );
}

/** A plain Uint8Array (Buffer's `slice` aliases, Uint8Array's copies: receivers expect the latter). */
function copyBytes(source: Uint8Array, start: number, length: number): Uint8Array {
  const copy =
    length <= ZEROED_BYTES_MAX
      ? new Uint8Array(length)
      : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  copy.set(source.subarray(start, start + length));
  return copy;
}
