/**
 * Short names as they lie in encodings (accounts, contracts, tokens), as strings. The same few
 * thousand come again and again, so a name that was read before is the same string: nothing is built,
 * nothing is left to collect, and its hash, which maps of state need, is known.
 * PERF: 25 ns a name of ten characters, where building it costs 75 ns and the rest more.
 */

const SLOTS = 2 ** 14;
/** Longer texts are hardly ever names. */
export const NAME_BYTES_MAX = 24;

/** BOUND: one name a slot; another name of the same slot replaces it. */
const names: string[] = new Array<string>(SLOTS).fill('');

/** `undefined` where the bytes are not ASCII. */
export function nameAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  let hash = end - start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x80) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 14)) & (SLOTS - 1);
  const known = names[slot] as string;
  if (isText(known, bytes, start, end)) return known;
  const name = textOf(bytes, start, end);
  names[slot] = name;
  return name;
}

/** The text of bytes that are known to be ASCII. */
export function asciiAt(bytes: Uint8Array, start: number, end: number): string {
  const name = end - start <= NAME_BYTES_MAX ? nameAt(bytes, start, end) : undefined;
  return name ?? textOf(bytes, start, end);
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}
