/** Gas by pledging, and the RAM market. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Account, Receipt } from '#test/support/iost-client.ts';
import { failedWith, succeeded, type World } from './world.ts';

const THREE_DAYS_MS = 3 * 86_400_000;

export function resources(world: () => World): void {
  const gas = (publisher: Account, abi: string, args: readonly string[]): Promise<Receipt> =>
    world().client.call(publisher, 'gas.iost', abi, args, { approve: { iost: '100000' } });
  const ram = (publisher: Account, abi: string, args: readonly unknown[], approve = {}) =>
    world().client.call(publisher, 'ram.iost', abi, args, { approve });
  const info = (account: Account) => world().client.rpc.blockchain.getAccountInfo(account.getID());

  test('IOST is pledged for oneself and for others, and taken back frozen', async () => {
    const [owner, near, far] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const [me, neighbour, stranger] = [owner.getID(), near.getID(), far.getID()];
    const before = await info(owner);
    succeeded(await gas(owner, 'pledge', [me, me, '50']));
    const pledged = await info(owner);
    assert.equal(pledged.balance, 950);
    assert.equal(pledged.gas_info.limit, before.gas_info.limit + 50 * 300_000);
    assert.ok(pledged.gas_info.current_total > before.gas_info.current_total + 4_900_000);
    succeeded(await gas(owner, 'pledge', [me, neighbour, '20.5']));
    succeeded(await gas(owner, 'pledge', [me, stranger, '30']));
    assert.equal((await info(far)).gas_info.limit, before.gas_info.limit + 30 * 300_000);
    const { gas_info } = await info(owner);
    const pledges = gas_info.pledged_info.map(
      ({ pledger, amount }: { pledger: string; amount: number }) => [pledger, amount],
    );
    assert.deepEqual(
      pledges.sort(),
      [
        [me, 50],
        [neighbour, 20.5],
        [stranger, 30],
      ].sort(),
    );
    for (const [user, amount] of [
      [me, '20'],
      [neighbour, '10'],
      [stranger, '30'],
    ] as const) {
      succeeded(await gas(owner, 'unpledge', [me, user, amount]));
    }
    const after = await info(owner);
    assert.equal(after.balance, 1000 - 100.5);
    assert.equal(after.gas_info.limit, before.gas_info.limit + 30 * 300_000);
    const frozen = after.frozen_balances as { amount: number; time: string }[];
    assert.deepEqual(frozen.map(({ amount }) => amount).sort(), [10, 20, 30]);
    for (const { time } of frozen) {
      assert.ok(Math.abs(Number(time) / 1e6 - Date.now() - THREE_DAYS_MS) < 60_000);
    }
    assert.equal((await info(far)).gas_info.limit, before.gas_info.limit);
  });

  test('pledges are refused: too small, too much, of somebody else, for nobody', async () => {
    const [owner, far] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const [me, stranger] = [owner.getID(), far.getID()];
    succeeded(await gas(owner, 'pledge', [me, stranger, '30']));
    const failures: readonly (readonly [Promise<Receipt>, RegExp])[] = [
      [gas(owner, 'pledge', [me, me, '0.99']), /min pledge num is/],
      [gas(owner, 'pledge', [me, me, '1000']), /balance not enough/],
      [gas(owner, 'pledge', [me, 'nobody_here', '1']), /invalid user name nobody_here/],
      [gas(owner, 'unpledge', [me, stranger, '0.5']), /min unpledge num is/],
      [gas(owner, 'unpledge', [me, stranger, '31']), /you cannot unpledge more than your pledge/],
      [gas(owner, 'unpledge', [me, stranger, '500']), /unpledge too much/],
      [gas(owner, 'unpledge', [me, me, '1']), /did not pledge for|lock/],
    ];
    for (const [receipt, message] of failures) failedWith(await receipt, message);
    assert.equal((await info(owner)).balance, 970);
  });

  test('RAM is bought, sold and lent', async () => {
    const [owner, near, far] = await Promise.all([
      world().newAccount({ shard: 1, ramBytes: 0 }),
      world().newAccount({ shard: 1, ramBytes: 0 }),
      world().newAccount({ shard: 2, ramBytes: 0 }),
    ]);
    const [me, neighbour, stranger] = [owner.getID(), near.getID(), far.getID()];
    const approve = { iost: '100', ram: '100000' };
    const bought = succeeded(await ram(owner, 'buy', [me, me, 10_000], approve));
    const price = Number(JSON.parse(bought.returns[0] as string)[0]);
    assert.ok(price > 10 && price < 20, String(price));
    assert.equal(await world().balance(me), Math.round((1000 - price) * 100) / 100);
    assert.deepEqual((await info(owner)).ram_info, {
      available: '10000',
      used: '0',
      total: '10000',
    });
    succeeded(await ram(owner, 'buy', [me, stranger, 500], approve));
    succeeded(await ram(owner, 'buy', [me, neighbour, 500], approve));
    assert.equal((await info(far)).ram_info.total, '500');
    for (const to of [neighbour, stranger]) {
      succeeded(await ram(owner, 'lend', [me, to, 1000], approve));
    }
    assert.equal((await info(near)).ram_info.total, '1500');
    assert.equal((await info(far)).ram_info.total, '1500');
    const beforeSale = await world().balance(me);
    const sold = succeeded(await ram(owner, 'sell', [me, me, 4000], approve));
    const refund = Number(JSON.parse(sold.returns[0] as string)[0]);
    assert.ok(refund > 0 && refund < price);
    assert.equal(await world().balance(me), Math.round((beforeSale + refund) * 100) / 100);
    assert.equal((await info(owner)).ram_info.total, '4000');
    failedWith(await ram(owner, 'buy', [me, me, 9], approve), /minimum ram amount for trading/);
    failedWith(
      await ram(owner, 'sell', [me, me, 4001], approve),
      /self ram amount 4000, not enough/,
    );
    failedWith(await ram(near, 'lend', [neighbour, me, 1000], approve), /not enough for lend/);
    failedWith(await ram(owner, 'buy', [me, me, 1000], {}), /exceed amountLimit in tx/);
  });

  test('a proceeds of a sale can go to somebody else', async () => {
    const [owner, far] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const [me, stranger] = [owner.getID(), far.getID()];
    const approve = { iost: '1000', ram: '100000' };
    succeeded(await ram(owner, 'buy', [me, me, 10_000], approve));
    const sold = succeeded(await ram(owner, 'sell', [me, stranger, 5000], approve));
    const refund = Number(JSON.parse(sold.returns[0] as string)[0]);
    assert.equal(await world().balance(stranger), Math.round((1000 + refund) * 100) / 100);
  });

  test('RAM that is not there cannot be used', async () => {
    const owner = await world().newAccount({ shard: 1, ramBytes: 0 });
    const me = owner.getID();
    const create = [world().newSymbol(), me, 1000, {}];
    const receipt = await world().client.call(owner, 'token.iost', 'create', create);
    assert.equal(receipt.status_code, 'BALANCE_NOT_ENOUGH');
    assert.match(receipt.message, /balance not enough after executing actions: pay ram failed/);
  });
}
