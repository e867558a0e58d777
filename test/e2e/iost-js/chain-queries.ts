/** Node and chain info, blocks by number and by hash, what the API says of contracts and markets. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { refusal, succeeded, type World } from './world.ts';

const HASH = /^[1-9A-HJ-NP-Za-km-z]{43,44}$/;

export function chainQueries(world: () => World): void {
  test('node info and chain info have the fields and forms that clients read', async () => {
    const { rpc, iost } = world().client;
    const node = await rpc.net.getNodeInfo();
    assert.match(node.server_time, /^\d{19}$/);
    assert.ok(Math.abs(Number(node.server_time) / 1e6 - Date.now()) < 5000);
    assert.equal(node.mode, 'ModeNormal');
    assert.deepEqual(Object.keys(node.network), [
      'id',
      'peer_count',
      'peer_count_inbound',
      'peer_count_outbound',
    ]);
    assert.ok(Math.abs(iost.serverTimeDiff) < 5e9);
    const chain = await rpc.blockchain.getChainInfo();
    assert.equal(chain.net_name, 'devnet');
    assert.equal(chain.chain_id, 1020);
    assert.match(chain.head_block, /^\d+$/);
    assert.match(chain.lib_block, /^\d+$/);
    assert.match(chain.head_block_hash, HASH);
    assert.match(chain.head_block_time, /^\d{19}$/);
    assert.equal(chain.witness_list.length, 1);
    assert.deepEqual(Object.keys(await rpc.blockchain.getGasRatio()), [
      'lowest_gas_ratio',
      'median_gas_ratio',
    ]);
  });

  test('a transaction is found in its block, by number and by hash, whole and without content', async () => {
    const { client, admin } = world();
    const { blockchain, transaction } = client.rpc;
    const account = await world().newAccount({ shard: 1 });
    const transfer = client.iost.transfer('iost', 'admin', account.getID(), '1', 'find me');
    const { tx_hash: hash } = succeeded(await client.run(client.sign(admin, transfer)));
    const found = await transaction.getTxByHash(hash);
    assert.equal(found.status, 'IRREVERSIBLE');
    assert.match(found.block_number, /^\d+$/);
    assert.equal(found.transaction.hash, hash);
    assert.equal(found.transaction.time, String(transfer.time));
    assert.equal(found.transaction.publisher, 'admin');
    assert.equal(found.transaction.tx_receipt.status_code, 'SUCCESS');
    const whole = await blockchain.getBlockByNum(found.block_number, true);
    assert.equal(whole.status, 'IRREVERSIBLE');
    assert.equal(whole.block.number, found.block_number);
    const inBlock = whole.block.transactions.find((each: { hash: string }) => each.hash === hash);
    assert.deepEqual(inBlock, found.transaction);
    assert.deepEqual(await blockchain.getBlockByHash(whole.block.hash, true), whole);
    const bare = await blockchain.getBlockByNum(found.block_number, false);
    assert.deepEqual(bare, { ...whole, block: { ...whole.block, transactions: [] } });
    assert.deepEqual(await blockchain.getBlockByHash(whole.block.hash, 0), bare);
    const parent = await blockchain.getBlockByNum(Number(found.block_number) - 1, 1);
    assert.equal(parent.block.hash, whole.block.parent_hash);
  });

  test('blocks that do not exist and paths that cannot be read are refused', async () => {
    const { blockchain } = world().client.rpc;
    const hash = '1'.repeat(32);
    assert.deepEqual(await refusal(blockchain.getBlockByHash(hash, true)), {
      code: 2,
      message: 'block not found',
    });
    assert.equal((await refusal(blockchain.getBlockByNum(99_999_999, false))).code, 2);
    assert.equal((await refusal(blockchain.getBlockByNum('-1', false))).code, 2);
    assert.equal((await refusal(blockchain.getBlockByNum('x', false))).code, 3);
    assert.equal((await refusal(blockchain.getBlockByNum(1, undefined))).code, 3);
  });

  test('the block of genesis is there', async () => {
    const { block } = await world().client.rpc.blockchain.getBlockByNum(0, true);
    assert.equal(block.number, '0');
  });

  test('system contracts have their ABIs and their storage', async () => {
    const { client } = world();
    const { blockchain } = client.rpc;
    const token = await blockchain.getContract('token.iost');
    assert.equal(token.language, 'native');
    const transfer = token.abis.find((abi: { name: string }) => abi.name === 'transfer');
    assert.deepEqual(transfer, {
      name: 'transfer',
      args: ['string', 'string', 'string', 'string', 'string'],
      amount_limit: [{ token: '*', value: 'unlimited' }],
    });
    for (const id of ['token721.iost', 'auth.iost', 'gas.iost', 'ram.iost', 'system.iost']) {
      assert.equal((await blockchain.getContract(id)).id, id);
    }
    assert.deepEqual(await refusal(blockchain.getContract('ContractNone')), {
      code: 2,
      message: 'contract not found',
    });
    const issuer = await blockchain.getContractStorage('token.iost', 'TIiost', 'decimal');
    assert.equal(issuer.data, '8');
    assert.match(issuer.block_hash, HASH);
    assert.equal(
      (await blockchain.getContractStorage('token.iost', 'TInone', 'decimal')).data,
      'null',
    );
    const { fields } = await blockchain.getContractStorageFields('token.iost', 'TBadmin');
    assert.ok(fields.includes('iost'), String(fields));
    const record = await blockchain.getContractStorage('auth.iost', 'auth', 'admin');
    assert.equal(JSON.parse(record.data).id, 'admin');
    const batch = await client.post('getBatchContractStorage', {
      id: 'token.iost',
      key_fields: [
        { key: 'TIiost', field: 'decimal' },
        { key: 'TIram', field: 'decimal' },
      ],
      by_longest_chain: true,
    });
    assert.deepEqual(batch.datas, ['8', '0']);
    const list = await client.post('listContractStorage', {
      id: 'token.iost',
      prefix: 'TIiost',
      storageType: 'MAP',
      by_longest_cahin: true,
    });
    assert.ok(list.datas.some(({ key }: { key: string }) => key.endsWith('decimal')));
  });

  test('markets, tokens and votes can be asked for', async () => {
    const { client } = world();
    const ram = await client.get('getRAMInfo');
    assert.ok(ram.buy_price > ram.sell_price && ram.sell_price > 0);
    assert.match(ram.available_ram, /^\d+$/);
    const token = await client.get('getTokenInfo/iost/0');
    assert.equal(token.symbol, 'iost');
    assert.equal(token.decimal, 8);
    assert.equal(typeof token.current_supply, 'string');
    assert.equal((await refusal(client.get('getTokenInfo/nothing/0'))).message, 'token not found');
    assert.deepEqual(await client.get('getVoterBonus/admin/0'), { bonus: 0, detail: {} });
    assert.equal((await client.get('getContractVote/admin/0')).vote_infos.length, 0);
  });

  test('answers carry CORS headers, unknown routes have code 12', async () => {
    const { client, node } = world();
    const origin = { origin: 'https://dapp.example' };
    for (const path of ['getNodeInfo', 'getNothing', 'getTxByHash/xyz']) {
      const response = await fetch(`${node.rpcUrl}/${path}`, { headers: origin });
      await response.body?.cancel();
      assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
    }
    assert.equal((await refusal(client.get('getNothing'))).code, 12);
    assert.equal((await refusal(client.rpc.transaction.getTxReceiptByHash('abc'))).code, 12);
    const preflight = await fetch(`${node.rpcUrl}/sendTx`, {
      method: 'OPTIONS',
      headers: {
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    assert.ok(preflight.ok);
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /POST/);
  });
}
