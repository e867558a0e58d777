/** How clients wait for a transaction: TxHandler, signAndSend, polling by hand. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { iostPackage, type Json, type Receipt, type Tx } from '#test/support/iost-client.ts';
import { failedWith, refusal, succeeded, type World } from './world.ts';

type Heard = { readonly pending: string[]; readonly success: Receipt[]; readonly failed: Json[] };

export function waiting(world: () => World): void {
  /** After a refusal the package polls on for 90 s, which must not keep this process. */
  const withIdleTimers = (start: () => void): void => {
    const { setInterval: original } = globalThis;
    globalThis.setInterval = ((run: () => void, ms: number) => original(run, ms).unref()) as never;
    start();
    globalThis.setInterval = original;
  };

  const signAndSend = async (tx: Tx): Promise<Heard> => {
    const heard: Heard = { pending: [], success: [], failed: [] };
    const { iost } = world().client;
    tx.setChainID(1020);
    await new Promise<void>((resolve) => {
      const sent = iost
        .signAndSend(tx)
        .on('pending', (hash: string) => heard.pending.push(hash))
        .on('failed', (reason: Json) => {
          heard.failed.push(reason);
          resolve();
        });
      withIdleTimers(() => {
        sent.on('success', (receipt: Receipt) => {
          heard.success.push(receipt);
          resolve();
        });
      });
    });
    return heard;
  };

  // One instance has one current account, so these run one after the other.
  test('signAndSend reports pending and success, a failure on the chain and a refusal', async () => {
    const { client } = world();
    const account = await world().newAccount({ shard: 1 });
    const id = account.getID();
    client.iost.setAccount(account);
    const good = await signAndSend(client.iost.transfer('iost', id, 'admin', '1'));
    assert.equal(good.pending.length, 1);
    assert.equal(good.success[0]?.tx_hash, good.pending[0]);
    assert.deepEqual(good.failed, []);
    const bad = await signAndSend(client.iost.transfer('iost', id, 'admin', '5000'));
    assert.deepEqual(bad.success, []);
    failedWith(bad.failed[0], /balance not enough/);
    const odd = client.iost.callABI('token.iost', 'transfer', ['iost', id, 'admin', 'much', '']);
    const refused = await signAndSend(odd);
    assert.deepEqual([refused.success, refused.pending], [[], []]);
    assert.match(refused.failed[0].message, /^error: \{"code":2,"message":"invalid amount/);
  });

  test('TxHandler.listen waits with its defaults', async () => {
    const { client, admin } = world();
    const tx = client.sign(admin, client.iost.transfer('iost', 'admin', 'user_5', '1'));
    const receipt = await new Promise<Receipt>((resolve, reject) => {
      new iostPackage.TxHandler(tx, client.rpc)
        .onPending(() => undefined)
        .onSuccess(resolve)
        .onFailed(reject)
        .send()
        .listen();
    });
    succeeded(receipt);
  });

  test('TxHandler reports a refusal at once', async () => {
    const { client, admin } = world();
    const tx = client.iost.transfer('iost', 'admin', 'user_5', '1');
    admin.signTx(tx);
    const reason = await new Promise<string>((resolve) => {
      new iostPackage.TxHandler(tx, client.rpc).onFailed(resolve).send().listen();
    });
    assert.match(
      reason,
      /^send tx failed\. Error: error: \{"code":2,"message":"VerifyError invalid chain_id/,
    );
  });

  test('a transaction goes from PENDING over PACKED to IRREVERSIBLE', async () => {
    const { client, admin } = world();
    const { transaction } = client.rpc;
    const tx = client.sign(admin, client.iost.transfer('iost', 'admin', 'user_6', '1'));
    const sent = await transaction.sendTx(tx);
    assert.deepEqual(Object.keys(sent), ['hash', 'pre_tx_receipt']);
    assert.equal(sent.pre_tx_receipt, null);
    const seen: string[] = [];
    while (seen.at(-1) !== 'IRREVERSIBLE') {
      const before = await transaction.getTxReceiptByTxHash(sent.hash).catch(() => undefined);
      // A transaction that was accepted is known from then on.
      const found = await transaction.getTxByHash(sent.hash);
      if (found.status === 'PENDING') assert.equal(found.transaction.tx_receipt, null);
      else assert.equal(found.transaction.tx_receipt.status_code, 'SUCCESS');
      if (found.status === 'IRREVERSIBLE') assert.match(found.block_number, /^\d+$/);
      else assert.deepEqual([found.block_number, before], ['-1', undefined]);
      if (seen.at(-1) !== found.status) seen.push(found.status);
      await sleep(5);
    }
    const order = ['PENDING', 'PACKED', 'IRREVERSIBLE'];
    assert.deepEqual(
      seen,
      order.filter((status) => seen.includes(status)),
    );
    assert.deepEqual(
      await transaction.getTxReceiptByTxHash(sent.hash),
      (await transaction.getTxByHash(sent.hash)).transaction.tx_receipt,
    );
  });

  test('what is not there is an error without status_code', async () => {
    const { client } = world();
    const unknown = '1'.repeat(32);
    for (const hash of ['', 'x', unknown, '0OIl']) {
      const receipt = await refusal(client.rpc.transaction.getTxReceiptByTxHash(hash));
      assert.ok(!('status_code' in receipt), hash);
    }
    assert.deepEqual(await refusal(client.rpc.transaction.getTxByHash(unknown)), {
      code: 2,
      message: 'tx not found',
    });
  });

  test('events reach a subscriber in lines', async () => {
    const { client, node } = world();
    const account = await world().newAccount({ shard: 1 });
    const stop = new AbortController();
    const response = await fetch(`${node.rpcUrl}/subscribe`, {
      method: 'POST',
      body: JSON.stringify({
        topics: ['CONTRACT_RECEIPT'],
        filter: { contract_id: 'token.iost' },
      }),
      signal: stop.signal,
    });
    assert.ok(response.body !== null);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const memo = `memo of ${account.getID()}`;
    const transfer = client.iost.transfer('iost', account.getID(), 'admin', '1', memo);
    succeeded(await client.run(client.sign(account, transfer)));
    for (;;) {
      const { value, done } = await reader.read();
      assert.ok(!done, 'the stream goes on');
      const events = value
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).result.event);
      const mine = events.find(({ data }: { data: string }) => data.includes(memo));
      if (mine === undefined) continue;
      assert.equal(mine.topic, 'CONTRACT_RECEIPT');
      assert.match(mine.time, /^\d{19}$/);
      break;
    }
    stop.abort();
  });
}
