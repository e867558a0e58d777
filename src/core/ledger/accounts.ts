/** Account records by id, parsed once per stored value: values are immutable and shared by the cache. */

import { base58Decode } from '../crypto/base58.ts';
import { isAddress } from './address.ts';
import { type AccountRecord, parseAccountRecord } from './native/account-record.ts';
import type { StateReader } from './ports.ts';
import { accountKey } from './state-key.ts';
import { type StateValue, stateValueBytes } from './state-value.ts';

export type Account = {
  readonly record: AccountRecord;
  /** Length of the stored form: the gas that reading it for an authority check costs. */
  readonly bytes: number;
  /**
   * The key that alone holds the `active` permission, as nearly every account has one. PERF: found
   * beside the account instead of behind seven objects and a lookup, 0.2 µs instead of 0.8 µs.
   */
  readonly activeKey?: Uint8Array | undefined;
};

/** A stored record beside its parsed form. A `WeakMap` instead costs more than the whole check. */
type AccountValue = StateValue & { parsed?: Account };

export function readAccount(state: StateReader, id: string): Account | undefined {
  const value: AccountValue | undefined = state.get(accountKey(id));
  if (value === undefined) return undefined;
  value.parsed ??= parse(id, value);
  return value.parsed;
}

function parse(id: string, value: StateValue): Account {
  const text = value.kind === 'string' || value.kind === 'json' ? value.value : '{}';
  const record = parseAccountRecord(text);
  return { record, bytes: stateValueBytes(value), activeKey: activeKeyOf(id, record) };
}

function activeKeyOf(id: string, { permissions }: AccountRecord): Uint8Array | undefined {
  // Who stands for a key signs with that key, whatever the record says.
  if (isAddress(id) || permissions === undefined) return undefined;
  const active = Object.hasOwn(permissions, 'active') ? permissions['active'] : undefined;
  const first = active?.items?.[0];
  const suffices = first?.is_key_pair === true && first.weight >= (active?.threshold ?? 0);
  return suffices ? base58Decode(first.id) : undefined;
}
