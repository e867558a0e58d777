/** Inputs 41 to 44 of the list of bad inputs: what is not a request, or not an honest one. */

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { RpcServer } from '#io/rpc/rpc-server.ts';
import {
  FakeNode,
  resultOf,
  sampleTransaction,
  startFakeServer,
} from '#test/support/rpc/fake-node.ts';

const node = new FakeNode();
let server: RpcServer;
let port = 0;
let url = '';

before(async () => {
  ({ server, url, port } = await startFakeServer(node, {
    headersTimeoutMs: 300,
    requestTimeoutMs: 600,
    keepAliveTimeoutMs: 5000,
  }));
});
after(() => server.close());

/** Sends bytes and collects what comes until the server closes, or `waitMs` have passed. */
function talk(bytes: string | Buffer, waitMs = 3000): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const timer = setTimeout(() => end(false), waitMs);
    const end = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    socket.write(bytes);
  });
}

const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
const bodyOf = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));

function request(lines: readonly string[], body = ''): string {
  return `${lines.join('\r\n')}\r\nhost: localhost\r\n\r\n${body}`;
}

async function post(body: string | Buffer, path = '/getContractStorage') {
  const response = await fetch(`${url}${path}`, { method: 'POST', body });
  return {
    status: response.status,
    body: (await response.json()) as { code: number; message: string; data?: string },
  };
}

describe('bad JSON', () => {
  const cases: readonly (readonly [name: string, body: string | Buffer])[] = [
    ['a million levels deep', '['.repeat(100_000)],
    ['deep objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['duplicate keys', '{"id":"a","id":"b"}'],
    ['duplicate keys of equal value', '{"id":"a","id":"a"}'],
    ['a trailing comma', '{"id":"a",}'],
    ['a byte order mark', '\ufeff{"id":"a"}'],
    ['UTF-16', Buffer.from('{"id":"a"}', 'utf16le')],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['not an object', '[1,2]'],
    ['text after the value', '{} x'],
    ['a number beyond doubles', '{"id":"a","limit":1e400}'],
    ['half a surrogate pair', '{"id":"\\ud800"}'],
  ];
  for (const [name, body] of cases) {
    test(`${name} is refused with code 3`, async () => {
      const path = name.includes('number') ? '/listContractStorage' : '/getContractStorage';
      const answer = await post(body, path);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.code, 3, answer.body.message);
    });
  }

  test('prototype names pollute nothing', async () => {
    const body = '{"__proto__":{"id":"polluted"},"constructor":{"prototype":{"id":"x"}},"key":"k"}';
    await post(body);
    assert.equal((Object.prototype as Record<string, unknown>)['id'], undefined);
    assert.equal((await post(body)).body.data, 'null', 'an unknown field is no field');
  });

  test('100 MB are refused before they are read', async () => {
    const head = request(['POST /sendTx HTTP/1.1', 'content-length: 104857600']);
    const { text, closed } = await talk(head);
    assert.equal(statusOf(text), 400);
    assert.equal(bodyOf(text).code, 3);
    assert.ok(closed);
  });

  test('a chunked body that never ends is cut at the limit', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head = request(['POST /sendTx HTTP/1.1', 'transfer-encoding: chunked']);
    const { text } = await talk(head + chunk.repeat(5));
    assert.equal(statusOf(text), 400);
    assert.match(bodyOf(text).message, /large/);
  });
});

describe('bad HTTP', () => {
  const cases: readonly (readonly [string, string | Buffer, number])[] = [
    [
      'both lengths',
      request(['POST /sendTx HTTP/1.1', 'content-length: 2', 'transfer-encoding: chunked'], '{}'),
      400,
    ],
    ['a negative length', request(['POST /sendTx HTTP/1.1', 'content-length: -1']), 400],
    ['64 kB of headers', request(['GET /getNodeInfo HTTP/1.1', `x: ${'y'.repeat(65_536)}`]), 431],
    [
      'ten thousand headers',
      request([
        'GET /getNodeInfo HTTP/1.1',
        ...Array.from({ length: 10_000 }, (_, at) => `x${at}: 1`),
      ]),
      431,
    ],
    ['a path of 1 MB', request([`GET /getTxByHash/${'1'.repeat(1 << 20)} HTTP/1.1`]), 431],
    ['HTTP/0.9', 'GET /getNodeInfo\r\n\r\n', 400],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['a space in the path', request(['GET /get NodeInfo HTTP/1.1']), 400],
    ['no host', 'GET /getNodeInfo HTTP/1.1\r\n\r\n', 400],
  ];
  for (const [name, bytes, status] of cases) {
    test(`${name}: ${status}, then the end`, async () => {
      const { text, closed } = await talk(bytes);
      assert.equal(statusOf(text), status, text.slice(0, 200));
      assert.ok(closed, 'the connection is closed');
    });
  }

  test('a malformed escape is an unreadable request with CORS', async () => {
    const { text } = await talk(request(['GET /getAccount/%zz/0 HTTP/1.1', 'connection: close']));
    assert.equal(statusOf(text), 400);
    assert.equal(bodyOf(text).code, 3);
    assert.match(text, /access-control-allow-origin: \*/i);
  });

  test('an absolute URI is served, a tab in the content type harms nothing', async () => {
    const absolute = request(['GET http://localhost/getNodeInfo HTTP/1.1', 'connection: close']);
    assert.equal(statusOf((await talk(absolute)).text), 200);
    const tabbed = request(
      [
        'POST /getContractStorage HTTP/1.1',
        'content-type: text/\tx',
        'content-length: 2',
        'connection: close',
      ],
      '{}',
    );
    assert.equal(statusOf((await talk(tabbed)).text), 200);
  });

  test('a POST without length has an empty body', async () => {
    const bare = request(['POST /getContractStorage HTTP/1.1', 'connection: close']);
    assert.equal(statusOf((await talk(bare)).text), 200);
  });
});

describe('slow clients', () => {
  test('headers that do not come: closed', async () => {
    const { text, closed } = await talk('GET /getNodeInfo HTTP/1.1\r\nhost: a\r\n');
    assert.ok(closed);
    assert.equal(statusOf(text), 408);
  });

  test('a body of one byte now and then: closed', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(request(['POST /sendTx HTTP/1.1', 'content-length: 1000']));
    const drip = setInterval(() => socket.write('x'), 100);
    await closeOf(socket);
    clearInterval(drip);
  });

  test('an answer that nobody reads: closed', async () => {
    // Far larger than what the kernel buffers for a connection.
    const data = 'x'.repeat(60_000);
    const results = Array.from({ length: 300 }, (_, index) =>
      resultOf(
        sampleTransaction({
          time: BigInt(index),
          actions: [{ contract: 'c', actionName: 'a', data }],
        }),
        {},
      ),
    );
    const height = node.root.append({ results });
    const accepted = new Promise<Socket>((resolve) => {
      server.http.server.once('connection', resolve);
    });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(request([`GET /getBlockByNumber/${height}/true HTTP/1.1`]));
    const serverSide = await accepted;
    await new Promise((resolve) => serverSide.on('close', resolve));
    assert.ok(serverSide.bytesWritten > 0, 'it was being answered');
    socket.destroy();
  });

  test('idle between two polls: the connection stays', async () => {
    const socket = connect(port, '127.0.0.1');
    const answers: string[] = [];
    socket.on('data', (data) => answers.push(data.toString()));
    socket.write(request(['GET /getNodeInfo HTTP/1.1']));
    await waitFor(async () => answers.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    socket.write(request(['GET /getNodeInfo HTTP/1.1']));
    await waitFor(async () => answers.length === 2);
    socket.destroy();
  });
});

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve());
    socket.resume();
  });
}

async function waitFor(condition: () => Promise<boolean>, limitMs = 8000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
