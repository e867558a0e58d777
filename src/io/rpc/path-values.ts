/**
 * Values in the path of a request, checked before anything is looked up (spec go-iost §1.3, §4.2).
 * A value of the wrong form is code 3, an id or hash that cannot exist is code 2, as in the
 * reference node, with its texts.
 */

import { base58DecodeExact } from '#core/crypto/base58.ts';
import { invalidArgument, unknownError } from './rpc-error.ts';

const INT64_MAX = 2n ** 63n - 1n;
const ID_BYTES_MIN = 5;
const ID_BYTES_MAX = 11;
const LONG_ID_BYTES_MAX = 100;
const HASH_TEXT_MAX = 100;
const HASH_BYTES = 32;
const NAME_TEXT_MAX = 256;

const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const ETHEREUM_STYLE_ID = /^0x[0-9a-f]{40}$/;
const DECIMAL = /^[+-]?\d{1,20}$/;

/** `name` is the field's, for the text of the refusal. */
export function pathBool(name: string, value: string): boolean {
  if (TRUE_WORDS.has(value)) return true;
  if (FALSE_WORDS.has(value)) return false;
  throw mismatch(name, value, 'a boolean');
}

/** A block number: a decimal int64; negative ones exist for no block and are the caller's to refuse. */
export function pathInt64(name: string, value: string): bigint {
  if (!DECIMAL.test(value)) throw mismatch(name, value, 'an int64');
  const number = BigInt(value);
  if (number > INT64_MAX || number < -INT64_MAX - 1n) throw mismatch(name, value, 'an int64');
  return number;
}

/** The 32 bytes of a base58 hash, or `undefined` for a text that is no such hash. */
export function hashBytes(text: string): Uint8Array | undefined {
  const length = Buffer.byteLength(text);
  if (length >= HASH_TEXT_MAX) throw unknownError(`hash len(${length}) is greater then 100`);
  return base58DecodeExact(text, HASH_BYTES);
}

/** Refuses an account or contract id that cannot exist. */
export function checkId(id: string): string {
  if (ETHEREUM_STYLE_ID.test(id)) return id;
  const length = Buffer.byteLength(id);
  if (id.startsWith('Contract') || id.endsWith('.iost')) {
    if (length < LONG_ID_BYTES_MAX) return id;
    throw unknownError(`id invalid. id length should be less than 100 - ${length} `);
  }
  if (length < ID_BYTES_MIN || length > ID_BYTES_MAX) {
    throw unknownError(`id invalid. id length should be between 5,11 - ${length} `);
  }
  for (const character of id) {
    if (!/^[a-z0-9_]$/.test(character)) {
      throw unknownError(
        `id invalid. id contains invalid character - ${character.codePointAt(0) ?? 0}`,
      );
    }
  }
  return id;
}

/** A token symbol, token id or storage key: any text of bounded length. */
export function checkName(name: string, value: string): string {
  if (value.length > NAME_TEXT_MAX) {
    throw invalidArgument(`${name} is longer than ${NAME_TEXT_MAX} characters`);
  }
  return value;
}

function mismatch(name: string, value: string, kind: string): Error {
  const shown = value.length > 64 ? `${value.slice(0, 64)}…` : value;
  return invalidArgument(
    `type mismatch, parameter: ${name}, error: ${JSON.stringify(shown)} is not ${kind}`,
  );
}
