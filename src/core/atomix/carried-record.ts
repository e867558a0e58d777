/**
 * The record of an account's permissions on its way to another chain. It is nearly always the one of
 * sign-up, of which two keys and the referrer say everything: 90 bytes instead of 400, and who comes
 * again has been read before.
 */

import { BoundedCache } from '../bounded-cache.ts';
import type { BinaryReader } from '../chain/binary-reader.ts';
import type { BinaryWriter } from '../chain/binary-writer.ts';
import { base58Decode, base58Encode } from '../crypto/base58.ts';
import {
  accountRecordText,
  newAccountRecord,
  parseAccountRecord,
} from '../ledger/native/account-record.ts';
import type { StateValue } from '../ledger/state-value.ts';

type RecordValue = StateValue & { readonly kind: 'string' | 'json' };

/** What a record is made of that has not been changed since sign-up. */
type SignUp = {
  readonly referrer: string;
  readonly ownerKey: Uint8Array;
  readonly activeKey: Uint8Array;
};

/** Looked for once per stored value: values are immutable and shared by the read cache. */
type KnownValue = RecordValue & { signUp?: SignUp | 'changed' };

/** BOUND: records of accounts that call from other chains, a kilobyte each. */
const known = new BoundedCache<string, RecordValue & { readonly signUp: SignUp }>(4096);

export function signUpOf(account: string, value: RecordValue): SignUp | undefined {
  const stored: KnownValue = value;
  stored.signUp ??= findSignUp(account, value) ?? 'changed';
  return stored.signUp === 'changed' ? undefined : stored.signUp;
}

export function writeSignUp(
  writer: BinaryWriter,
  { kind, payer }: RecordValue,
  { referrer, ownerKey, activeKey }: SignUp,
): void {
  writer
    .u8(kind === 'json' ? 1 : 0)
    .string(payer)
    .string(referrer);
  writer.bytes(ownerKey).bytes(activeKey);
}

export function readSignUp(reader: BinaryReader, account: string): RecordValue {
  const kind = reader.flag() ? 'json' : 'string';
  const payer = reader.string();
  const referrer = reader.string();
  const ownerKey = reader.bytes();
  const activeKey = reader.bytes();
  const before = known.get(account);
  if (before?.kind === kind && before.payer === payer) {
    const { signUp } = before;
    const isSame = sameBytes(signUp.ownerKey, ownerKey) && sameBytes(signUp.activeKey, activeKey);
    if (isSame && signUp.referrer === referrer) return before;
  }
  const signUp = { referrer, ownerKey: ownerKey.slice(), activeKey: activeKey.slice() };
  const value = { kind, value: textOf(account, signUp), payer, signUp } as const;
  known.set(account, value);
  return value;
}

function findSignUp(account: string, { value }: RecordValue): SignUp | undefined {
  const { referrer, permissions } = parseAccountRecord(value);
  const [ownerKey, activeKey] = [permissions?.['owner'], permissions?.['active']].map((each) =>
    base58Decode(each?.items?.[0]?.id ?? ''),
  );
  if (ownerKey === undefined || activeKey === undefined || typeof referrer !== 'string') return;
  const signUp = { referrer, ownerKey, activeKey };
  return textOf(account, signUp) === value ? signUp : undefined;
}

function textOf(account: string, { referrer, ownerKey, activeKey }: SignUp): string {
  const keys = [ownerKey, activeKey].map(base58Encode) as [string, string];
  return accountRecordText(newAccountRecord(account, referrer, ...keys));
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
