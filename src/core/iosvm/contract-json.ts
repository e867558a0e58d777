/** The JSON form in which contracts are published (spec go-iost §5.1). Keys are matched in any case. */

import type { AmountLimit } from '../chain/transaction.ts';
import { isArray, JsonNumber, type JsonValue, readJson } from '../ledger/go-json-value.ts';
import { ok, type Result, reject } from '../result.ts';
import type { ContractObject, DeclaredAbi } from './contract-object.ts';

/** Refused where a field has another type than its own; what is missing is empty. */
export function contractOfJson(text: string): Result<ContractObject> {
  const json = readJson(text);
  if (!json.ok) return json;
  try {
    return ok(contractOf(fieldsOf(json.value)));
  } catch (error) {
    if (error instanceof WrongType) return reject('invalid_contract', error.message);
    throw error;
  }
}

/** The text that `setCode` and `updateCode` take. */
export function contractJson({ id, code, ...info }: ContractObject): string {
  return JSON.stringify({ ID: id, info: abiFile(info), code });
}

/** The content of a `.abi` file, as the reference's tools write it. */
export function abiFile(info: Pick<ContractObject, 'language' | 'version' | 'abi'>): object {
  const abi = info.abi.map(({ name, args, amountLimit }) => ({
    name,
    args,
    amountLimit: amountLimit.map(({ token, value }) => ({ token, val: value })),
  }));
  return { lang: info.language, version: info.version, abi };
}

class WrongType {
  readonly message: string;

  constructor(expected: string) {
    this.message = `json: cannot unmarshal contract: ${expected} expected`;
  }
}

type Fields = ReadonlyMap<string, JsonValue>;

function contractOf(fields: Fields): ContractObject {
  const info = fieldsOf(fields.get('info'));
  return {
    id: text(fields.get('id')),
    language: text(info.get('lang')),
    version: text(info.get('version')),
    abi: list(info.get('abi')).map((abi) => abiOf(fieldsOf(abi))),
    code: text(fields.get('code')),
    originalCode: text(fields.get('origcode')),
  };
}

function abiOf(fields: Fields): DeclaredAbi {
  return {
    name: text(fields.get('name')),
    args: list(fields.get('args')).map(text),
    amountLimit: list(fields.get('amountlimit')).map((limit) => limitOf(fieldsOf(limit))),
  };
}

function limitOf(fields: Fields): AmountLimit {
  return { token: text(fields.get('token')), value: text(fields.get('val')) };
}

function text(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new WrongType('string');
  return value;
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!isArray(value)) throw new WrongType('array');
  return value;
}

/** By lower-case name; of several the last counts. */
function fieldsOf(value: JsonValue | undefined): Fields {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== 'object' || isArray(value) || value instanceof JsonNumber) {
    throw new WrongType('object');
  }
  return new Map([...value].map(([name, field]) => [name.toLowerCase(), field]));
}
