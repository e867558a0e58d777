/**
 * Typed fields of a JSON object, by the rules of protobuf's JSON form as the reference node reads
 * it (spec go-iost §4.2, clients §1): both spellings of a name, `null` is absent, absent is zero,
 * unknown fields are ignored, int64 digits from a number or a string, enums by name or number,
 * bytes as base64. A wrong field throws `JsonFieldError`, which `readFields` turns into a
 * rejection, so that a reader of a message stays a straight line.
 */

import { ok, type Result, reject } from '#core/result.ts';
import { isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from './json-body.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT32_MAX = 2n ** 32n - 1n;
/** An int64 has 19 digits; a longer shift by the exponent cannot give one. */
const EXPONENT_MAX = 40;
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const PLAIN_INTEGER = /^-?(?:0|[1-9]\d{0,18})$/;
const STANDARD_BASE64 = /^[A-Za-z0-9+/]*$/;
const URL_BASE64 = /^[A-Za-z0-9_-]*$/;
const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Thrown by `JsonFields`, caught by `readFields`: it never leaves io/rpc. */
class JsonFieldError extends Error {
  override readonly name = 'JsonFieldError';
}

/** Runs a reader of a message; refusals have code `json-field` and name the field. */
export function readFields<Message>(
  object: JsonObject,
  read: (fields: JsonFields) => Message,
): Result<Message> {
  try {
    return ok(read(new JsonFields(object, '')));
  } catch (error) {
    if (error instanceof JsonFieldError) return reject('json-field', error.message);
    throw error;
  }
}

/** The fields of one object. Names are given in snake case, as the messages declare them. */
export class JsonFields {
  readonly #object: JsonObject;
  readonly #path: string;

  constructor(object: JsonObject, path: string) {
    this.#object = object;
    this.#path = path;
  }

  string(name: string): string {
    const value = this.#find(name);
    if (value === undefined) return '';
    if (typeof value !== 'string') return this.#fail(name, 'must be a string');
    return value;
  }

  bool(name: string): boolean {
    const value = this.#find(name);
    if (value === undefined) return false;
    if (typeof value !== 'boolean') return this.#fail(name, 'must be true or false');
    return value;
  }

  int64(name: string): bigint {
    return this.#integer(name, INT64_MIN, INT64_MAX);
  }

  uint32(name: string): number {
    return Number(this.#integer(name, 0n, UINT32_MAX));
  }

  double(name: string): number {
    const value = this.#find(name);
    if (value === undefined) return 0;
    if (typeof value === 'string' && SPECIAL_DOUBLES.has(value)) {
      return SPECIAL_DOUBLES.get(value) ?? 0;
    }
    const text = isJsonNumber(value) ? value.value : value;
    if (typeof text !== 'string' || !NUMBER.test(text)) return this.#fail(name, 'must be a number');
    const number = Number(text);
    if (!Number.isFinite(number)) return this.#fail(name, 'is out of the range of a double');
    return number;
  }

  /** An enum by exact name or by any number, of which the low 8 bits count, as in the reference. */
  enum8(name: string, names: ReadonlyMap<string, number>): number {
    const value = this.#find(name);
    return value === undefined ? 0 : this.#enumCode(name, value, names);
  }

  enums8(name: string, names: ReadonlyMap<string, number>): readonly number[] {
    return this.#list(name).map((item, index) => this.#enumCode(`${name}[${index}]`, item, names));
  }

  bytes(name: string): Uint8Array {
    const text = this.string(name);
    return decodeBase64(text) ?? this.#fail(name, 'must be base64');
  }

  strings(name: string): readonly string[] {
    return this.#list(name).map((item, index) =>
      typeof item === 'string' ? item : this.#fail(`${name}[${index}]`, 'must be a string'),
    );
  }

  messages<Message>(name: string, read: (fields: JsonFields) => Message): readonly Message[] {
    return this.#list(name).map((item, index) => {
      if (!isJsonObject(item)) return this.#fail(`${name}[${index}]`, 'must be an object');
      return read(new JsonFields(item, `${this.#path}${name}[${index}].`));
    });
  }

  /** A nested message; absent is `undefined`. */
  message<Message>(name: string, read: (fields: JsonFields) => Message): Message | undefined {
    const value = this.#find(name);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) return this.#fail(name, 'must be an object');
    return read(new JsonFields(value, `${this.#path}${name}.`));
  }

  #enumCode(name: string, value: JsonValue, names: ReadonlyMap<string, number>): number {
    if (isJsonNumber(value)) {
      const code = exactInteger(value.value);
      if (code !== undefined) return Number(BigInt.asUintN(8, code));
    }
    const code = typeof value === 'string' ? names.get(value) : undefined;
    if (code !== undefined) return code;
    return this.#fail(name, `must be one of ${[...names.keys()].join(', ')}`);
  }

  #list(name: string): readonly JsonValue[] {
    const value = this.#find(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.#fail(name, 'must be an array');
    return value;
  }

  #integer(name: string, min: bigint, max: bigint): bigint {
    const value = this.#find(name);
    if (value === undefined) return 0n;
    const text = isJsonNumber(value) ? value.value : value;
    const integer = typeof text === 'string' ? exactInteger(text) : undefined;
    if (integer === undefined) return this.#fail(name, 'must be an integer');
    if (integer < min || integer > max) return this.#fail(name, 'is out of range');
    return integer;
  }

  /** The value under either spelling; `null` counts as absent. */
  #find(name: string): Exclude<JsonValue, null> | undefined {
    const snake = own(this.#object, name);
    const camelName = camelCase(name);
    if (camelName === name) return snake ?? undefined;
    const camel = own(this.#object, camelName);
    if (snake !== undefined && camel !== undefined) {
      return this.#fail(name, `is also given as ${camelName}`);
    }
    return snake ?? camel ?? undefined;
  }

  #fail(name: string, reason: string): never {
    throw new JsonFieldError(`${this.#path}${name} ${reason}`);
  }
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

const camelNames = new Map<string, string>();

/** `action_name` → `actionName`. The cache is bounded by the field names in our own source. */
function camelCase(name: string): string {
  let camel = camelNames.get(name);
  if (camel === undefined) {
    camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(name, camel);
  }
  return camel;
}

/** The integer that a decimal text denotes exactly (`1.5e1` is 15); `undefined` if it is none. */
function exactInteger(text: string): bigint | undefined {
  if (PLAIN_INTEGER.test(text)) return BigInt(text);
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return 0n;
  const trailingZeros =
    `${whole}${fraction}`.length - `${whole}${fraction}`.replace(/0+$/, '').length;
  const shift = Number(exponentText) - fraction.length + trailingZeros;
  if (shift < 0) return undefined;
  // Too long for an int64 anyway: the caller's range check refuses it without building it.
  if (digits.length > EXPONENT_MAX || shift > EXPONENT_MAX) {
    return sign === '-' ? INT64_MIN - 1n : INT64_MAX + 1n;
  }
  const magnitude = BigInt(digits) * 10n ** BigInt(shift);
  return sign === '-' ? -magnitude : magnitude;
}

/** Standard or URL alphabet, with or without padding, line breaks ignored: as the reference. */
function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  const alphabet = /[-_]/.test(compact) ? URL_BASE64 : STANDARD_BASE64;
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0;
  const body = padding === 0 ? compact : compact.slice(0, -padding);
  if (!alphabet.test(body) || body.length % 4 === 1) return undefined;
  if (padding !== 0 && compact.length % 4 !== 0) return undefined;
  // A Buffer's own bytes: a view into Node's pool would keep 8 KiB alive per signature.
  return new Uint8Array(Buffer.from(body, 'base64'));
}
