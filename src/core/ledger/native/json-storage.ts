/**
 * Storage of the system contracts that the reference wrote in JavaScript: values are the JSON text
 * that `JSON.stringify` gives, which clients read under the same keys. Reading and writing the text
 * costs 1 gas per character beside the price of the storage (ADR: gas of these contracts).
 */

import { COST } from '../costs.ts';
import type { Host } from '../host.ts';
import type { StateValue } from '../state-value.ts';

/** BOUND: what a JavaScript contract may store under one key, in UTF-16 units (spec go-iost §5.6). */
const VALUE_CHARS_MAX = 65_536;

/** An object whose fields are named by users: without a prototype, so that any name is a field. */
export type Fields<Value> = Record<string, Value>;

export function getText(host: Host, key: string): string | undefined {
  return textOf(host.get(key));
}

export function getJson<Value>(host: Host, key: string): Value | undefined {
  return parsed<Value>(host, host.get(key));
}

export function mapGetJson<Value>(host: Host, key: string, field: string): Value | undefined {
  return parsed<Value>(host, host.mapGet(key, field));
}

export function putText(host: Host, key: string, text: string, payer?: string): void {
  checkLength(host, text);
  host.put(key, text, payer);
}

export function putJson(host: Host, key: string, value: unknown, payer?: string): void {
  host.put(key, written(host, value), payer);
}

export function mapPutJson(
  host: Host,
  key: string,
  field: string,
  value: unknown,
  payer?: string,
): void {
  host.mapPut(key, field, written(host, value), payer);
}

/** An object of named fields; empty where nothing is stored. */
export function getFields<Value>(host: Host, key: string): Fields<Value> {
  return fieldsOf(getJson<Fields<Value>>(host, key));
}

export function mapGetFields<Value>(host: Host, key: string, field: string): Fields<Value> {
  return fieldsOf(mapGetJson<Fields<Value>>(host, key, field));
}

/** Field order is that of JavaScript objects, as it is in the reference. */
export function fieldsOf<Value>(record: Fields<Value> | undefined): Fields<Value> {
  return Object.assign(Object.create(null), record);
}

function parsed<Value>(host: Host, stored: StateValue | undefined): Value | undefined {
  const text = textOf(stored);
  if (text === undefined) return undefined;
  host.charge(text.length);
  return JSON.parse(text) as Value;
}

function written(host: Host, value: unknown): string {
  const text = JSON.stringify(value);
  checkLength(host, text);
  host.charge(text.length);
  return text;
}

function checkLength(host: Host, text: string): void {
  if (text.length <= VALUE_CHARS_MAX) return;
  host.charge(COST.operation);
  host.fail('input string too long');
}

function textOf(value: StateValue | undefined): string | undefined {
  return value?.kind === 'string' ? value.value : undefined;
}
