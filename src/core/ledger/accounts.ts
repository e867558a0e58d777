/** Account records by id, parsed once per stored value: values are immutable and shared by the cache. */

import { type AccountRecord, parseAccountRecord } from './native/account-record.ts';
import type { StateReader } from './ports.ts';
import { accountKey } from './state-key.ts';
import { type StateValue, stateValueBytes } from './state-value.ts';

export type Account = {
  readonly record: AccountRecord;
  /** Length of the stored form: the gas that reading it for an authority check costs. */
  readonly bytes: number;
};

/** A stored record beside its parsed form. A `WeakMap` instead costs more than the whole check. */
type AccountValue = StateValue & { parsed?: Account };

export function readAccount(state: StateReader, id: string): Account | undefined {
  const value: AccountValue | undefined = state.get(accountKey(id));
  if (value === undefined) return undefined;
  value.parsed ??= parse(value);
  return value.parsed;
}

function parse(value: StateValue): Account {
  const text = value.kind === 'string' || value.kind === 'json' ? value.value : '{}';
  return { record: parseAccountRecord(text), bytes: stateValueBytes(value) };
}
