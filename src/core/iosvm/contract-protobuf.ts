/**
 * The protobuf form of a contract (spec go-iost §5.1), written by hand for this one message. It is
 * what is stored, and its length is what RAM is charged for, so fields come in ascending order and
 * empty ones are left out, as the reference's encoder does it.
 */

import type { AmountLimit } from '../chain/transaction.ts';
import type { ContractObject, DeclaredAbi } from './contract-object.ts';

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const VARINT_BYTES_MAX = 10;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true });

export function encodeContract(contract: ContractObject): Uint8Array {
  const info = [
    ...text(1, contract.language),
    ...text(2, contract.version),
    ...contract.abi.flatMap((abi) => [...message(3, encodeAbi(abi))]),
  ];
  return concat([
    text(1, contract.id),
    message(2, Uint8Array.from(info)),
    text(3, contract.code),
    text(4, contract.originalCode),
  ]);
}

/** `undefined` where the bytes are no contract. Unknown fields are passed over. */
export function decodeContract(bytes: Uint8Array): ContractObject | undefined {
  try {
    return contractOf(bytes);
  } catch (error) {
    if (error instanceof Malformed || error instanceof TypeError) return undefined;
    throw error;
  }
}

class Malformed {}

function encodeAbi(abi: DeclaredAbi): Uint8Array {
  return concat([
    text(1, abi.name),
    // An empty element of a list is an element, unlike an empty field.
    ...abi.args.map((type) => message(2, utf8.encode(type))),
    ...abi.amountLimit.map(({ token, value }) =>
      message(3, concat([text(1, token), text(2, value)])),
    ),
  ]);
}

function text(field: number, value: string): Uint8Array {
  return value === '' ? new Uint8Array(0) : message(field, utf8.encode(value));
}

function message(field: number, payload: Uint8Array): Uint8Array {
  return concat([Uint8Array.from([field * 8 + WIRE.bytes, ...varint(payload.length)]), payload]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function contractOf(bytes: Uint8Array): ContractObject {
  let contract: ContractObject = {
    id: '',
    language: '',
    version: '',
    abi: [],
    code: '',
    originalCode: '',
  };
  for (const [field, payload] of fieldsOf(bytes)) {
    if (field === 1) contract = { ...contract, id: fromUtf8.decode(payload) };
    else if (field === 2) contract = { ...contract, ...infoOf(payload) };
    else if (field === 3) contract = { ...contract, code: fromUtf8.decode(payload) };
    else if (field === 4) contract = { ...contract, originalCode: fromUtf8.decode(payload) };
  }
  return contract;
}

function infoOf(bytes: Uint8Array): Pick<ContractObject, 'language' | 'version' | 'abi'> {
  const abi: DeclaredAbi[] = [];
  let language = '';
  let version = '';
  for (const [field, payload] of fieldsOf(bytes)) {
    if (field === 1) language = fromUtf8.decode(payload);
    else if (field === 2) version = fromUtf8.decode(payload);
    else if (field === 3) abi.push(abiOf(payload));
  }
  return { language, version, abi };
}

function abiOf(bytes: Uint8Array): DeclaredAbi {
  const args: string[] = [];
  const amountLimit: AmountLimit[] = [];
  let name = '';
  for (const [field, payload] of fieldsOf(bytes)) {
    if (field === 1) name = fromUtf8.decode(payload);
    else if (field === 2) args.push(fromUtf8.decode(payload));
    else if (field === 3) amountLimit.push(limitOf(payload));
  }
  return { name, args, amountLimit };
}

function limitOf(bytes: Uint8Array): AmountLimit {
  let token = '';
  let value = '';
  for (const [field, payload] of fieldsOf(bytes)) {
    if (field === 1) token = fromUtf8.decode(payload);
    else if (field === 2) value = fromUtf8.decode(payload);
  }
  return { token, value };
}

/** The length-delimited fields; those of other wire types belong to no field that we know. */
function* fieldsOf(bytes: Uint8Array): Generator<readonly [field: number, payload: Uint8Array]> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let count = 0; count < VARINT_BYTES_MAX; count++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Malformed();
      value += (byte & 0x7f) * 2 ** (7 * count);
      if (byte < 0x80) return value;
    }
    throw new Malformed();
  };
  while (at < bytes.length) {
    const tag = next();
    const wire = tag % 8;
    if (wire === WIRE.varint) next();
    else if (wire === WIRE.fixed64) at += 8;
    else if (wire === WIRE.fixed32) at += 4;
    else if (wire === WIRE.bytes) {
      const length = next();
      if (length > bytes.length - at) throw new Malformed();
      at += length;
      yield [Math.floor(tag / 8), bytes.subarray(at - length, at)];
    } else throw new Malformed();
  }
  if (at > bytes.length) throw new Malformed();
}
