/** Peculiarities of clients that a server must tolerate (clients.md, list of quirks). */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { iostPackage, type Json, type Tx } from '#test/support/iost-client.ts';
import { refusal, succeeded, type World } from './world.ts';

export function quirks(world: () => World): void {
  const bodyOf = (tx: Tx): Json => JSON.parse(JSON.stringify(tx));

  test('times keep the digits that the client wrote', async () => {
    const { client, admin } = world();
    const nowMs = Date.now();
    // 0.054 ms more than a whole second: its double is not what its text says.
    const tx = client.iost.transfer('iost', 'admin', 'user_8', '1');
    tx.time = (nowMs - (nowMs % 1000)) * 1e6 + 54_000_000;
    tx.expiration = Number(tx.time) + 90e9;
    const { tx_hash: hash } = succeeded(await client.run(client.sign(admin, tx)));
    const { transaction } = await client.rpc.transaction.getTxByHash(hash);
    assert.equal(transaction.time, JSON.stringify(tx.time));
    assert.equal(transaction.expiration, JSON.stringify(tx.expiration));
  });

  test('a time ahead of the node and an expiration far beyond are taken', async () => {
    const { client, admin } = world();
    const tx = client.iost.transfer('iost', 'admin', 'user_8', '1');
    tx.time = (Date.now() + 2000) * 1e6;
    tx.expiration = Number(tx.time) + 9e16;
    succeeded(await client.run(client.sign(admin, tx)));
  });

  test('both spellings, numbers as text, algorithms as numbers, null and unknown fields', async () => {
    const { client, admin } = world();
    const one = bodyOf(client.sign(admin, client.iost.transfer('iost', 'admin', 'user_8', '1')));
    const { gasRatio, gasLimit, ...rest } = one;
    const snake = {
      ...rest,
      gas_ratio: String(gasRatio),
      gas_limit: gasLimit,
      time: String(one.time),
      hash: '',
      referred_tx: '',
      reserved: [],
      unknown: { deep: [1, null] },
      actions: one.actions.map(({ actionName, ...action }: Json) => ({
        ...action,
        action_name: actionName,
      })),
      publisher_sigs: one.publisher_sigs.map((signature: Json) => ({ ...signature, algorithm: 2 })),
    };
    const { hash } = await client.post('sendTx', snake);
    assert.equal(typeof hash, 'string');
    const two = bodyOf(client.sign(admin, client.iost.transfer('iost', 'admin', 'user_8', '2')));
    const { amount_limit: amountLimit, publisher_sigs: publisherSigs, ...others } = two;
    await client.post('sendTx', { ...others, amountLimit, publisherSigs, signers: null });
  });

  test('gas ratios are cut to hundredths, in doubles', async () => {
    const { client, admin } = world();
    for (const [ratio, hundredths] of [
      [1.15, 1.14],
      [2.29, 2.29],
      [1.005, 1],
    ] as const) {
      const tx = client.iost.transfer('iost', 'admin', 'user_8', '1');
      tx.setGas(ratio, 100_000.01);
      const { tx_hash: hash } = succeeded(await client.run(client.sign(admin, tx)));
      const { transaction } = await client.rpc.transaction.getTxByHash(hash);
      assert.equal(transaction.gas_ratio, hundredths);
      assert.equal(transaction.gas_limit, 100_000.01);
    }
  });

  test('a limit for all tokens pushed by hand, and amounts in small print', async () => {
    const { client, admin } = world();
    const any = client.iost.callABI('token.iost', 'transfer', ['iost', 'admin', 'user_8', '3', '']);
    any.amount_limit.push({ token: '*', value: 'unlimited' });
    succeeded(await client.run(client.sign(admin, any)));
    const tiny = client.iost.transfer('iost', 'admin', 'user_8', '0.00000001');
    assert.equal(tiny.amount_limit[0]?.value, '0.00000001');
    succeeded(await client.run(client.sign(admin, tiny)));
  });

  test('text of all planes arrives as it was sent, a lone surrogate is refused', async () => {
    const { client, admin } = world();
    const memo = 'ü€😀\u2028\u2029 \\" </script> \u0000\u007f';
    const tx = client.iost.transfer('iost', 'admin', 'user_8', '1', memo);
    const { receipts } = succeeded(await client.run(client.sign(admin, tx)));
    assert.equal(JSON.parse(receipts[0]?.content as string)[4], memo);
    const lone = client.iost.transfer('iost', 'admin', 'user_8', '1', '\ud800');
    client.sign(admin, lone);
    // Two levels of JSON: the escape in the data is only text, the one of the body is not.
    for (const action of lone.actions) action.data = action.data.replace('\\ud800', '\ud800');
    assert.equal((await refusal(client.rpc.transaction.sendTx(lone))).code, 3);
  });

  test('hosts with a slash at their end', async () => {
    const { client } = world();
    const info = await client.get('/getNodeInfo');
    assert.equal(info.mode, 'ModeNormal');
  });

  test('paths with the booleans of Go and of JavaScript', async () => {
    const { client } = world();
    for (const yes of [
      '1',
      't',
      'T',
      'TRUE',
      'true',
      'True',
      '0',
      'f',
      'F',
      'FALSE',
      'false',
      'False',
    ]) {
      assert.equal((await client.get(`getAccount/admin/${yes}`)).name, 'admin');
    }
    for (const no of ['undefined', 'yes', '2', '']) {
      assert.notEqual((await refusal(client.get(`getAccount/admin/${no}`))).code, 2, no);
    }
  });

  test('a transaction without time, as SimpleTx makes it, is refused', async () => {
    const { client, admin } = world();
    const config = { gasRatio: 1, gasLimit: 100_000, delay: 0 };
    const tx = iostPackage.TxHandler.SimpleTx('token.iost', 'supply', ['iost'], config);
    for (const time of [undefined, Number.NaN]) {
      const body = { ...bodyOf(tx), chain_id: 1020, publisher: 'admin', time, expiration: time };
      const { code, message } = await refusal(client.post('sendTx', body));
      assert.equal(code, 2);
      assert.match(message, /TimeError|invalid time/);
    }
    assert.ok(admin !== undefined);
  });

  test('two signatures of one content are two transactions', async () => {
    const { client } = world();
    const account = await world().newAccount({ shard: 1 });
    const second = iostPackage.KeyPair.newKeyPair();
    const id = account.getID();
    succeeded(
      await client.call(account, 'auth.iost', 'assignPermission', [id, 'active', second.id, 100], {
        signers: [[account, 'owner']],
      }),
    );
    const one = client.iost.transfer('iost', id, 'admin', '1');
    one.setChainID(1020);
    const two: Tx = Object.assign(Object.create(Object.getPrototypeOf(one)), one, {
      publisher_sigs: [],
    });
    account.signTx(one);
    two.addPublishSign(id, second);
    const receipts = await Promise.all([client.run(one), client.run(two)]);
    assert.notEqual(succeeded(receipts[0]).tx_hash, succeeded(receipts[1]).tx_hash);
    assert.equal(await world().balance(account), 998);
  });

  test('the hash is the one of the bytes that were sent', async () => {
    const { client, node, admin } = world();
    const tx = client.sign(admin, client.iost.transfer('iost', 'admin', 'user_8', '1'));
    const response = await fetch(`${node.rpcUrl}/sendTx`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(tx),
    });
    assert.equal(response.status, 200);
    const { hash } = (await response.json()) as { hash: string };
    assert.equal(base58Encode(iostPackage.Bs58.decode(hash)), hash);
    assert.equal(iostPackage.Bs58.decode(hash).length, 32);
  });

  test('connections outlive the poll of a client', async () => {
    const { node } = world();
    const response = await fetch(`${node.rpcUrl}/getNodeInfo`);
    await response.body?.cancel();
    const seconds = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '')?.[1];
    assert.ok(seconds === undefined || Number(seconds) >= 60, String(seconds));
  });
}
