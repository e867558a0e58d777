/**
 * Log records of a chain's consensus as storage keeps them. A record may hold a whole block, more
 * than one message takes, so it is stored in pieces under consecutive keys and joined on restart.
 */

import type { LogRecord } from '#core/bft/effects.ts';

const PIECE_DIGITS = 3;
const COUNT_BYTES = 2;

/** One stored piece of a record: its key, and its value in parts that refer to the record's. */
export type RecordPiece = { readonly key: string; readonly parts: readonly Uint8Array[] };

/** `key` → `key#000`, `key#001`, …; a later shorter record leaves no piece of the earlier behind. */
export function splitRecord(record: LogRecord, pieceBytesMax: number): readonly RecordPiece[] {
  const contentMax = pieceBytesMax - COUNT_BYTES;
  const count = Math.max(1, Math.ceil(record.value.length / contentMax));
  return Array.from({ length: count }, (_, piece) => {
    const from = piece * contentMax;
    const part = record.value.subarray(from, from + contentMax);
    return {
      key: `${record.key}#${String(piece).padStart(PIECE_DIGITS, '0')}`,
      // The first piece says how many there are, so that stale ones are not read.
      parts: piece === 0 ? [Uint8Array.of(count >>> 8, count & 0xff), part] : [part],
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
      parts = [value.subarray(COUNT_BYTES)];
    } else if (remaining > 0) parts.push(value);
    remaining -= 1;
    if (remaining === 0) records.push({ key, value: joined(parts) });
  }
  return records;
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
