/**
 * Arguments of an action (spec go-iost §5.9): a JSON array whose elements must be exactly of the
 * types that the ABI declares. A trailing `,]` is tolerated, as old clients produce it.
 */

import type { Action } from '../chain/transaction.ts';
import { ok, type Rejection, type Result, reject } from '../result.ts';
import {
  describeJson,
  encodeJson,
  isArray,
  JsonNumber,
  type JsonValue,
  readJson,
} from './go-json-value.ts';
import type { Argument, ArgumentType } from './native/native-contract.ts';

type Parsed = Result<readonly Argument[], Rejection>;

/** Arguments as text, and its elements where they are nothing but plain strings. */
export type ArgumentText = Pick<Action, 'data' | 'plainStrings'>;

export function parseArguments(
  abi: string,
  types: readonly ArgumentType[],
  text: ArgumentText,
): Parsed {
  const { plainStrings } = text;
  // What a transaction was read with as plain strings is not made a text to be parsed.
  if (plainStrings !== undefined && areStrings(types, plainStrings.length)) {
    return ok(plainStrings);
  }
  return parsePlainStrings(types, text.data) ?? parseAny(abi, types, text.data);
}

function areStrings(types: readonly ArgumentType[], count: number): boolean {
  return types.length === count && types.every((type) => type === 'string');
}

/** The usual case, nothing but strings: read by the engine's own parser. `undefined`: not that. */
function parsePlainStrings(types: readonly ArgumentType[], data: string): Parsed | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== types.length) return undefined;
  for (let index = 0; index < types.length; index++) {
    const item: unknown = parsed[index];
    if (types[index] !== 'string' || typeof item !== 'string' || !item.isWellFormed()) {
      return undefined;
    }
  }
  return ok(parsed as string[]);
}

function parseAny(abi: string, types: readonly ArgumentType[], data: string): Parsed {
  const text = data.endsWith(',]') ? `${data.slice(0, -2)}]` : data;
  const json = readJson(text);
  if (!json.ok) return refused(`error in data: ${json.failure.message}, ${text}`);
  if (!isArray(json.value)) {
    return refused(
      `error args should be array, type assertion to []interface{} failed, &{${describeJson(json.value)}}`,
    );
  }
  if (json.value.length !== types.length) {
    return refused(
      `args length unmatched to abi ${abi}. need ${types.length}, got ${json.value.length}`,
    );
  }
  const args: Argument[] = [];
  for (let index = 0; index < types.length; index++) {
    const type = types[index] as ArgumentType;
    const value = convert(type, json.value[index] as JsonValue);
    if (!value.ok) {
      const shown = describeJson(json.value[index] as JsonValue);
      return refused(`error parse ${type} arg &{${shown}}, ${value.failure.message}`);
    }
    args.push(value.value);
  }
  return ok(args);
}

function convert(type: ArgumentType, value: JsonValue): Result<Argument, Rejection> {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? ok(value) : refused('type assertion to string failed');
    case 'bool':
      return typeof value === 'boolean' ? ok(value) : refused('type assertion to bool failed');
    case 'number':
      return value instanceof JsonNumber ? int64(value.text) : refused('invalid value type');
    case 'json':
      return ok(encodeJson(value));
  }
}

function int64(text: string): Result<bigint, Rejection> {
  if (!/^-?[0-9]+$/.test(text)) {
    return refused(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  }
  // A longer literal cannot fit; refusing it here keeps the cost of a hostile one linear.
  const value = text.length > 20 ? undefined : BigInt(text);
  if (value === undefined || BigInt.asIntN(64, value) !== value) {
    return refused(`strconv.ParseInt: parsing "${text}": value out of range`);
  }
  return ok(value);
}

function refused(message: string): { readonly ok: false; readonly failure: Rejection } {
  return reject('invalid_arguments', message);
}
