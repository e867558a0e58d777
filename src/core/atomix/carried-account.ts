/**
 * What of a publisher's account travels to the chain where its transaction runs, and back. The keys of
 * an account have few forms, so a byte stands for each; values go as they are in memory. In their
 * stored form both took five times the bytes of everything that a transaction changes.
 */

import { assert } from '../assert.ts';
import type { BinaryReader } from '../chain/binary-reader.ts';
import type { BinaryWriter } from '../chain/binary-writer.ts';
import type { CarriedState } from '../ledger/outcome.ts';
import { sliceKey } from '../ledger/ram-slice.ts';
import {
  accountKey,
  balanceKey,
  freezeKey,
  gasKey,
  tokenIndexKey,
  usedRamKey,
} from '../ledger/state-key.ts';
import type { StateValue } from '../ledger/state-value.ts';
import { readSignUp, signUpOf, writeSignUp } from './carried-record.ts';

/** Forms that are followed by a token come last. */
const FORM = { record: 1, gas: 2, tokens: 3, usedRam: 4, slice: 5, balance: 6, freeze: 7 };
const KIND = { absent: 0, string: 1, json: 2, int: 3, bytes: 4, signUp: 5 };
/** Form and kind. */
const ENTRY_BYTES_MIN = 2;

export const NOTHING_CARRIED: CarriedAccount = { account: '', state: new Map() };

export type CarriedAccount = { readonly account: string; readonly state: CarriedState };

/** All keys are of the account. */
export function writeCarried(
  writer: BinaryWriter,
  { account, state }: CarriedAccount,
): BinaryWriter {
  writer.string(account).i32(state.size);
  for (const [key, value] of state) {
    writeKey(writer, account, key);
    if (key === accountKey(account)) writeRecord(writer, account, value);
    else writeValue(writer, value);
  }
  return writer;
}

export function readCarried(reader: BinaryReader): CarriedAccount {
  const account = reader.string();
  const state = new Map<string, StateValue | undefined>();
  reader.list(ENTRY_BYTES_MIN, () => {
    const key = readKey(reader, account);
    if (state.has(key)) reader.malformed('a key that is carried twice');
    state.set(key, readValue(reader, account));
  });
  return { account, state };
}

function writeKey(writer: BinaryWriter, account: string, key: string): void {
  if (key === gasKey(account)) writer.u8(FORM.gas);
  else if (key === tokenIndexKey(account)) writer.u8(FORM.tokens);
  else if (key === usedRamKey(account)) writer.u8(FORM.usedRam);
  else if (key === sliceKey(account)) writer.u8(FORM.slice);
  else if (key === accountKey(account)) writer.u8(FORM.record);
  else {
    const balances = balanceKey(account, '');
    const isBalance = key.startsWith(balances);
    const prefix = isBalance ? balances : freezeKey(account, '');
    assert(key.startsWith(prefix), 'only what belongs to the account is carried for it');
    writer.u8(isBalance ? FORM.balance : FORM.freeze).string(key.slice(prefix.length));
  }
}

function readKey(reader: BinaryReader, account: string): string {
  switch (reader.u8()) {
    case FORM.record:
      return accountKey(account);
    case FORM.gas:
      return gasKey(account);
    case FORM.tokens:
      return tokenIndexKey(account);
    case FORM.usedRam:
      return usedRamKey(account);
    case FORM.slice:
      return sliceKey(account);
    case FORM.balance:
      return balanceKey(account, reader.string());
    case FORM.freeze:
      return freezeKey(account, reader.string());
    default:
      return reader.malformed('unknown form of a key');
  }
}

function writeRecord(writer: BinaryWriter, account: string, value: StateValue | undefined): void {
  if (value?.kind !== 'json' && value?.kind !== 'string') return writeValue(writer, value);
  const signUp = signUpOf(account, value);
  if (signUp === undefined) writeValue(writer, value);
  else writeSignUp(writer.u8(KIND.signUp), value, signUp);
}

function writeValue(writer: BinaryWriter, value: StateValue | undefined): void {
  switch (value?.kind) {
    case undefined:
      writer.u8(KIND.absent);
      return;
    case 'string':
    case 'json':
      writer.u8(KIND[value.kind]).string(value.value).string(value.payer);
      return;
    case 'int':
      writer.u8(KIND.int).i64(value.value).string(value.payer);
      return;
    case 'bytes':
      writer.u8(KIND.bytes).bytes(value.value);
      return;
    default:
      assert(false, 'nothing of an account is a decimal or a boolean');
  }
}

function readValue(reader: BinaryReader, account: string): StateValue | undefined {
  switch (reader.u8()) {
    case KIND.absent:
      return undefined;
    case KIND.string:
      return { kind: 'string', value: reader.string(), payer: reader.string() };
    case KIND.json:
      return { kind: 'json', value: reader.string(), payer: reader.string() };
    case KIND.int:
      return { kind: 'int', value: reader.i64(), payer: reader.string() };
    case KIND.bytes:
      return { kind: 'bytes', value: reader.bytes() };
    case KIND.signUp:
      return readSignUp(reader, account);
    default:
      return reader.malformed('unknown kind of a value');
  }
}
