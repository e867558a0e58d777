/** Life cycles of token20 and token721 tokens, as an issuer and holders drive them. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Account, Receipt } from '#test/support/iost-client.ts';
import { failedWith, refusal, succeeded, type World } from './world.ts';

const FREEZE_SECONDS = 3;

export function tokens(world: () => World): void {
  const call = (
    publisher: Account,
    abi: string,
    args: readonly unknown[],
    approve: Record<string, string> = {},
    contract = 'token.iost',
  ): Promise<Receipt> => world().client.call(publisher, contract, abi, args, { approve });

  test('a token is created, issued, moved, destroyed and counted', async () => {
    const [issuer, holder] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const [boss, friend] = [issuer.getID(), holder.getID()];
    const symbol = world().newSymbol();
    const config = { fullName: 'A test token', decimal: 4 };
    const created = await call(issuer, 'create', [symbol, boss, 1000, config]);
    succeeded(created);
    assert.ok(Number(created.ram_usage[boss]) > 0);
    succeeded(await call(issuer, 'issue', [symbol, boss, '600.12345']));
    succeeded(await call(issuer, 'issue', [symbol, friend, '100']));
    assert.equal(await world().balance(boss, symbol), 600.1234);
    const moved = [symbol, boss, friend, '0.5', 'take it'];
    const receipt = succeeded(await call(issuer, 'transfer', moved, { [symbol]: '0.5' }));
    assert.equal(receipt.receipts[0]?.content, JSON.stringify(moved));
    assert.equal(await world().balance(friend, symbol), 100.5);
    succeeded(await call(holder, 'destroy', [symbol, friend, '50.5'], { [symbol]: '50.5' }));
    assert.equal(await world().balance(friend, symbol), 50);
    const info = await world().client.get(`getTokenInfo/${symbol}/0`);
    assert.deepEqual(info, {
      symbol,
      full_name: 'A test token',
      issuer: boss,
      total_supply: '10000000',
      current_supply: '6496234',
      decimal: 4,
      can_transfer: true,
      only_issuer_can_transfer: false,
      total_supply_float: 1000,
      current_supply_float: 649.6234,
    });
    const answers = await Promise.all([
      call(issuer, 'supply', [symbol]),
      call(issuer, 'totalSupply', [symbol]),
      call(issuer, 'balanceOf', [symbol, friend]),
    ]);
    assert.deepEqual(
      answers.map((answer) => succeeded(answer).returns),
      [['["649.6234"]'], ['["1000"]'], ['["50"]']],
    );
  });

  test('a token is refused: taken, odd, too many, not its issuer, not approved', async () => {
    const [issuer, other] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const [boss, stranger] = [issuer.getID(), other.getID()];
    const symbol = world().newSymbol();
    succeeded(await call(issuer, 'create', [symbol, boss, 100, {}]));
    succeeded(await call(issuer, 'issue', [symbol, boss, '60']));
    const failures: readonly (readonly [Promise<Receipt>, RegExp])[] = [
      [call(issuer, 'create', [symbol, boss, 100, {}]), /token exists/],
      [call(issuer, 'create', ['Upper', boss, 100, {}]), /token symbol invalid/],
      [call(issuer, 'create', [world().newSymbol(), boss, 1, { decimal: 19 }]), /invalid decimal/],
      [call(issuer, 'issue', [symbol, boss, '41']), /supply too much/],
      [call(issuer, 'issue', [symbol, boss, '-1']), /invalid amount -1/],
      [call(issuer, 'issue', ['nothing_9', boss, '1']), /token not exists/],
      [call(issuer, 'destroy', [symbol, boss, '1']), /token \S+ exceed amountLimit in tx\. need 1/],
      [
        call(issuer, 'destroy', [symbol, boss, '61'], { [symbol]: '99' }),
        /balance not enough 60 < 61/,
      ],
      [call(issuer, 'transfer', [symbol, boss, stranger, '1', '']), /exceed amountLimit in tx/],
      [call(issuer, 'recycle', ['x']), /permission denied|transaction has no permission/],
    ];
    for (const [receipt, message] of failures) failedWith(await receipt, message);
    assert.equal(await world().balance(boss, symbol), 60);
  });

  test('only the issuer moves a token that says so, nobody one that stays', async () => {
    const [issuer, holder] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 1 }),
    ]);
    const [boss, friend] = [issuer.getID(), holder.getID()];
    const [own, fixed] = [world().newSymbol(), world().newSymbol()];
    succeeded(await call(issuer, 'create', [own, boss, 100, { onlyIssuerCanTransfer: true }]));
    succeeded(await call(issuer, 'create', [fixed, boss, 100, { canTransfer: false }]));
    for (const symbol of [own, fixed]) {
      succeeded(await call(issuer, 'issue', [symbol, boss, '10']));
      succeeded(await call(issuer, 'issue', [symbol, friend, '10']));
    }
    const approve = { [own]: '10', [fixed]: '10' };
    succeeded(await call(issuer, 'transfer', [own, boss, friend, '1', ''], approve));
    failedWith(
      await call(holder, 'transfer', [own, friend, boss, '1', ''], approve),
      /transfer need issuer permission/,
    );
    failedWith(
      await call(issuer, 'transfer', [fixed, boss, friend, '1', ''], approve),
      /token can't transfer/,
    );
  });

  test('frozen amounts are shown, and spent only when their time has come', async () => {
    const [from, to] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2, iost: '1' }),
    ]);
    const { client } = world();
    const [giver, taker] = [from.getID(), to.getID()];
    const unfreezeMs = Date.now() + FREEZE_SECONDS * 1000;
    const args = ['iost', giver, taker, '20', unfreezeMs * 1e6, ''];
    succeeded(await call(from, 'transferFreeze', args, { iost: '20' }));
    const frozen = await client.rpc.blockchain.getBalance(taker);
    assert.equal(frozen.balance, 1);
    assert.deepEqual(frozen.frozen_balances, [{ amount: 20, time: `${unfreezeMs}000000` }]);
    const early = await call(to, 'transfer', ['iost', taker, giver, '15', ''], { iost: '15' });
    failedWith(early, /balance not enough 1 < 15/);
    while ((await world().balance(taker)) !== 21) {
      assert.ok(Date.now() < unfreezeMs + 20_000, 'it is not unfrozen');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    succeeded(await call(to, 'transfer', ['iost', taker, giver, '15', ''], { iost: '15' }));
    const info = await client.rpc.blockchain.getAccountInfo(taker);
    assert.deepEqual([info.balance, info.frozen_balances], [6, []]);
  });

  test('an NFT is created, issued, given away and found', async () => {
    const { client } = world();
    const { blockchain } = client.rpc;
    const [issuer, holder] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 2 }),
    ]);
    const [boss, friend] = [issuer.getID(), holder.getID()];
    const symbol = world().newSymbol();
    const nft = (publisher: Account, abi: string, args: readonly unknown[]) =>
      call(publisher, abi, args, {}, 'token721.iost');
    succeeded(await nft(issuer, 'create', [symbol, boss, 2]));
    const metadata = '{"name":"first","ü":"😀"}';
    const issued = succeeded(await nft(issuer, 'issue', [symbol, boss, metadata]));
    assert.deepEqual(issued.returns, ['["0"]']);
    succeeded(await nft(issuer, 'issue', [symbol, friend, 'second']));
    failedWith(await nft(issuer, 'issue', [symbol, boss, 'third']), /supply too much/);
    succeeded(await nft(issuer, 'transfer', [symbol, boss, friend, '0']));
    assert.equal((await blockchain.getToken721Owner(symbol, '0')).owner, friend);
    assert.equal((await blockchain.getToken721Metadata(symbol, '0')).metadata, metadata);
    assert.deepEqual(await blockchain.getToken721Balance(friend, symbol), {
      balance: '2',
      tokenIDs: ['1', '0'],
    });
    assert.deepEqual(await blockchain.getToken721Balance(boss, symbol), {
      balance: '0',
      tokenIDs: [],
    });
    const answers = await Promise.all([
      nft(issuer, 'ownerOf', [symbol, '1']),
      nft(issuer, 'balanceOf', [symbol, friend]),
      nft(issuer, 'tokenOfOwnerByIndex', [symbol, friend, 1]),
      nft(issuer, 'tokenMetadata', [symbol, '1']),
    ]);
    assert.deepEqual(
      answers.map((answer) => succeeded(answer).returns[0]),
      [`["${friend}"]`, '[2]', '["0"]', '["second"]'],
    );
    const failures = await Promise.all([
      nft(issuer, 'transfer', [symbol, boss, friend, '1']),
      nft(issuer, 'create', [symbol, boss, 2]),
      nft(holder, 'transfer', [symbol, friend, boss, '7']),
      nft(holder, 'tokenOfOwnerByIndex', [symbol, friend, 2]),
    ]);
    const messages = [
      /error token owner isn't from/,
      /token exists/,
      /tokenID not exists/,
      /out of/,
    ];
    for (const [index, message] of messages.entries()) {
      failedWith(failures[index] as Receipt, message);
    }
    assert.equal((await refusal(blockchain.getToken721Owner(symbol, '9'))).code, 2);
    assert.equal((await refusal(blockchain.getToken721Metadata('nothing_9', '0'))).code, 2);
  });
}
