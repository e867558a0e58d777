/**
 * The JSON body of an HTTP request, read without losing a digit (spec clients, quirk 1: times are
 * numbers above 2^53 whose decimal text is what was signed). Strict where the reference node's
 * parser is: UTF-8 only, no byte order mark, no duplicate keys, no lone surrogates.
 *
 * Invariant: the work is linear in the bytes of the body, and the recursion of parser and checks
 * is bounded by `JSON_DEPTH_MAX`, which is tested before anything recurses.
 */

import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';
import { ok, type Rejection, type Result, reject } from '#core/result.ts';

/** Deeper than any message of the API (three levels) and far from the stack's end. */
export const JSON_DEPTH_MAX = 64;

/** A number whose digits are kept as text in `value`. */
export type JsonNumber = LosslessNumber;
export type JsonObject = { readonly [key: string]: JsonValue };
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Reads a body as one JSON object; an empty body is an empty object, as behind the reference
 * node's gateway. Refusals have code `json-invalid` (RPC code 3).
 */
export function parseJsonBody(body: Uint8Array): Result<JsonObject> {
  if (body.length === 0) return ok({});
  const text = decodeUtf8(body);
  if (text === undefined) return invalid('the body is not valid UTF-8');
  const shape = measureShape(text);
  if (shape.depth > JSON_DEPTH_MAX) return invalid(`nested deeper than ${JSON_DEPTH_MAX} levels`);
  const value = parseText(text);
  if (!value.ok) return value;
  if (!isJsonObject(value.value)) return invalid('a JSON object is expected');
  const members = countMembers(value.value);
  if (members === undefined) return invalid('a string holds half of a surrogate pair');
  if (members !== shape.members) return invalid('a key occurs twice in one object');
  return ok(value.value);
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof LosslessNumber)
  );
}

export function isJsonNumber(value: JsonValue): value is JsonNumber {
  return isLosslessNumber(value);
}

function decodeUtf8(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}

function parseText(text: string): Result<JsonValue> {
  try {
    return ok(parse(text) as JsonValue);
  } catch (error) {
    // The parser reports everything by SyntaxError; anything else is a bug and must not be hidden.
    if (error instanceof SyntaxError) return invalid(error.message);
    throw error;
  }
}

/** Depth and `key: value` pairs of the text, without recursion. Meaningless if it is no JSON. */
function measureShape(text: string): { readonly depth: number; readonly members: number } {
  let open = 0;
  let depth = 0;
  let members = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === COLON) members += 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      open += 1;
      if (open > depth) depth = open;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open -= 1;
  }
  return { depth, members };
}

/**
 * Members that survived parsing. Fewer than the text has means that a key occurred twice: the
 * parser itself lets a repeated key pass if both values are equal. `undefined`: ill-formed string.
 */
function countMembers(value: JsonValue): number | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : undefined;
  if (typeof value !== 'object' || value === null || isJsonNumber(value)) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      const inner = countMembers(item);
      if (inner === undefined) return undefined;
      count += inner;
    }
    return count;
  }
  for (const [key, member] of Object.entries(value)) {
    const inner = key.isWellFormed() ? countMembers(member) : undefined;
    if (inner === undefined) return undefined;
    count += 1 + inner;
  }
  return count;
}

function invalid(message: string): { readonly ok: false; readonly failure: Rejection } {
  return reject('json-invalid', message);
}
