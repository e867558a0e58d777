import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { readGas } from '#core/ledger/gas.ts';
import { registeredNameKey } from '#core/ledger/native/auth.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { type CallOptions, WholeLedger } from '#test/support/whole-ledger.ts';

const GENESIS = readGenesis('dev');
const KEY = GENESIS.accounts[0]?.activeKey ?? '';
const AS_OWNER: CallOptions = { signers: ['myidid@owner'] };
const IOST = 100_000_000n;

describe('auth.iost', () => {
  let ledger: WholeLedger;
  beforeEach(() => {
    ledger = new WholeLedger(GENESIS);
    const receipt = signUp('myidid');
    assert.equal(receipt.message, '');
    // A new account has no RAM, and pays for what its record grows by.
    ledger.call('user_0', 'ram.iost', 'buy', ['user_0', 'myidid', 10_000]);
  });

  const signUp = (id: string, owner = KEY, active = KEY, options: CallOptions = {}) =>
    ledger.call('user_0', 'auth.iost', 'signUp', [id, owner, active], options);
  const edit = (action: string, args: readonly unknown[], options = AS_OWNER) =>
    ledger.call('user_0', 'auth.iost', action, ['myidid', ...args], options);
  const accepted = (action: string, ...args: readonly unknown[]): string => {
    assert.equal(edit(action, args).message, '');
    return ledger.record('myidid');
  };

  test('signing up registers the name, stores the record and pledges 10 IOST', () => {
    const before = ledger.balance('user_0', 'iost');
    const receipt = signUp('newbie');
    assert.equal(
      ledger.record('newbie'),
      `{"id":"newbie","referrer":"user_0","permissions":{"active":{"name":"active","groups":[],"items":[{"id":"${KEY}","is_key_pair":true,"weight":100}],"threshold":100},"owner":{"name":"owner","groups":[],"items":[{"id":"${KEY}","is_key_pair":true,"weight":100}],"threshold":100}},"groups":{}}`,
    );
    assert.equal(ledger.balance('user_0', 'iost'), before - 10n * IOST);
    assert.equal(readGas(ledger.state, 'newbie').total, 10n * IOST);
    assert.equal(ledger.state.has(registeredNameKey('newbie')), true);
    assert.deepEqual(receipt.returns, ['[""]']);
    assert.deepEqual(receipt.ramUsage, []);
    assert.deepEqual(
      receipt.receipts.map((entry) => entry.funcName),
      ['token.iost/transfer', 'gas.iost/pledge', 'auth.iost/signUp'],
    );
    assert.equal(receipt.receipts[2]?.content, `["newbie","${KEY}","${KEY}"]`);
  });

  test('names that cannot be had', () => {
    assert.match(signUp('myidid').message, /id existed > myidid/);
    assert.match(signUp('user_0').message, /id existed > user_0/);
    assert.match(signUp('deadaddr').message, /id existed > deadaddr/);
    assert.match(signUp('four').message, /id length should be between 5,11 > four/);
    assert.match(signUp('twelve_chars').message, /id length should be between 5,11/);
    assert.match(signUp('inval#id').message, /id contains invalid character > #/);
    assert.match(signUp('Upper').message, /id contains invalid character > U/);
    assert.match(signUp(`0x${'A'.repeat(40)}`).message, /id invalid/);
    assert.equal(ledger.state.has(registeredNameKey('four')), false);
  });

  test('an address account has no keys', () => {
    const address = `0x${'0a'.repeat(20)}`;
    assert.match(signUp(address).message, /should be empty/);
    assert.equal(signUp(address, '', '').message, '');
    assert.match(signUp(address, '', '').message, /id existed/);
  });

  test('signing up needs an amount limit of 10 IOST', () => {
    const limited = signUp('newbie', KEY, KEY, { amountLimits: [{ token: 'iost', value: '9' }] });
    assert.match(limited.message, /exceed amountLimit in tx/);
    assert.equal(ledger.state.has(registeredNameKey('newbie')), false, 'the name is still free');
    const enough = signUp('newbie', KEY, KEY, { amountLimits: [{ token: 'iost', value: '10' }] });
    assert.equal(enough.message, '');
  });

  test('every edit leaves the record that the reference leaves', () => {
    const perm1 = '"perm1":{"name":"perm1","groups":[],"items":[],"threshold":1}';
    assert.ok(accepted('addPermission', 'perm1', 1).includes(perm1));
    assert.match(edit('addPermission', ['perm1', 1]).message, /permission already exist/);
    assert.ok(!accepted('dropPermission', 'perm1').includes(perm1));
    const key = '{"id":"IOST1234","is_key_pair":true,"weight":1}';
    assert.ok(accepted('assignPermission', 'active', 'IOST1234', 1).includes(key));
    const other = '{"id":"acc1","permission":"active","is_key_pair":false,"weight":1}';
    assert.ok(accepted('assignPermission', 'active', 'acc1@active', 1).includes(other));
    assert.ok(!accepted('revokePermission', 'active', 'acc1@active').includes(other));
    assert.match(edit('revokePermission', ['active', 'acc2']).message, /item not found/);
    assert.ok(
      accepted('addGroup', 'grp0').includes('"groups":{"grp0":{"name":"grp0","items":[]}}'),
    );
    assert.match(edit('addGroup', ['grp0']).message, /group already exist/);
    assert.ok(accepted('assignGroup', 'grp0', 'acc1@active', 1).includes(other));
    assert.ok(!accepted('revokeGroup', 'grp0', 'acc1@active').includes(other));
    assert.ok(accepted('assignPermissionToGroup', 'active', 'grp0').includes('"groups":["grp0"]'));
    assert.ok(!accepted('revokePermissionInGroup', 'active', 'grp0').includes('"groups":["grp0"]'));
    assert.ok(!accepted('dropGroup', 'grp0').includes('grp0'));
  });

  test('edits need the owner, valid names and weights above zero', () => {
    assert.match(edit('addPermission', ['perm1', 1], {}).message, /require auth failed/);
    assert.match(edit('addPermission', ['per-m', 1]).message, /invalid character > -/);
    assert.match(edit('addGroup', ['g'.repeat(33)]).message, /between 1,32/);
    assert.match(edit('assignPermission', ['active', 'K', 0]).message, /weight less than zero/);
    assert.match(edit('assignGroup', ['grp', 'K', -1]).message, /weight less than zero/);
    assert.match(edit('dropPermission', ['owner']).message, /drop active or owner is forbidden/);
    const unknown = ledger.call('user_0', 'auth.iost', 'addGroup', ['nobody', 'grp']);
    assert.match(unknown.message, /require auth failed/);
  });

  test('the account pays the RAM of its record from the first edit on', () => {
    const first = edit('addPermission', ['perm1', 1]);
    assert.deepEqual(
      first.ramUsage.map(([payer]) => payer),
      ['myidid'],
    );
    const second = edit('addPermission', ['perm22', 1]);
    const added = ',"perm22":{"name":"perm22","groups":[],"items":[],"threshold":1}';
    assert.deepEqual(second.ramUsage, [['myidid', BigInt(added.length)]]);
    const third = edit('dropPermission', ['perm22']);
    assert.deepEqual(third.ramUsage, [['myidid', -BigInt(added.length)]]);
    assert.deepEqual(second.receipts, [
      { funcName: 'auth.iost/addPermission', content: '["myidid","perm22",1]' },
    ]);
  });

  test('gas is a function of the call', () => {
    const gas = (receipt: { readonly gasUsage: bigint }): bigint => receipt.gasUsage;
    const first = gas(signUp('newbie1'));
    assert.equal(gas(signUp('newbie2')), first);
    assert.ok(first > 3_000_000n, 'a frame of JavaScript alone is 30000 gas');
  });

  test('the administrator is fixed at genesis', () => {
    const answer = ledger.call('admin', 'auth.iost', 'can_update', ['']);
    assert.deepEqual(answer.returns, ['["true"]']);
    assert.deepEqual(ledger.call('user_0', 'auth.iost', 'can_update', ['']).returns, ['["false"]']);
    const init = ledger.call('admin', 'auth.iost', 'initAdmin', ['user_0']);
    assert.match(init.message, /init out of genesis block/);
    const ram = ledger.call('admin', 'ram.iost', 'can_update', ['']);
    assert.deepEqual(ram.returns, ['["true"]']);
  });
});
