/**
 * The list of a map's fields (spec go-iost §5.6): `@a@b@c`, in order of first appearance, capped:
 * beyond about 257 names new fields exist but are not listed.
 */

import type { StateValue } from './state-value.ts';
import { utf8Bytes } from './state-value.ts';

const SEPARATORS_MAX = 256;
const KEY_BYTES_MAX = 64;
/** Index entries cost nothing and belong to nobody. */
const PAYER = 'system.iost';

export function fieldsOf(index: StateValue | undefined): readonly string[] {
  return index?.kind === 'string' ? index.value.split('@').slice(1) : [];
}

/** The index with the field, or the same value where it stays as it is. */
export function withField(index: StateValue | undefined, field: string): StateValue {
  if (index?.kind !== 'string') return { kind: 'string', value: `@${field}`, payer: PAYER };
  const fields = fieldsOf(index);
  if (fields.length > SEPARATORS_MAX || fields.includes(field)) return index;
  return { kind: 'string', value: `${index.value}@${field}`, payer: PAYER };
}

/** The index without the field; `undefined` when none is left. */
export function withoutField(index: StateValue, field: string): StateValue | undefined {
  const fields = fieldsOf(index).filter((name) => name !== field);
  if (fields.length === 0) return undefined;
  return { kind: 'string', value: fields.map((name) => `@${name}`).join(''), payer: PAYER };
}

/** Why a key or field may not be written, in the reference's words; `undefined` when it may. */
export function checkKey(key: string): string | undefined {
  const bytes = key.length === 0 ? 0 : utf8Bytes(key);
  if (bytes < 1 || bytes > KEY_BYTES_MAX) {
    return `key or field length invalid. expected [1, 64], actual ${bytes}`;
  }
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    if (code < 32 || code > 126 || code === 0x2d || code === 0x40) {
      return `key or field has invalid char, ${String.fromCodePoint(key.codePointAt(index) ?? 0)}`;
    }
  }
  return undefined;
}
