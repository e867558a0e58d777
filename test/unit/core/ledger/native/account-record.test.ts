import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AccountRecord,
  accountRecordText,
  addGroup,
  addPermission,
  assignGroup,
  assignPermission,
  assignPermissionToGroup,
  dropGroup,
  dropPermission,
  nameProblem,
  newAccountRecord,
  parseAccountRecord,
  type RecordEdit,
  revokeGroup,
  revokePermission,
  revokePermissionInGroup,
} from '#core/ledger/native/account-record.ts';

const NEW = newAccountRecord('myidid', 'user_0', 'OWNER', 'ACTIVE');

function edited(edit: RecordEdit): AccountRecord {
  if (!edit.ok) assert.fail(edit.failure.message);
  return edit.value;
}

function refused(edit: RecordEdit, message: string): void {
  if (edit.ok) assert.fail('the edit was accepted');
  assert.equal(edit.failure.message, message);
}

describe('account record', () => {
  test('a new account has its fields in the order of the reference', () => {
    assert.equal(
      accountRecordText(NEW),
      '{"id":"myidid","referrer":"user_0","permissions":{' +
        '"active":{"name":"active","groups":[],"items":[{"id":"ACTIVE","is_key_pair":true,"weight":100}],"threshold":100},' +
        '"owner":{"name":"owner","groups":[],"items":[{"id":"OWNER","is_key_pair":true,"weight":100}],"threshold":100}},' +
        '"groups":{}}',
    );
    assert.deepEqual(parseAccountRecord(accountRecordText(NEW)), NEW);
  });

  test('permissions are added once and dropped', () => {
    const added = edited(addPermission(NEW, 'perm1', 1));
    assert.ok(
      accountRecordText(added).includes(
        '"perm1":{"name":"perm1","groups":[],"items":[],"threshold":1}',
      ),
    );
    refused(addPermission(added, 'perm1', 1), 'permission already exist');
    assert.deepEqual(edited(dropPermission(added, 'perm1')), NEW);
    assert.deepEqual(edited(dropPermission(NEW, 'never_there')), NEW);
    refused(dropPermission(NEW, 'active'), 'drop active or owner is forbidden');
    refused(dropPermission(NEW, 'owner'), 'drop active or owner is forbidden');
  });

  test('items are keys or permissions of accounts, and an id again changes its weight', () => {
    const key = edited(assignPermission(NEW, 'active', 'KEY1234', 1));
    assert.ok(accountRecordText(key).includes('{"id":"KEY1234","is_key_pair":true,"weight":1}'));
    const both = edited(assignPermission(key, 'active', 'acc1@active', 1));
    assert.ok(
      accountRecordText(both).includes(
        '{"id":"acc1","permission":"active","is_key_pair":false,"weight":1}',
      ),
    );
    const heavier = edited(assignPermission(both, 'active', 'KEY1234', 7));
    assert.deepEqual(
      heavier.permissions['active']?.items.map((item) => item.weight),
      [100, 7, 1],
    );
    refused(assignPermission(NEW, 'active', '@active', 1), 'unexpected item');
    refused(assignPermission(NEW, 'nope', 'KEY', 1), 'permission does not exist > nope');
  });

  test('revoking needs the exact item', () => {
    const both = edited(assignPermission(NEW, 'active', 'acc1@active', 1));
    refused(revokePermission(both, 'active', 'acc1'), 'item not found');
    refused(revokePermission(both, 'active', 'acc1@owner'), 'item not found');
    assert.deepEqual(edited(revokePermission(both, 'active', 'acc1@active')), NEW);
    refused(revokePermission(NEW, 'active', 'acc2'), 'item not found');
    const keyless = edited(revokePermission(NEW, 'active', 'ACTIVE'));
    assert.deepEqual(keyless.permissions['active']?.items, []);
  });

  test('groups', () => {
    const group = edited(addGroup(NEW, 'grp0'));
    assert.ok(accountRecordText(group).includes('"groups":{"grp0":{"name":"grp0","items":[]}}'));
    refused(addGroup(group, 'grp0'), 'group already exist');
    const member = edited(assignGroup(group, 'grp0', 'acc1@active', 1));
    assert.ok(
      accountRecordText(member).includes(
        '{"id":"acc1","permission":"active","is_key_pair":false,"weight":1}',
      ),
    );
    assert.deepEqual(edited(revokeGroup(member, 'grp0', 'acc1@active')), group);
    const used = edited(assignPermissionToGroup(group, 'active', 'grp0'));
    assert.ok(accountRecordText(used).includes('"groups":["grp0"]'));
    assert.deepEqual(edited(revokePermissionInGroup(used, 'active', 'grp0')), group);
    assert.deepEqual(edited(revokePermissionInGroup(used, 'active', 'other')), used);
    refused(assignPermissionToGroup(NEW, 'active', 'grp0'), 'group does not exist');
    const dropped = edited(dropGroup(used, 'grp0'));
    assert.deepEqual(dropped.groups, {});
    assert.deepEqual(dropped.permissions['active']?.groups, ['grp0'], 'as the reference leaves it');
  });

  test('names that objects of JavaScript answer to are only names', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      refused(addPermission(NEW, name, 1), 'permission already exist');
      refused(assignPermission(NEW, name, 'KEY', 1), `permission does not exist > ${name}`);
      refused(addGroup(NEW, name), 'group already exist');
      refused(assignGroup(NEW, name, 'KEY', 1), 'group does not exist');
      assert.deepEqual(edited(dropPermission(NEW, name)), NEW);
    }
  });

  test('names of permissions and groups', () => {
    assert.equal(nameProblem('a_B9'), undefined);
    assert.equal(nameProblem('x'.repeat(32)), undefined);
    assert.match(String(nameProblem('')), /between 1,32/);
    assert.match(String(nameProblem('x'.repeat(33))), /between 1,32/);
    assert.match(String(nameProblem('a-b')), /invalid character > -/);
  });
});
