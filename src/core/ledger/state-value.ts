/**
 * Values of the state map and their stored form: a type character, the payload, and `@payer`, as in
 * the reference node (spec go-iost §5.6), because the byte length of this form is what RAM is
 * charged for. `bytes` is ours, for records that no contract can see and nobody pays for.
 */

import { assert, assertNever } from '../assert.ts';

export type StateValue =
  | { readonly kind: 'string'; readonly value: string; readonly payer: string }
  | { readonly kind: 'int'; readonly value: bigint; readonly payer: string }
  | { readonly kind: 'bool'; readonly value: boolean; readonly payer: string }
  | { readonly kind: 'json'; readonly value: string; readonly payer: string }
  /** A fixed-point number: value / 10^scale. */
  | {
      readonly kind: 'decimal';
      readonly value: bigint;
      readonly scale: number;
      readonly payer: string;
    }
  | { readonly kind: 'bytes'; readonly value: Uint8Array };

const TYPE = { string: 0x73, int: 0x69, bool: 0x62, json: 0x6a, decimal: 0x66, bytes: 0x78 };
const AT = 0x40;
const TRUE = 0x74;
const FALSE = 0x66;

/** Type, the longest number, and what is in front of the payer. */
const NUMBERS_ROOM = 1 + 12 + 1;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** The stored form. */
export function encodeStateValue(value: StateValue): Uint8Array {
  const bytes = new Uint8Array(stateValueBytes(value));
  writeStateValue(bytes, new DataView(bytes.buffer), 0, value);
  return bytes;
}

/** Writes the stored form at `start` and answers where it ends; `view` is one of the whole target. */
export function writeStateValue(
  target: Uint8Array,
  view: DataView,
  start: number,
  value: StateValue,
): number {
  target[start] = TYPE[value.kind];
  let at = start + 1;
  switch (value.kind) {
    case 'string':
    case 'json':
      at = writeText(target, at, value.value);
      break;
    case 'bool':
      target[at] = value.value ? TRUE : FALSE;
      at += 1;
      break;
    case 'int':
      view.setBigInt64(at, value.value, true);
      at += 8;
      break;
    case 'decimal':
      view.setBigInt64(at, value.value, true);
      view.setInt32(at + 8, value.scale, true);
      at += 12;
      break;
    case 'bytes':
      target.set(value.value, at);
      return at + value.value.length;
    default:
      assertNever(value);
  }
  target[at] = AT;
  return writeText(target, at + 1, value.payer);
}

/** Reads what `encodeStateValue` wrote; the bytes come from our own storage, so misuse asserts. */
export function decodeStateValue(bytes: Uint8Array): StateValue {
  const type = bytes[0];
  if (type === TYPE.bytes) return { kind: 'bytes', value: bytes.slice(1) };
  const at = bytes.lastIndexOf(AT);
  assert(at > 0, 'a stored value ends with its payer');
  const payer = fromUtf8.decode(bytes.subarray(at + 1));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case TYPE.string:
      return { kind: 'string', value: fromUtf8.decode(bytes.subarray(1, at)), payer };
    case TYPE.json:
      return { kind: 'json', value: fromUtf8.decode(bytes.subarray(1, at)), payer };
    case TYPE.bool:
      return { kind: 'bool', value: bytes[1] === TRUE, payer };
    case TYPE.int:
      return { kind: 'int', value: view.getBigInt64(1, true), payer };
    case TYPE.decimal:
      return {
        kind: 'decimal',
        value: view.getBigInt64(1, true),
        scale: view.getInt32(9, true),
        payer,
      };
    default:
      assert(false, 'a stored value starts with a known type character');
  }
}

/** Bytes of the stored form without building it: what RAM is charged for. */
export function stateValueBytes(value: StateValue): number {
  switch (value.kind) {
    case 'string':
    case 'json':
      return 1 + utf8Bytes(value.value) + 1 + utf8Bytes(value.payer);
    case 'bool':
      return 1 + 1 + 1 + utf8Bytes(value.payer);
    case 'int':
      return 1 + 8 + 1 + utf8Bytes(value.payer);
    case 'decimal':
      return 1 + 12 + 1 + utf8Bytes(value.payer);
    case 'bytes':
      return 1 + value.value.length;
    default:
      return assertNever(value);
  }
}

/** Room that the stored form needs at most: cheaper to find out than `stateValueBytes`. */
export function stateValueRoom(value: StateValue): number {
  switch (value.kind) {
    case 'string':
    case 'json':
      return NUMBERS_ROOM + (value.value.length + value.payer.length) * 3;
    case 'bool':
    case 'int':
    case 'decimal':
      return NUMBERS_ROOM + value.payer.length * 3;
    case 'bytes':
      return 1 + value.value.length;
    default:
      return assertNever(value);
  }
}

export function utf8Bytes(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) count += 1;
    else if (unit < 0x800) count += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      count += 4;
      index += 1;
    } else count += 3;
  }
  return count;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Writes text as UTF-8; returns where it ends. */
function writeText(target: Uint8Array, start: number, text: string): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return start + utf8.encodeInto(text, target.subarray(start)).written;
    target[start + index] = unit;
  }
  return start + text.length;
}
