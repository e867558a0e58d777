/**
 * The hash functions of the node. Digests are asked for as one-byte-per-character strings and
 * written out by hand: that is two to three times faster than letting node:crypto allocate a Buffer
 * (design/limits.md §2), and such a string is also the cheapest map key of a digest.
 */

import { createHash, hash } from 'node:crypto';

export const DIGEST_BYTES = 32;

/** SHA-256, for every object of our own (protocol.md §1.5). Strings are hashed as UTF-8. */
export function sha256(input: Uint8Array | string): Uint8Array {
  return bytesOfBinaryString(hash('sha256', input, 'binary'));
}

/** SHA3-256 (FIPS 202), what IOST clients sign and name transactions by (go-iost §0). */
export function sha3(input: Uint8Array | string): Uint8Array {
  return bytesOfBinaryString(hash('sha3-256', input, 'binary'));
}

/** SHA-256 as a string of 32 characters 0–255, the cheap form for map keys. */
export function sha256Key(input: Uint8Array | string): string {
  return hash('sha256', input, 'binary');
}

/** SHA3-256 as a string of 32 characters 0–255. */
export function sha3Key(input: Uint8Array | string): string {
  return hash('sha3-256', input, 'binary');
}

/** Writes the digest over `out[offset .. offset + 32)` without allocating it. */
export function sha256Into(out: Uint8Array, offset: number, input: Uint8Array | string): void {
  writeBinaryString(out, offset, hash('sha256', input, 'binary'));
}

export function sha3Into(out: Uint8Array, offset: number, input: Uint8Array | string): void {
  writeBinaryString(out, offset, hash('sha3-256', input, 'binary'));
}

/** 20 bytes; contracts reach it through the crypto library of the runtime. */
export function ripemd160(input: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('ripemd160').update(input).digest());
}

/** `SHA256(label ‖ part ‖ …)`: the domain-separated form of protocol.md §1.5. */
export function taggedHash(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const hasher = createHash('sha256').update(label);
  for (const part of parts) hasher.update(part);
  return new Uint8Array(hasher.digest());
}

/** Bytes of a string whose characters are all below 256, as the `…Key` functions return. */
export function bytesOfBinaryString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeBinaryString(bytes, 0, text);
  return bytes;
}

/**
 * The map-key form of bytes; inverse of `bytesOfBinaryString`. Meant for digests and keys. PERF: to
 * spread them takes four times as long.
 */
export function binaryStringOf(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

function writeBinaryString(out: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index++) out[offset + index] = text.charCodeAt(index);
}
