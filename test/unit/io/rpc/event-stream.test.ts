import assert from 'node:assert/strict';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { type ContractEvent, EventFeed } from '#io/rpc/event-feed.ts';
import { streamEvents } from '#io/rpc/event-stream.ts';
import type { RpcServer } from '#io/rpc/rpc-server.ts';
import { FakeNode, startFakeServer } from '#test/support/rpc/fake-node.ts';

const EVENT: ContractEvent = {
  topic: 'CONTRACT_RECEIPT',
  contract: 'token.iost',
  source: 'token.iost/transfer',
  data: '["iost"]',
  transactionId: new Uint8Array(32),
  chain: 0,
  height: 1,
  time: 1_700_000_000_000_000_000n,
};
const LINE =
  '{"result":{"event":{"topic":"CONTRACT_RECEIPT","data":"[\\"iost\\"]","time":"1700000000000000000"}}}\n';

let running: RpcServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function subscribe(url: string, body: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/subscribe`, { method: 'POST', body, ...(signal ? { signal } : {}) });
}

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('/subscribe', () => {
  test('one line per event, one chunk per line, filtered by topic and contract', async () => {
    const node = new FakeNode();
    const { server, url } = await startFakeServer(node);
    running = server;
    const abort = new AbortController();
    const response = await subscribe(
      url,
      '{"topics":["CONTRACT_RECEIPT"],"filter":{"contract_id":"token.iost"}}',
      abort.signal,
    );
    assert.equal(response.status, 200, 'headers come before the first event');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    node.events.publish({ ...EVENT, contract: 'auth.iost' });
    node.events.publish({ ...EVENT, topic: 'CONTRACT_EVENT' });
    node.events.publish(EVENT);
    const reader = response.body?.getReader();
    const chunk = await reader?.read();
    assert.equal(new TextDecoder().decode(chunk?.value), LINE);
    abort.abort();
    await waitFor(() => node.events.size === 0);
  });

  test('topics by number, no filter at all, and what is refused', async () => {
    const node = new FakeNode();
    const { server, url } = await startFakeServer(node);
    running = server;
    const abort = new AbortController();
    assert.equal((await subscribe(url, '{"topics":[0,1]}', abort.signal)).status, 200);
    assert.equal((await subscribe(url, '', abort.signal)).status, 200);
    for (const body of [
      '{"topics":["NOSUCH"]}',
      '{"topics":[2]}',
      '{"topics":"CONTRACT_EVENT"}',
      '[',
    ]) {
      const refused = await subscribe(url, body);
      assert.equal(refused.status, 400, body);
      assert.equal(JSON.parse(await refused.text()).code, 3, body);
    }
    abort.abort();
  });

  test('subscriptions beyond the bound are refused', async () => {
    const node = new FakeNode();
    const { server, url } = await startFakeServer(node);
    running = server;
    const abort = new AbortController();
    for (let at = 0; at < 8; at++)
      assert.equal((await subscribe(url, '', abort.signal)).status, 200);
    const refused = await subscribe(url, '');
    assert.equal(refused.status, 400);
    assert.deepEqual(await refused.json(), { code: 2, message: 'too many subscriptions' });
    abort.abort();
  });

  test('a closing server ends the streams', async () => {
    const node = new FakeNode();
    const { server, url } = await startFakeServer(node);
    const response = await subscribe(url, '');
    await server.close();
    await assert.rejects(response.text());
  });
});

describe('the stream', () => {
  async function streamWith(options: {
    readonly streamMs?: number;
    readonly unsentBytesMax?: number;
  }): Promise<{
    feed: EventFeed;
    message: IncomingMessage;
    response: ServerResponse;
    close(): void;
  }> {
    const feed = new EventFeed(1);
    const responses: ServerResponse[] = [];
    const server = createServer((_request, response) => {
      responses.push(response);
      streamEvents(feed, { topics: [], contract: '' }, response, {}, options);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const message = await new Promise<IncomingMessage>((resolve) =>
      get({ port, host: '127.0.0.1' }, resolve),
    );
    return {
      feed,
      message,
      response: responses[0] as ServerResponse,
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  test('ends after its time', async () => {
    const { feed, message, close } = await streamWith({ streamMs: 30 });
    message.resume();
    await new Promise((resolve) => message.on('end', resolve));
    assert.equal(feed.size, 0);
    close();
  });

  test('a reader that is too slow is cut off with an error, not fed without bound', async () => {
    const { feed, message, response, close } = await streamWith({ unsentBytesMax: 100_000 });
    message.pause();
    const data = 'x'.repeat(10_000);
    let published = 0;
    while (feed.hasListeners) {
      feed.publish({ ...EVENT, data });
      published += 1;
      assert.ok(response.writableLength < 200_000);
      assert.ok(published < 10_000, 'kernel buffers are finite');
      if (published % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let text = '';
    message.on('data', (chunk) => {
      text += chunk;
    });
    message.on('error', () => {});
    const closed = new Promise((resolve) => message.on('close', resolve));
    message.resume();
    await closed;
    assert.match(text, /\{"error":\{"code":8,"message":"the subscriber reads too slowly"\}\}\n$/);
    close();
  });
});
