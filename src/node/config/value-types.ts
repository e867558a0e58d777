/**
 * The kinds of values that settings have, as valibot schemas. Every bound of one kind gives the same
 * sentence, which says what would be right: an operator does not care which bound was broken first.
 */

import * as v from 'valibot';

const PORT_MAX = 65_535;
/** `host:port`, an IPv6 address in brackets. */
export const ADDRESS = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[1-9]\d{0,4}$/;

function must(expected: string): string {
  return `must be ${expected}`;
}

export function integer(min: number, max: number, description: string) {
  const message = must(`an integer from ${min} to ${max}`);
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
    v.description(description),
  );
}

export function powerOfTwo(min: number, max: number, description: string) {
  const message = must(`a power of two from ${min} to ${max}`);
  return v.pipe(
    v.number(message),
    v.check((value) => value >= min && value <= max && Number.isInteger(Math.log2(value)), message),
    v.description(description),
  );
}

export function port(description: string) {
  return integer(0, PORT_MAX, description);
}

export function boolean(description: string) {
  return v.pipe(v.boolean(must('true or false')), v.description(description));
}

export function oneOf<const Options extends readonly string[]>(
  options: Options,
  description: string,
) {
  const message = must(`one of ${options.join(', ')}`);
  return v.pipe(v.picklist(options, message), v.description(description));
}

export function text(pattern: RegExp, expected: string, description: string) {
  const message = must(expected);
  return v.pipe(v.string(message), v.regex(pattern, message), v.description(description));
}

export function host(description: string) {
  return text(/^[A-Za-z0-9.:_-]{1,253}$/, 'a host name or an IP address', description);
}

/** `host:port`, or null. */
export function optionalAddress(description: string) {
  const message = must('"host:port" or null');
  const address = v.pipe(v.string(message), v.regex(ADDRESS, message));
  return v.pipe(v.nullable(address), v.description(description));
}

// A NUL would end the name early in the system call: another file than the one that was checked.
function isPath(value: string): boolean {
  return value !== '' && !value.includes('\0');
}

export function path(description: string) {
  const message = must('a path');
  return v.pipe(v.string(message), v.check(isPath, message), v.description(description));
}

export function optionalPath(description: string) {
  const message = must('a path or null');
  return v.pipe(
    v.nullable(v.pipe(v.string(message), v.check(isPath, message))),
    v.description(description),
  );
}

/** A secret key in base58, of 32 or 64 bytes, or null. */
export function optionalSecretKey(description: string) {
  const message = must('a base58 key or null');
  const key = v.pipe(v.string(message), v.regex(/^[1-9A-HJ-NP-Za-km-z]{32,90}$/, message));
  return v.pipe(v.nullable(key), v.description(description));
}

export function listOfText(itemsMax: number, description: string) {
  const message = must(`a list of at most ${itemsMax} texts`);
  return v.pipe(
    v.array(v.pipe(v.string(message), v.nonEmpty(message)), message),
    v.maxLength(itemsMax, message),
    v.description(description),
  );
}
