/** A JavaScript contract over its life: published, called, read, updated, refused. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Account, Receipt } from '#test/support/iost-client.ts';
import { failedWith, succeeded, type World } from './world.ts';

const GAS_LIMIT = 1_500_000;

const source = (greeting: string): string => `class Board {
  init() { storage.put('count', '0'); }
  can_update(data) { return blockchain.requireAuth(blockchain.contractOwner(), 'active') && data === 'please'; }
  say(who) {
    const count = parse(storage.get('count')) + 1;
    storage.put('count', count.toString());
    storage.mapPut('said', who, '${greeting} ' + who, who);
    return [count, tx.publisher];
  }
  spin() { while (true); }
}
function parse(text) { return new Int64(text).number.toNumber(); }
module.exports = Board;
`;

function contractText(greeting: string, id = ''): string {
  const abi = (name: string, args: readonly string[]) => ({ name, args, amountLimit: [] });
  return JSON.stringify({
    ID: id,
    info: {
      lang: 'javascript',
      version: '1.0.0',
      abi: [abi('can_update', ['string']), abi('say', ['string']), abi('spin', [])],
    },
    code: source(greeting),
  });
}

export function contracts(world: () => World): void {
  const call = (
    publisher: Account,
    contract: string,
    abi: string,
    args: readonly unknown[],
  ): Promise<Receipt> => {
    const { client } = world();
    const tx = client.iost.callABI(contract, abi, args);
    tx.setGas(1, GAS_LIMIT);
    return client.run(client.sign(publisher, tx));
  };

  test('a contract is published, called from another shard, read and updated', async () => {
    const [author, user] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const published = succeeded(
      await call(author, 'system.iost', 'setCode', [contractText('hello')]),
    );
    const [id] = JSON.parse(published.returns[0] ?? '[]') as [string];
    assert.equal(id, `Contract${published.tx_hash}`);
    const name = user.getID();
    const said = succeeded(await call(user, id, 'say', [name]));
    assert.deepEqual(said.returns, [JSON.stringify([JSON.stringify([1, name])])]);
    const { blockchain } = world().client.rpc;
    const stored = await blockchain.getContractStorage(id, 'said', name);
    assert.equal(stored.data, `hello ${name}`);
    const shown = await blockchain.getContract(id);
    assert.equal(shown.orig_code, source('hello'));
    assert.equal(shown.language, 'javascript');
    assert.deepEqual(
      shown.abis.map((abi: { readonly name: string }) => abi.name),
      ['can_update', 'say', 'spin'],
    );
    const update = (publisher: Account, data: string) =>
      call(publisher, 'system.iost', 'updateCode', [contractText('good day', id), data]);
    failedWith(await update(author, 'now'), /update refused/);
    succeeded(await update(author, 'please'));
    const again = succeeded(await call(user, id, 'say', [name]));
    assert.deepEqual(again.returns, [JSON.stringify([JSON.stringify([2, name])])]);
    assert.equal((await blockchain.getContractStorage(id, 'said', name)).data, `good day ${name}`);
    const spun = await call(user, id, 'spin', []);
    failedWith(spun, /out of gas/);
    assert.equal(spun.gas_usage, GAS_LIMIT);
  });
}
