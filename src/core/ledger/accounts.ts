/** Account records by id, parsed once per stored value. */

import { type AccountRecord, parseAccountRecord } from './native/account-record.ts';
import type { StateReader } from './ports.ts';
import { accountKey } from './state-key.ts';
import { type StateValue, stateValueBytes } from './state-value.ts';

export type Account = {
  readonly record: AccountRecord;
  /** Length of the stored form: the gas that reading it for an authority check costs. */
  readonly bytes: number;
};

/** Values are immutable and shared by the read cache, so identity stands for content. */
const parsed = new WeakMap<StateValue, Account>();

export function readAccount(state: StateReader, id: string): Account | undefined {
  const value = state.get(accountKey(id));
  if (value === undefined) return undefined;
  let account = parsed.get(value);
  if (account === undefined) {
    const text = value.kind === 'string' || value.kind === 'json' ? value.value : '{}';
    account = { record: parseAccountRecord(text), bytes: stateValueBytes(value) };
    parsed.set(value, account);
  }
  return account;
}
