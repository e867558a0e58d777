/**
 * A JSON reader that keeps what JSON.parse loses: the digits of numbers, and where a text goes wrong
 * in the words of the reference's decoder. Like that decoder in streaming use, it stops after the
 * first value and ignores what follows. Used off the hot path: for arguments that are not plain
 * strings and for error messages.
 */

import { ok, type Rejection, type Result, reject } from '../result.ts';
import { goJsonString } from './go-json.ts';

/** Deeper nesting is refused, so that recursion stays far from the engine's own stack limit. */
export const JSON_DEPTH_MAX = 1000;

export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue =
  | string
  | boolean
  | null
  | JsonNumber
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>;

export function readJson(text: string): Result<JsonValue, Rejection> {
  const reader = new JsonTextReader(text);
  try {
    return ok(reader.value(0));
  } catch (error) {
    if (error instanceof JsonSyntax) return reject('invalid_json', error.message);
    throw error;
  }
}

/** Re-encodes with object keys in order, as arguments of type `json` reach a contract. */
export function encodeJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goJsonString(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return value.text;
  if (isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  const fields = sortedEntries(value).map(
    ([key, field]) => `${goJsonString(key)}:${encodeJson(field)}`,
  );
  return `{${fields.join(',')}}`;
}

/** How the reference prints a value inside an error message. */
export function describeJson(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return value.text;
  if (isArray(value)) return `[${value.map(describeJson).join(' ')}]`;
  return `map[${sortedEntries(value)
    .map(([key, field]) => `${key}:${describeJson(field)}`)
    .join(' ')}]`;
}

export function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function sortedEntries(map: ReadonlyMap<string, JsonValue>): [string, JsonValue][] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}

class JsonSyntax {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LITERALS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonTextReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue {
    if (depth > JSON_DEPTH_MAX) throw new JsonSyntax('exceeded max depth');
    this.#space();
    const first = this.#text[this.#at];
    if (first === undefined) throw new JsonSyntax(this.#at === 0 ? 'EOF' : 'unexpected EOF');
    if (first === '[') return this.#array(depth);
    if (first === '{') return this.#object(depth);
    if (first === '"') return this.#string();
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text);
    if (number === null) this.#unexpected('looking for beginning of value');
    this.#at += number[0].length;
    return new JsonNumber(number[0]);
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#at += 1;
    if (this.#skips(']')) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.#skips(']')) return items;
      if (!this.#skips(',')) this.#unexpected('after array element');
    }
  }

  #object(depth: number): ReadonlyMap<string, JsonValue> {
    const fields = new Map<string, JsonValue>();
    this.#at += 1;
    if (this.#skips('}')) return fields;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') {
        this.#unexpected('looking for beginning of object key string');
      }
      const key = this.#string();
      if (!this.#skips(':')) this.#unexpected('after object key');
      fields.set(key, this.value(depth + 1));
      if (this.#skips('}')) return fields;
      if (!this.#skips(',')) this.#unexpected('after object key:value pair');
    }
  }

  #string(): string {
    const end = this.#closingQuote();
    if (end < 0) throw new JsonSyntax('unexpected EOF');
    const literal = this.#text.slice(this.#at, end + 1);
    this.#at = end + 1;
    try {
      return (JSON.parse(literal) as string).toWellFormed();
    } catch {
      throw new JsonSyntax('invalid character in string literal');
    }
  }

  #closingQuote(): number {
    let at = this.#at + 1;
    while (at < this.#text.length) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) return at;
      at += code === BACKSLASH ? 2 : 1;
    }
    return -1;
  }

  #skips(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #unexpected(where: string): never {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new JsonSyntax('unexpected EOF');
    const character = JSON.stringify(String.fromCodePoint(code)).slice(1, -1).replace("'", "\\'");
    throw new JsonSyntax(`invalid character '${character}' ${where}`);
  }
}
