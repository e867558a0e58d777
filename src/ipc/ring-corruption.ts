/**
 * A ring whose bytes cannot have been written by its producer. Reading stops before any access
 * outside the record; the actor that reads dies, and the supervisor gives both ends a new ring.
 */

export type RingCorruptionCode =
  | 'head-out-of-range'
  | 'length-out-of-range'
  | 'padding-out-of-range'
  | 'sequence-mismatch';

export class RingCorruption extends Error {
  override readonly name = 'RingCorruption';
  readonly code: RingCorruptionCode;
  /** Byte position modulo 2^32 of the record header, and the value found there. */
  readonly position: number;
  readonly found: number;

  constructor(code: RingCorruptionCode, position: number, found: number) {
    super(`ring corrupt: ${code} (position ${position >>> 0}, found ${found})`);
    this.code = code;
    this.position = position;
    this.found = found;
  }
}
