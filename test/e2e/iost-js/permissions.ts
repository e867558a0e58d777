/** Permissions, groups, weights and several signatures. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Account, accountOf, iostPackage, type Receipt } from '#test/support/iost-client.ts';
import { failedWith, succeeded, type World } from './world.ts';

export function permissions(world: () => World): void {
  /** Edits of an account need its owner among the signers (clients.md, quirk 25). */
  const edit = (account: Account, abi: string, args: readonly unknown[]): Promise<Receipt> =>
    world().client.call(account, 'auth.iost', abi, [account.getID(), ...args], {
      signers: [[account, 'owner']],
    });

  const transferTo = (from: string, to: string) =>
    world().client.iost.transfer('iost', from, to, '1');

  test('permissions, items and groups are added, shown and taken away', async () => {
    const account = await world().newAccount({ shard: 1 });
    const key = iostPackage.KeyPair.newKeyPair();
    const edits: readonly (readonly [abi: string, args: readonly unknown[]])[] = [
      ['addPermission', ['perm1', 1]],
      ['assignPermission', ['perm1', 'admin@active', 1]],
      ['assignPermission', ['perm1', key.id, 3]],
      ['addGroup', ['grp0']],
      ['assignGroup', ['grp0', 'acc1@active', 1]],
      ['assignGroup', ['grp0', 'acc2@perm', 1]],
      ['assignPermissionToGroup', ['perm1', 'grp0']],
    ];
    for (const [abi, args] of edits) succeeded(await edit(account, abi, args));
    const info = await world().client.rpc.blockchain.getAccountInfo(account.getID());
    assert.deepEqual(info.permissions.perm1, {
      name: 'perm1',
      group_names: ['grp0'],
      items: [
        { id: 'admin', is_key_pair: false, weight: '1', permission: 'active' },
        { id: key.id, is_key_pair: true, weight: '3', permission: '' },
      ],
      threshold: '1',
    });
    assert.deepEqual(
      info.groups.grp0.items.map(({ id, permission }: { id: string; permission: string }) => [
        id,
        permission,
      ]),
      [
        ['acc1', 'active'],
        ['acc2', 'perm'],
      ],
    );
    assert.ok(Number(info.ram_info.used) > 0);
    const undo: readonly (readonly [abi: string, args: readonly unknown[]])[] = [
      ['revokePermissionInGroup', ['perm1', 'grp0']],
      ['revokeGroup', ['grp0', 'acc1@active']],
      ['dropGroup', ['grp0']],
      ['revokePermission', ['perm1', key.id]],
      ['dropPermission', ['perm1']],
    ];
    for (const [abi, args] of undo) succeeded(await edit(account, abi, args));
    const after = await world().client.rpc.blockchain.getAccountInfo(account.getID());
    assert.deepEqual(Object.keys(after.permissions), ['active', 'owner']);
    assert.deepEqual(after.groups, {});
  });

  test('an edit needs the owner among the signers, and an owner that is not the publisher', async () => {
    const [account, other] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const id = account.getID();
    const { client } = world();
    const args = [id, 'perm1', 1];
    failedWith(
      await client.call(account, 'auth.iost', 'addPermission', args),
      /require auth failed/,
    );
    failedWith(
      await client.call(account, 'auth.iost', 'addPermission', args, {
        signers: [[account, 'active']],
      }),
      /require auth failed/,
    );
    failedWith(
      await client.call(other, 'auth.iost', 'addPermission', args, { signers: [[other, 'owner']] }),
      /require auth failed/,
    );
    succeeded(
      await client.call(other, 'auth.iost', 'addPermission', args, {
        signers: [[account, 'owner']],
      }),
    );
    failedWith(await edit(account, 'addPermission', ['perm1', 1]), /permission already exist/);
    failedWith(
      await edit(account, 'assignPermission', ['perm1', 'x@active', 0]),
      /weight less than/,
    );
    failedWith(await edit(account, 'dropPermission', ['active']), /./);
  });

  test('two keys of half the weight publish together, not alone', async () => {
    const account = await world().newAccount({ shard: 1 });
    const id = account.getID();
    const [first, second] = [iostPackage.KeyPair.newKeyPair(), iostPackage.KeyPair.newKeyPair()];
    succeeded(await edit(account, 'assignPermission', ['active', first.id, 50]));
    succeeded(await edit(account, 'assignPermission', ['active', second.id, 50]));
    const { client } = world();
    const both = transferTo(id, 'admin');
    both.setChainID(1020);
    both.addPublishSign(id, first);
    both.addPublishSign(id, second);
    succeeded(await client.run(both));
    const one = transferTo(id, 'admin');
    one.setChainID(1020);
    one.addPublishSign(id, first);
    // It is taken in and never packed, as in the reference: the client only sees no receipt.
    const { hash } = await client.rpc.transaction.sendTx(one);
    succeeded(
      await client.call(account, 'gas.iost', 'pledge', [id, id, '1'], { approve: { iost: '1' } }),
    );
    await assert.rejects(client.rpc.transaction.getTxByHash(hash), /tx not found/);
  });

  test('a signer lends the authority for its own account', async () => {
    const { client } = world();
    const publisher = await world().newAccount({ shard: 1 });
    for (const shard of [1, 2]) {
      const signer = await world().newAccount({ shard });
      const args = ['iost', signer.getID(), 'admin', '2', ''];
      const options = { approve: { iost: '2' }, signers: [[signer, 'active']] } as const;
      succeeded(await client.call(publisher, 'token.iost', 'transfer', args, options));
      assert.equal(await world().balance(signer), 998);
    }
    assert.equal(await world().balance(publisher), 1000);
  });

  test('a permission of another account counts with its weight', async () => {
    const { client } = world();
    const [account, friend] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const id = account.getID();
    const item = `${friend.getID()}@active`;
    succeeded(await edit(account, 'assignPermission', ['active', item, 100]));
    // The friend's signature for himself satisfies the account's permission.
    const signed = client.sign(
      friend,
      client.iost.callABI('token.iost', 'transfer', ['iost', id, 'admin', '3', '']),
      {
        approve: { iost: '3' },
      },
    );
    succeeded(await client.run(signed));
    assert.equal(await world().balance(account), 997);
    const key = iostPackage.KeyPair.newKeyPair();
    succeeded(await edit(account, 'addPermission', ['transfer', 100]));
    succeeded(await edit(account, 'assignPermission', ['transfer', key.id, 100]));
    const limited = new iostPackage.Account(id);
    limited.addKeyPair(key, 'transfer');
    const args = ['iost', id, 'admin', '3', ''];
    const options = { approve: { iost: '3' }, signers: [[limited, 'transfer']] } as const;
    succeeded(await client.call(friend, 'token.iost', 'transfer', args, options));
    assert.equal(await world().balance(account), 994);
  });

  test('a guardian publishes for an account with the key of his own', async () => {
    const { client } = world();
    const [ward, guardian] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const id = ward.getID();
    const item = `${guardian.getID()}@active`;
    succeeded(await edit(ward, 'assignPermission', ['active', item, 100]));
    const proxy = accountOf(id, guardian.getKeyPair('active'));
    succeeded(await client.run(client.sign(proxy, transferTo(id, 'admin'))));
    assert.equal(await world().balance(ward), 999);
    // And on another chain, whichever the guardian's account lies on.
    const create = [world().newSymbol(), id, 1000, {}];
    succeeded(await client.run(client.signed(proxy, 'token.iost', 'create', create)));
  });

  test('keys are replaced: the old one publishes no more', async () => {
    const { client } = world();
    const account = await world().newAccount({ shard: 1 });
    const id = account.getID();
    const key = iostPackage.KeyPair.newKeyPair();
    succeeded(await edit(account, 'assignPermission', ['active', key.id, 100]));
    succeeded(await edit(account, 'revokePermission', ['active', account.getKeyPair('active').id]));
    const renewed = accountOf(id, key);
    succeeded(await client.run(client.sign(renewed, transferTo(id, 'admin'))));
    // The old key is still the owner's, and the owner satisfies `active`.
    succeeded(await client.run(client.sign(account, transferTo(id, 'admin'))));
    const ownerKey = account.getKeyPair('owner').id;
    succeeded(await edit(account, 'assignPermission', ['owner', key.id, 100]));
    succeeded(
      await client.call(renewed, 'auth.iost', 'revokePermission', [id, 'owner', ownerKey], {
        signers: [[renewed, 'owner']],
      }),
    );
    const stale = client.sign(account, transferTo(id, 'admin'));
    const { hash } = await client.rpc.transaction.sendTx(stale);
    succeeded(await client.run(client.sign(renewed, transferTo(id, 'admin'))));
    await assert.rejects(client.rpc.transaction.getTxByHash(hash), /tx not found/);
    assert.equal(await world().balance(account), 997);
  });
}
