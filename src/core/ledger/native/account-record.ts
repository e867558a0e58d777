/**
 * The account record of auth.iost (spec go-iost §1.4) and its edits. The stored text is what clients
 * and other contracts read and what RAM is charged for, so field order is part of the format: it is
 * the order in which the reference contract fills its objects.
 *
 * Records are parsed with JSON.parse, which makes even a key named `__proto__` an own property; names
 * are looked up as own properties only, so a permission called `constructor` is just a name.
 */

import { assert } from '../../assert.ts';
import { ok, type Rejection, type Result, reject } from '../../result.ts';

export const SIGN_UP_WEIGHT = 100;
const NAME_CHARS_MAX = 32;

/** A key, or a permission of another account. */
export type PermissionItem =
  | { readonly id: string; readonly is_key_pair: true; readonly weight: number }
  | {
      readonly id: string;
      readonly permission: string;
      readonly is_key_pair: false;
      readonly weight: number;
    };

export type PermissionRecord = {
  readonly name: string;
  readonly groups: readonly string[];
  readonly items: readonly PermissionItem[];
  readonly threshold: number;
};

export type GroupRecord = { readonly name: string; readonly items: readonly PermissionItem[] };

export type AccountRecord = {
  readonly id: string;
  readonly referrer: string;
  readonly permissions: Readonly<Record<string, PermissionRecord>>;
  readonly groups: Readonly<Record<string, GroupRecord>>;
};

export type RecordEdit = Result<AccountRecord, Rejection>;

/** Reads what `accountRecordText` wrote; the text comes from our own state. */
export function parseAccountRecord(text: string): AccountRecord {
  const record: unknown = JSON.parse(text);
  assert(typeof record === 'object' && record !== null, 'an account record is a JSON object');
  return record as AccountRecord;
}

export function accountRecordText(record: AccountRecord): string {
  return JSON.stringify(record);
}

/** The record of a new account: one key each for `active` and `owner`. */
export function newAccountRecord(
  id: string,
  referrer: string,
  ownerKey: string,
  activeKey: string,
): AccountRecord {
  return {
    id,
    referrer,
    permissions: {
      active: singleKeyPermission('active', activeKey),
      owner: singleKeyPermission('owner', ownerKey),
    },
    groups: {},
  };
}

/** Names of permissions and groups: 1–32 of [A-Za-z0-9_]. `undefined` when valid. */
export function nameProblem(name: string): string | undefined {
  if (name.length < 1 || name.length > NAME_CHARS_MAX) {
    return `id invalid. id length should be between 1,32 > ${name}`;
  }
  const bad = /[^A-Za-z0-9_]/.exec(name);
  return bad === null ? undefined : `id invalid. id contains invalid character > ${bad[0]}`;
}

export function addPermission(record: AccountRecord, name: string, threshold: number): RecordEdit {
  if (isTaken(record.permissions, name)) return refused('permission already exist');
  return ok(withPermission(record, { name, groups: [], items: [], threshold }));
}

export function dropPermission(record: AccountRecord, name: string): RecordEdit {
  if (name === 'active' || name === 'owner') return refused('drop active or owner is forbidden');
  return ok({ ...record, permissions: without(record.permissions, name) });
}

/** Adds an item or changes the weight of the one with the same id. */
export function assignPermission(
  record: AccountRecord,
  permission: string,
  item: string,
  weight: number,
): RecordEdit {
  const found = own(record.permissions, permission);
  if (found === undefined) return refused(`permission does not exist > ${permission}`);
  const items = assignItem(found.items, item, weight);
  return items.ok ? ok(withPermission(record, { ...found, items: items.value })) : items;
}

export function revokePermission(
  record: AccountRecord,
  permission: string,
  item: string,
): RecordEdit {
  const found = own(record.permissions, permission);
  if (found === undefined) return refused(`permission does not exist > ${permission}`);
  const items = revokeItem(found.items, item);
  return items.ok ? ok(withPermission(record, { ...found, items: items.value })) : items;
}

export function addGroup(record: AccountRecord, name: string): RecordEdit {
  if (isTaken(record.groups, name)) return refused('group already exist');
  return ok(withGroup(record, { name, items: [] }));
}

/** Permissions keep the name of a dropped group, as in the reference; it counts for nothing there. */
export function dropGroup(record: AccountRecord, name: string): RecordEdit {
  return ok({ ...record, groups: without(record.groups, name) });
}

export function assignGroup(
  record: AccountRecord,
  group: string,
  item: string,
  weight: number,
): RecordEdit {
  const found = own(record.groups, group);
  if (found === undefined) return refused('group does not exist');
  const items = assignItem(found.items, item, weight);
  return items.ok ? ok(withGroup(record, { ...found, items: items.value })) : items;
}

export function revokeGroup(record: AccountRecord, group: string, item: string): RecordEdit {
  const found = own(record.groups, group);
  if (found === undefined) return refused('group does not exist');
  const items = revokeItem(found.items, item);
  return items.ok ? ok(withGroup(record, { ...found, items: items.value })) : items;
}

export function assignPermissionToGroup(
  record: AccountRecord,
  permission: string,
  group: string,
): RecordEdit {
  if (own(record.groups, group) === undefined) return refused('group does not exist');
  const found = own(record.permissions, permission);
  if (found === undefined) return refused(`permission does not exist > ${permission}`);
  return ok(withPermission(record, { ...found, groups: [...found.groups, group] }));
}

/** Removes the first mention of the group; none is no error. */
export function revokePermissionInGroup(
  record: AccountRecord,
  permission: string,
  group: string,
): RecordEdit {
  const found = own(record.permissions, permission);
  if (found === undefined) return refused(`permission does not exist > ${permission}`);
  const at = found.groups.indexOf(group);
  const groups = found.groups.filter((_, index) => index !== at);
  return ok(withPermission(record, { ...found, groups }));
}

function singleKeyPermission(name: string, key: string): PermissionRecord {
  const item = { id: key, is_key_pair: true, weight: SIGN_UP_WEIGHT } as const;
  return { name, groups: [], items: [item], threshold: SIGN_UP_WEIGHT };
}

/** `key` or `account@permission`. An existing item is found by its id alone (spec §6.6). */
function assignItem(
  items: readonly PermissionItem[],
  text: string,
  weight: number,
): Result<readonly PermissionItem[], Rejection> {
  const at = items.findIndex((item) => item.id === text);
  if (at >= 0) {
    return ok(items.map((item, index) => (index === at ? { ...item, weight } : item)));
  }
  const item = parseItem(text, weight);
  return item === undefined ? refused('unexpected item') : ok([...items, item]);
}

function revokeItem(
  items: readonly PermissionItem[],
  text: string,
): Result<readonly PermissionItem[], Rejection> {
  const split = text.indexOf('@');
  if (split === 0) return refused('unexpected item');
  const at = items.findIndex((item) =>
    split < 0
      ? item.is_key_pair && item.id === text
      : !item.is_key_pair &&
        item.id === text.slice(0, split) &&
        item.permission === text.slice(split + 1),
  );
  return at < 0 ? refused('item not found') : ok(items.filter((_, index) => index !== at));
}

function parseItem(text: string, weight: number): PermissionItem | undefined {
  const split = text.indexOf('@');
  if (split < 0) return { id: text, is_key_pair: true, weight };
  if (split === 0) return undefined;
  return {
    id: text.slice(0, split),
    permission: text.slice(split + 1),
    is_key_pair: false,
    weight,
  };
}

function withPermission(record: AccountRecord, permission: PermissionRecord): AccountRecord {
  return { ...record, permissions: { ...record.permissions, [permission.name]: permission } };
}

function withGroup(record: AccountRecord, group: GroupRecord): AccountRecord {
  return { ...record, groups: { ...record.groups, [group.name]: group } };
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Names that every JavaScript object answers to count as taken, as they do in the reference. */
function isTaken(table: Readonly<Record<string, unknown>>, name: string): boolean {
  return name in table;
}

function without<Value>(
  table: Readonly<Record<string, Value>>,
  name: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => key !== name));
}

function refused(message: string): {
  readonly ok: false;
  readonly failure: Rejection;
} {
  return reject('account_edit_refused', message);
}
