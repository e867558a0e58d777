/**
 * Contract storage as clients read it (spec go-iost §4.5, §5.6). The answers are those of a node
 * with one state: maps of system contracts that are spread over the chains come back together, and
 * the gas of an account, kept in one record here, under the reference's four keys.
 */

import { assertNever } from '../../assert.ts';
import { ok, type Result, reject } from '../../result.ts';
import { gasView } from '../gas.ts';
import { fieldsOf } from '../map-index.ts';
import {
  accountAnchor,
  anchorOf,
  contractAnchor,
  isSystemContract,
  LOCAL_ANCHOR,
  mapIndexKey,
  mapKey,
  valueKey,
} from '../state-key.ts';
import type { StateValue } from '../state-value.ts';
import { prefixOfChains, rangeOfChains, readKey, type ViewSource } from './view-source.ts';

/** The reference stops listing a map's fields beyond this (spec §5.6). */
const FIELDS_MAX = 257;
const LIST_MAX = 100;
const BATCH_MAX = 50;
const AFTER_ASCII = '\x7f';

/** One value in the form of getContractStorage: text as it is, everything else as JSON. */
export function contractStorage(
  source: ViewSource,
  id: string,
  key: string,
  field: string,
): string {
  if (field !== '') return storageText(readKey(source, mapKey(id, key, field)));
  if (id === 'gas.iost') return storageText(gasStorage(source, key));
  return storageText(readKey(source, valueKey(id, key)));
}

/** The reference answers the first 50 and says nothing about the rest. */
export function batchContractStorage(
  source: ViewSource,
  id: string,
  keyFields: readonly { readonly key: string; readonly field: string }[],
): readonly string[] {
  return keyFields
    .slice(0, BATCH_MAX)
    .map(({ key, field }) => contractStorage(source, id, key, field));
}

/** In the order of insertion where the map keeps a list, else in the order of the names. */
export function mapFields(source: ViewSource, id: string, key: string): readonly string[] {
  const indexKey = mapIndexKey(id, key);
  const indexes =
    anchorOf(indexKey) === LOCAL_ANCHOR
      ? source.chains.map((chain) => chain.get(indexKey))
      : [readKey(source, indexKey)];
  const fields = new Set(indexes.flatMap(fieldsOf));
  if (fields.size > 0) return [...fields].slice(0, FIELDS_MAX);
  if (!isSystemContract(id)) return [];
  const prefix = `${indexKey}-`;
  return prefixOfChains(source, prefix, FIELDS_MAX).map(([stored]) => stored.slice(prefix.length));
}

export type StorageListQuery = {
  readonly id: string;
  /** Keys of this range, `to` exclusive; empty for no bound. */
  readonly from: string;
  readonly to: string;
  readonly prefix: string;
  readonly space: 'KV' | 'MAP';
  /** 0 stands for 100. */
  readonly limit: number;
};

export type StorageListEntry = { readonly key: string; readonly value: string };

/** Of a map come both the list of its fields, under `key`, and each value, under `key-field`. */
export function listContractStorage(
  source: ViewSource,
  query: StorageListQuery,
): Result<readonly StorageListEntry[]> {
  if (query.limit < 0 || query.limit > LIST_MAX) {
    return reject('invalid_limit', 'invalid limit in request. Max: 500');
  }
  const space = `${query.space === 'KV' ? 'b' : 'm'}-${query.id}-`;
  const from = later(space + query.from, space + query.prefix);
  const prefixEnd = space + query.prefix + AFTER_ASCII;
  const to = query.to === '' ? prefixEnd : earlier(space + query.to, prefixEnd);
  if (from >= to) return ok([]);
  const range = { from, to, limit: query.limit === 0 ? LIST_MAX : query.limit };
  const found = isSystemContract(query.id)
    ? rangeOfChains(source, range)
    : source.readerOf(contractAnchor(query.id)).range(range);
  return ok(
    found.map(([key, value]) => ({ key: key.slice(space.length), value: storageText(value) })),
  );
}

/** `<account>gt` and its like: pledge total, limit, stock, time of the last update. */
function gasStorage(source: ViewSource, key: string): StateValue | undefined {
  const account = key.slice(0, -2);
  const part = key.slice(-2);
  if (part !== 'gt' && part !== 'gl' && part !== 'gu' && part !== 'gs') return undefined;
  return gasView(source.readerOf(accountAnchor(account)), account, part);
}

function storageText(value: StateValue | undefined): string {
  if (value === undefined) return 'null';
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'int':
      return value.value.toString();
    case 'bool':
      return String(value.value);
    case 'decimal':
      return `{"Value":${value.value},"Scale":${value.scale}}`;
    case 'json':
      return `"${base64Text(value.value)}"`;
    case 'bytes':
      return 'null';
    default:
      return assertNever(value);
  }
}

const utf8 = new TextEncoder();

/** Structured values of native contracts come out as the bytes of their JSON, in base64. */
function base64Text(text: string): string {
  let binary = '';
  for (const byte of utf8.encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

const later = (left: string, right: string): string => (left > right ? left : right);
const earlier = (left: string, right: string): string => (left < right ? left : right);
