/**
 * Log records of a chain's consensus as storage keeps them. A record may hold a whole block, more
 * than one message takes, so it is stored in pieces under consecutive keys and joined on restart.
 */

import type { LogRecord } from '#core/bft/effects.ts';

const PIECE_DIGITS = 3;

/** `key` → `key#000`, `key#001`, …; a later shorter record leaves no piece of the earlier behind. */
export function splitRecord(record: LogRecord, pieceBytesMax: number): readonly LogRecord[] {
  const count = Math.max(1, Math.ceil(record.value.length / pieceBytesMax));
  return Array.from({ length: count }, (_, piece) => {
    const from = piece * pieceBytesMax;
    // The first byte of the first piece says how many there are, so that stale ones are not read.
    const part = record.value.subarray(from, from + pieceBytesMax);
    return {
      key: `${record.key}#${String(piece).padStart(PIECE_DIGITS, '0')}`,
      value: piece === 0 ? withCount(part, count) : part,
    };
  });
}

/** The records that pieces in key order were made from. */
export function joinRecords(
  pieces: Iterable<readonly [key: string, value: Uint8Array]>,
): LogRecord[] {
  const records: LogRecord[] = [];
  let parts: Uint8Array[] = [];
  let remaining = 0;
  for (const [pieceKey, value] of pieces) {
    const mark = pieceKey.length - PIECE_DIGITS - 1;
    const key = pieceKey.slice(0, mark);
    if (Number(pieceKey.slice(mark + 1)) === 0) {
      remaining = (value[0] as number) * 256 + (value[1] as number);
      parts = [value.subarray(2)];
    } else if (remaining > 0) parts.push(value);
    remaining -= 1;
    if (remaining === 0) records.push({ key, value: joined(parts) });
  }
  return records;
}

function withCount(part: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(part.length + 2);
  bytes[0] = count >>> 8;
  bytes[1] = count & 0xff;
  bytes.set(part, 2);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
