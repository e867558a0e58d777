/**
 * Base58, Bitcoin alphabet, no checksum: the text form of keys, hashes and ids (go-iost §0).
 * Each byte string has exactly one text, and decoding refuses everything else. Digits are kept five
 * at a time in base 58^5 so that every product stays below 2^53 and no BigInt is needed.
 */

import { assert } from '../assert.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const LIMB_DIGITS = 5;
const LIMB_BASE = 58 ** LIMB_DIGITS;
// The cost is quadratic in the length; nothing the network names in base58 is longer than this.
const BYTES_MAX = 1024;
const TEXT_MAX = 1400;

const NOT_A_DIGIT = 255;
const DIGIT_OF_CODE = digitTable();
const CODE_OF_DIGIT = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const limbs = new Float64Array(300);
const words = new Float64Array(600);
const codes: number[] = [];

/** `bytes` up to 1024. */
export function base58Encode(bytes: Uint8Array): string {
  assert(bytes.length <= BYTES_MAX, 'base58 is for keys, hashes and ids, not for long content');
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros += 1;
  const limbCount = limbsOfBytes(bytes, zeros);
  codes.length = 0;
  for (let zero = 0; zero < zeros; zero++) codes.push(CODE_OF_DIGIT[0] as number);
  for (let index = limbCount - 1; index >= 0; index--) pushLimb(limbs[index] as number, zeros);
  return String.fromCharCode(...codes);
}

/** `undefined` unless the text is base58 of at most 1400 characters. */
export function base58Decode(text: string): Uint8Array | undefined {
  if (text.length > TEXT_MAX) return undefined;
  let zeros = 0;
  while (zeros < text.length && text.charCodeAt(zeros) === CODE_OF_DIGIT[0]) zeros += 1;
  const wordCount = wordsOfText(text, zeros);
  if (wordCount === undefined) return undefined;
  const top = wordCount === 0 ? 0 : (words[wordCount - 1] as number);
  const topBytes = top > 0xff ? 2 : 1;
  const length = zeros + (wordCount === 0 ? 0 : (wordCount - 1) * 2 + topBytes);
  const bytes = new Uint8Array(length);
  let at = length;
  for (let index = 0; index < wordCount; index++) {
    const word = words[index] as number;
    bytes[--at] = word & 0xff;
    if (at > zeros) bytes[--at] = word >>> 8;
  }
  return bytes;
}

/** Base58 text of exactly `length` bytes, or `undefined`. */
export function base58DecodeExact(text: string, length: number): Uint8Array | undefined {
  const bytes = base58Decode(text);
  return bytes?.length === length ? bytes : undefined;
}

/** Little-endian limbs in base 58^5 of a big-endian number; returns how many. */
function limbsOfBytes(bytes: Uint8Array, start: number): number {
  let count = 0;
  let index = start;
  while (index < bytes.length) {
    const single = (bytes.length - index) % 2 === 1;
    const radix = single ? 0x100 : 0x1_0000;
    let carry = single
      ? (bytes[index] as number)
      : (bytes[index] as number) * 0x100 + (bytes[index + 1] as number);
    index += single ? 1 : 2;
    for (let limb = 0; limb < count; limb++) {
      const value = (limbs[limb] as number) * radix + carry;
      carry = Math.floor(value / LIMB_BASE);
      limbs[limb] = value - carry * LIMB_BASE;
    }
    if (carry > 0) limbs[count++] = carry;
  }
  return count;
}

/** Little-endian 16-bit words of a base58 number; `undefined` at a character outside the alphabet. */
function wordsOfText(text: string, start: number): number | undefined {
  let count = 0;
  let index = start;
  while (index < text.length) {
    const take = (text.length - index) % LIMB_DIGITS || LIMB_DIGITS;
    let carry = 0;
    let radix = 1;
    for (let digit = 0; digit < take; digit++) {
      const code = text.charCodeAt(index++);
      const value = code < 128 ? (DIGIT_OF_CODE[code] as number) : NOT_A_DIGIT;
      if (value === NOT_A_DIGIT) return undefined;
      carry = carry * 58 + value;
      radix *= 58;
    }
    for (let word = 0; word < count; word++) {
      const value = (words[word] as number) * radix + carry;
      carry = Math.floor(value / 0x1_0000);
      words[word] = value - carry * 0x1_0000;
    }
    for (; carry > 0; carry = Math.floor(carry / 0x1_0000)) words[count++] = carry % 0x1_0000;
  }
  return count;
}

/** The five digits of a limb, without the leading zeros of the whole number. */
function pushLimb(limb: number, leading: number): void {
  let divisor = LIMB_BASE / 58;
  let rest = limb;
  for (let digit = 0; digit < LIMB_DIGITS; digit++) {
    const value = Math.floor(rest / divisor);
    rest -= value * divisor;
    divisor /= 58;
    if (value > 0 || codes.length > leading) codes.push(CODE_OF_DIGIT[value] as number);
  }
}

function digitTable(): Uint8Array {
  const table = new Uint8Array(128).fill(NOT_A_DIGIT);
  for (let digit = 0; digit < ALPHABET.length; digit++) table[ALPHABET.charCodeAt(digit)] = digit;
  return table;
}
