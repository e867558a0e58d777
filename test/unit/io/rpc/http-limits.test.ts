import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { FakeNode, startFakeServer } from '#test/support/rpc/fake-node.ts';

describe('CORS', () => {
  test('any origin on every answer, errors included', async () => {
    const { server, url } = await startFakeServer(new FakeNode());
    for (const path of ['/getNodeInfo', '/nosuch', '/getAccount/a/0', '/getAccount/admin/maybe']) {
      const response = await fetch(`${url}${path}`, { headers: { origin: 'http://dapp.test' } });
      assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
    }
    await server.close();
  });

  test('a preflight is answered', async () => {
    const { server, url } = await startFakeServer(new FakeNode());
    const response = await fetch(`${url}/sendTx`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://dapp.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    assert.equal(response.status, 204);
    assert.match(response.headers.get('access-control-allow-methods') ?? '', /POST/);
    assert.match(response.headers.get('access-control-allow-headers') ?? '', /Content-Type/i);
    await server.close();
  });

  test('configured origins only', async () => {
    const { server, url } = await startFakeServer(new FakeNode(), {
      corsOrigins: ['http://a.test'],
    });
    const allowed = async (origin: string) =>
      (await fetch(`${url}/getNodeInfo`, { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      );
    assert.equal(await allowed('http://a.test'), 'http://a.test');
    assert.equal(await allowed('http://b.test'), null);
    await server.close();
  });
});

describe('rate limit', () => {
  test('too many requests get 429 and the way on; time gives them back', async () => {
    const node = new FakeNode();
    const { server, url } = await startFakeServer(node, { requestsPerSecond: 5 });
    const ask = async () => (await fetch(`${url}/getNodeInfo`)).status;
    for (let at = 0; at < 10; at++) assert.equal(await ask(), 200, `request ${at}`);
    const refused = await fetch(`${url}/getNodeInfo`);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal(refused.headers.get('access-control-allow-origin'), '*');
    assert.equal(JSON.parse(await refused.text()).code, 8);
    node.nowMs += 200;
    assert.equal(await ask(), 200);
    assert.equal(await ask(), 429);
    await server.close();
  });

  test('a wallet that polls every second for 90 s is never refused', async () => {
    const node = new FakeNode();
    const { server, url } = await startFakeServer(node, { requestsPerSecond: 5 });
    for (let second = 0; second < 90; second++) {
      const response = await fetch(`${url}/getTxReceiptByTxHash/`);
      assert.equal(response.status, 400, `second ${second}`);
      node.nowMs += 1000;
    }
    await server.close();
  });
});

test('connections beyond the bound are refused, the others go on', async () => {
  const { server, port, url } = await startFakeServer(new FakeNode(), { connectionsMax: 3 });
  const idle = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const socket = connect(port, '127.0.0.1');
      await new Promise((resolve) => socket.on('connect', resolve));
      return socket;
    }),
  );
  const extra = connect(port, '127.0.0.1');
  extra.on('error', () => {});
  await new Promise((resolve) => extra.on('close', resolve));
  for (const socket of idle) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await fetch(`${url}/getNodeInfo`)).status, 200);
  await server.close();
});
