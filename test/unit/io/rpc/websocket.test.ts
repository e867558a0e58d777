import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { decode, encode } from 'msgpackr';
import { WebSocket } from 'ws';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { RpcOptions, WebSocketOptions } from '#io/rpc/rpc-options.ts';
import type { RpcServer } from '#io/rpc/rpc-server.ts';
import {
  admitAll,
  FakeNode,
  RPC_OPTIONS,
  resultOf,
  sampleTransaction,
  startFakeServer,
} from '#test/support/rpc/fake-node.ts';

type Frame = Record<string, unknown> & { readonly kind: string };

class Client {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #seen = 0;

  constructor(url: string, options: { readonly origin?: string } = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.frames.push(isBinary ? decode(data) : JSON.parse(data.toString()));
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(url: string): Promise<Client> {
    const client = new Client(url);
    await new Promise((resolve) => client.socket.on('open', resolve));
    return client;
  }

  send(message: unknown): void {
    this.socket.send(encode(message));
  }

  /** The next frame that has not been looked at. */
  async next(): Promise<Frame> {
    await waitFor(() => this.frames.length > this.#seen);
    const frame = this.frames[this.#seen];
    this.#seen += 1;
    assert.ok(frame !== undefined);
    return frame;
  }
}

async function waitFor(condition: () => boolean, limitMs = 5000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

let running: RpcServer | undefined;
let clients: Client[] = [];
afterEach(async () => {
  for (const { socket } of clients) socket.terminate();
  clients = [];
  await running?.close();
});

async function start(
  node: FakeNode,
  webSocket: Partial<WebSocketOptions> = {},
  options: Partial<RpcOptions> = {},
): Promise<{ readonly server: RpcServer; readonly port: number; open(): Promise<Client> }> {
  const websocket = { ...RPC_OPTIONS.websocket, ...webSocket };
  const { server, port } = await startFakeServer(node, { ...options, websocket });
  running = server;
  const open = async () => {
    const client = await Client.open(`ws://127.0.0.1:${port}/ws`);
    clients.push(client);
    return client;
  };
  return { server, port, open };
}

const bytesOf = (value: unknown) => Buffer.from(value as Uint8Array);
const payload = (fill: number) => new Uint8Array(100).fill(fill);

describe('submit', () => {
  test('one answer per message, an id or a refusal per transaction', async () => {
    const node = new FakeNode();
    node.onSubmit = ({ transactions, done }) => {
      const { ids } = admitAll(transactions);
      ids.fill(0, 32, 64);
      done({ ids, rejected: [{ index: 1, code: 'duplicate', message: 'tx exists in chain' }] });
      return true;
    };
    const client = await (await start(node)).open();
    client.send({ kind: 'submit', id: 7, transactions: [payload(1), payload(2), payload(3)] });
    const answer = await client.next();
    assert.equal(answer.kind, 'submitted');
    assert.equal(answer['id'], 7);
    assert.deepEqual(
      bytesOf(answer['ids']),
      Buffer.concat([sha3(payload(1)), new Uint8Array(32), sha3(payload(3))]),
    );
    assert.deepEqual(answer['rejected'], [
      { index: 1, code: 'duplicate', message: 'tx exists in chain' },
    ]);
  });

  test('one that is too large is refused at its place, the others go on', async () => {
    const node = new FakeNode();
    node.onSubmit = ({ transactions, done }) => {
      const { ids } = admitAll(transactions);
      ids.fill(0, 32);
      done({ ids, rejected: [{ index: 1, code: 'full', message: 'txpool is full' }] });
      return true;
    };
    const client = await (await start(node)).open();
    const huge = new Uint8Array(65_537);
    client.send({ kind: 'submit', id: 1, transactions: [huge, payload(1), huge, payload(2)] });
    const answer = await client.next();
    const rejected = answer['rejected'] as readonly { index: number; code: string }[];
    assert.deepEqual(
      new Map(rejected.map(({ index, code }) => [index, code])),
      new Map([
        [3, 'full'],
        [0, 'transaction-too-large'],
        [2, 'transaction-too-large'],
      ]),
    );
    const empty = new Uint8Array(64);
    const ids = Buffer.concat([empty.subarray(32), sha3(payload(1)), empty]);
    assert.deepEqual(bytesOf(answer['ids']), ids);
  });

  test('an unanswered client is not read beyond its bound, and read again afterwards', async () => {
    const node = new FakeNode();
    node.onSubmit = () => true;
    const client = await (await start(node, { inFlightTransactionsMax: 10 })).open();
    const total = 1000;
    // Each frame is larger than what the kernel's buffers could hide in sum.
    const big = new Uint8Array(20_000);
    for (let id = 0; id < total; id++) client.send({ kind: 'submit', id, transactions: [big] });
    await waitFor(() => node.submitted.length >= 10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(node.submitted.length <= 10, `${node.submitted.length} in flight`);
    assert.ok(client.socket.bufferedAmount > 0, 'the rest waits at the client');
    let answered = 0;
    while (answered < total) {
      await waitFor(() => node.submitted.length > answered);
      const next = node.submitted[answered];
      answered += 1;
      next?.done(admitAll(next.transactions));
      assert.ok(node.submitted.length - answered <= 10);
    }
    await waitFor(() => client.frames.length === total);
    assert.deepEqual(
      client.frames.map((frame) => frame['id']),
      Array.from({ length: total }, (_, id) => id),
    );
  });

  test('a node without room holds the client back and takes it up again', async () => {
    const node = new FakeNode();
    let room = false;
    const takeAll = node.onSubmit;
    node.onSubmit = (submitted) => room && takeAll(submitted);
    const { server, open } = await start(node);
    const client = await open();
    client.send({ kind: 'submit', id: 1, transactions: [payload(1)] });
    client.send({ kind: 'submit', id: 2, transactions: [payload(2)] });
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(client.frames.length, 0);
    room = true;
    server.webSockets.onRoom();
    assert.deepEqual([(await client.next())['id'], (await client.next())['id']], [1, 2]);
  });

  test('a congested node reads nobody, newcomers included', async () => {
    const node = new FakeNode();
    const { server, open } = await start(node);
    const before = await open();
    server.webSockets.setNodePaused(true);
    const newcomer = await open();
    for (const client of [before, newcomer]) {
      client.send({ kind: 'submit', id: 1, transactions: [payload(1)] });
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(node.submitted.length, 0);
    server.webSockets.setNodePaused(false);
    assert.equal((await before.next()).kind, 'submitted');
    assert.equal((await newcomer.next()).kind, 'submitted');
  });
});

describe('bad messages', () => {
  test('what is readable but wrong is answered, and the connection lives', async () => {
    const client = await (await start(new FakeNode())).open();
    const wrong: readonly unknown[] = [
      { kind: 'nosuch', id: 1 },
      { kind: 'submit', id: -1, transactions: [payload(1)] },
      { kind: 'submit', id: 1.5, transactions: [payload(1)] },
      { kind: 'submit', id: 1, transactions: [] },
      { kind: 'submit', id: 1, transactions: ['text'] },
      { kind: 'submit', id: 1, transactions: Array.from({ length: 4097 }, () => payload(1)) },
      { kind: 'subscribe', id: 1, topic: 'nosuch' },
      { kind: 'subscribe', id: 1, topic: 'transactions', hashes: [new Uint8Array(31)] },
      { kind: 'subscribe', id: 1, topic: 'events', contract: 'x'.repeat(1000) },
      [1, 2, 3],
      'text',
      null,
    ];
    for (const message of wrong) {
      client.send(message);
      const answer = await client.next();
      assert.equal(answer.kind, 'error', JSON.stringify(message)?.slice(0, 80));
      assert.equal(answer['code'], 'bad-message');
    }
    client.socket.send('{"kind":"submit","id":1}');
    assert.equal((await client.next()).kind, 'error');
    client.socket.send('{"kind":"subscribe","id":1,"topic":"blocks"');
    assert.equal((await client.next()).kind, 'error');
    client.send({ kind: 'subscribe', id: 9, topic: 'blocks' });
    assert.deepEqual(await client.next(), { kind: 'subscribed', id: 9 });
  });

  test('bytes that are no msgpack, or too deep, end the connection with 1008', async () => {
    const { open } = await start(new FakeNode());
    const deep = Buffer.alloc(100_000, 0x91);
    const extension = Buffer.from([0xd4, 0x72, 0x40]);
    const promised = Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]);
    for (const bytes of [Buffer.from([0xc1]), deep, extension, promised, Buffer.from([0xc4, 9])]) {
      const client = await open();
      client.socket.send(bytes);
      assert.equal((await client.closed).code, 1008);
    }
  });

  test('a frame beyond the size limit closes with 1009', async () => {
    const { open } = await start(new FakeNode(), { messageBytesMax: 2048 });
    const client = await open();
    client.socket.send(Buffer.alloc(2049));
    assert.equal((await client.closed).code, 1009);
  });

  test('the header of a 2 GB frame, and fragments for ever, are refused unread', async () => {
    const { port } = await start(new FakeNode(), { messageBytesMax: 2048 });
    const hugeHeader = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0, 1, 2, 3, 4]);
    const fragment = Buffer.concat([Buffer.from([0x00, 0x84, 0, 0, 0, 0]), Buffer.alloc(4)]);
    const start2 = Buffer.concat([Buffer.from([0x02, 0x84, 0, 0, 0, 0]), Buffer.alloc(4)]);
    const some = Buffer.concat([start2, ...Array.from({ length: 1000 }, () => fragment)]);
    const forever = Buffer.concat([start2, ...Array.from({ length: 2000 }, () => fragment)]);
    assert.equal(await closeCodeOfRaw(port, hugeHeader), 1009);
    assert.equal(await closeCodeOfRaw(port, some), 1009, 'in sum more than the limit');
    await running?.close();
    const wide = await start(new FakeNode());
    assert.equal(await closeCodeOfRaw(wide.port, forever), 1008, 'few bytes in many pieces');
  });

  test('unmasked frames and compressed frames nobody agreed on are protocol errors', async () => {
    const { port } = await start(new FakeNode());
    assert.equal(await closeCodeOfRaw(port, Buffer.from([0x82, 0x01, 0xc0])), 1002);
    assert.equal(await closeCodeOfRaw(port, Buffer.from([0xc2, 0x81, 0, 0, 0, 0, 0xc0])), 1002);
  });
});

describe('the door', () => {
  const statusOf = (url: string, origin?: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(url, origin === undefined ? {} : { origin });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('error', () => {});
    });

  test('another path is not found, another origin is not served', async () => {
    const { port } = await start(new FakeNode(), {}, { corsOrigins: ['http://a.test'] });
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/other`), 404);
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/ws`, 'http://b.test'), 403);
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/ws`, 'http://a.test'), 101);
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/ws`), 101);
  });

  test('connections beyond the bound and upgrades beyond the rate are refused', async () => {
    const node = new FakeNode();
    const { port, open } = await start(node, {}, { subscriptionsMax: 2, requestsPerSecond: 20 });
    await open();
    await open();
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/ws`), 503);
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/ws`), 503);
    assert.equal(await statusOf(`ws://127.0.0.1:${port}/ws`), 429);
  });
});

describe('subscriptions', () => {
  const block = (ids: Uint8Array, unfinished: readonly number[] = []) => ({
    chain: 1,
    height: 5,
    timestamp: 17n ** 12n,
    ids,
    unfinished,
  });
  const rootBlock = { height: 3, timestamp: 9n, crosslinks: [{ chain: 1, toHeight: 5 }] };
  const ids = Buffer.concat([sha3('a'), sha3('b')]);

  test('what goes on elsewhere is not told as done', async () => {
    const { server, open } = await start(new FakeNode());
    const client = await open();
    client.send({ kind: 'subscribe', id: 1, topic: 'blocks', ids: true });
    await client.next();
    server.webSockets.onBlock(block(ids, [0]));
    const { count, ids: told } = await client.next();
    assert.equal(count, 1);
    assert.deepEqual(bytesOf(told), ids.subarray(32));
  });

  test('blocks, with the ids for who wants them, in the form of the call', async () => {
    const { server, open } = await start(new FakeNode());
    const [plain, full, text] = [await open(), await open(), await open()];
    plain.send({ kind: 'subscribe', id: 1, topic: 'blocks' });
    full.send({ kind: 'subscribe', id: 1, topic: 'blocks', ids: true });
    text.socket.send('{"kind":"subscribe","id":1,"topic":"blocks","ids":true}');
    for (const client of [plain, full, text])
      assert.equal((await client.next()).kind, 'subscribed');
    server.webSockets.onBlock(block(ids));
    const head = { kind: 'block', chain: 1, height: 5, count: 2 };
    assert.deepEqual(await plain.next(), { ...head, timestamp: 17n ** 12n });
    const received = await full.next();
    assert.deepEqual(bytesOf(received['ids']), ids);
    assert.deepEqual(await text.next(), {
      ...head,
      timestamp: `${17n ** 12n}`,
      ids: [base58Encode(sha3('a')), base58Encode(sha3('b'))],
    });
    server.webSockets.onRootBlock(rootBlock);
    assert.equal((await text.next())['chain'], ROOT_CHAIN);
    assert.deepEqual(await text.next(), { kind: 'rootBlock', ...rootBlock, timestamp: '9' });
    full.send({ kind: 'unsubscribe', id: 2, topic: 'blocks' });
    await waitFor(() => full.frames.some((frame) => frame.kind === 'unsubscribed'));
    const count = full.frames.length;
    server.webSockets.onBlock(block(ids));
    assert.equal((await text.next()).kind, 'block');
    assert.equal(full.frames.length, count);
  });

  test('a transaction: PACKED, then IRREVERSIBLE, each once, with the receipt', async () => {
    const node = new FakeNode();
    const { server, open } = await start(node);
    const client = await open();
    const result = resultOf(sampleTransaction(), { message: 'm' }, [{ chain: 1, seq: 0 }]);
    const reservation = { ...result, receipt: new Uint8Array(0) };
    client.send({ kind: 'subscribe', id: 1, topic: 'transactions', hashes: [result.id] });
    assert.equal((await client.next()).kind, 'subscribed');

    const final = (chain: 0 | 1, results: readonly (typeof result)[]) => {
      const height = node.shards[chain]?.append({ results }) ?? 0;
      const idBytes = Buffer.concat(results.map((one) => one.id));
      server.webSockets.onBlock({ chain, height, timestamp: 1n, ids: idBytes, unfinished: [] });
      return height;
    };
    final(1, [resultOf(sampleTransaction({ publisher: 'other' }), {}), reservation]);
    const height = final(0, [resultOf(sampleTransaction({ publisher: 'third' }), {}), result]);
    const packed = await client.next();
    assert.equal(packed['status'], 'PACKED', 'the reservation was no result');
    assert.equal(packed['height'], height);
    assert.equal((packed['receipt'] as { message: string }).message, 'm');
    assert.deepEqual(bytesOf(packed['hash']), Buffer.from(result.id));

    node.root.append({ crosslinks: [{ chain: 0, fromHeight: 1, toHeight: height }] });
    server.webSockets.onRootBlock(rootBlock);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(client.frames.length, 2, 'its credit is under way');
    node.root.put('x-cursor-1-0', { kind: 'int', value: 1n, payer: '' });
    server.webSockets.onRootBlock(rootBlock);
    server.webSockets.onRootBlock(rootBlock);
    assert.equal((await client.next())['status'], 'IRREVERSIBLE');

    const late = await open();
    const hash = base58Encode(result.id);
    late.socket.send(`{"kind":"subscribe","id":1,"topic":"transactions","hashes":["${hash}"]}`);
    assert.equal((await late.next()).kind, 'subscribed');
    const known = await late.next();
    assert.equal(known['status'], 'IRREVERSIBLE', 'known at once');
    assert.equal((known['receipt'] as { status_code: string }).status_code, 'SUCCESS');
    assert.equal(client.frames.length, 3, 'and nobody is told twice');
  });

  test('a transaction that never comes ends with UNKNOWN', async () => {
    const node = new FakeNode();
    const { server, open } = await start(node);
    const client = await open();
    client.send({ kind: 'subscribe', id: 1, topic: 'transactions', hashes: [sha3('never')] });
    await client.next();
    server.webSockets.expire(node.nowMs + 179_999);
    assert.equal(server.webSockets.watches, 1);
    server.webSockets.expire(node.nowMs + 180_000);
    assert.equal((await client.next())['status'], 'UNKNOWN');
    assert.equal(client.frames.length, 2);
  });

  test('events of final blocks with transaction, contract and block; filtered by contract', async () => {
    const node = new FakeNode();
    const { server, open } = await start(node);
    const [all, one] = [await open(), await open()];
    all.send({ kind: 'subscribe', id: 1, topic: 'events' });
    one.socket.send('{"kind":"subscribe","id":1,"topic":"events","contract":"token.iost"}');
    await all.next();
    await one.next();
    const receipts = [
      { funcName: 'auth.iost/signUp', content: '["x"]' },
      { funcName: 'token.iost/transfer', content: '["y"]' },
    ];
    const result = resultOf(sampleTransaction(), { receipts });
    const height = node.shards[0]?.append({ results: [result] }) ?? 0;
    server.webSockets.onBlock({ chain: 0, height, timestamp: 5n, ids: result.id, unfinished: [] });
    assert.equal((await all.next())['contract'], 'auth.iost');
    assert.equal((await all.next())['contract'], 'token.iost');
    assert.deepEqual(await one.next(), {
      kind: 'event',
      topic: 'CONTRACT_RECEIPT',
      contract: 'token.iost',
      source: 'token.iost/transfer',
      data: '["y"]',
      chain: 0,
      height,
      hash: base58Encode(result.id),
      timestamp: '5',
    });
  });

  test('events and console lines that a shard tells, each under its topic', async () => {
    const node = new FakeNode();
    const { server, open } = await start(node);
    const [events, lines] = [await open(), await open()];
    events.send({ kind: 'subscribe', id: 1, topic: 'events', contract: 'ContractA' });
    lines.socket.send('{"kind":"subscribe","id":1,"topic":"console"}');
    await events.next();
    await lines.next();
    const transactionId = sha3('tx');
    server.webSockets.onContractOutput({ chain: 1, height: 4, timestamp: 5n }, [
      { kind: 'event', contract: 'ContractB', source: 'ContractB/run', data: 'no', transactionId },
      { kind: 'console', contract: 'ContractA', level: 'warn', text: 'careful', transactionId },
      { kind: 'event', contract: 'ContractA', source: 'ContractA/run', data: 'yes', transactionId },
    ]);
    const event = await events.next();
    assert.deepEqual(
      { ...event, hash: base58Encode(event['hash'] as Uint8Array) },
      {
        kind: 'event',
        topic: 'CONTRACT_EVENT',
        contract: 'ContractA',
        source: 'ContractA/run',
        data: 'yes',
        chain: 1,
        height: 4,
        hash: base58Encode(transactionId),
        timestamp: 5n,
      },
    );
    assert.deepEqual(await lines.next(), {
      kind: 'console',
      contract: 'ContractA',
      level: 'warn',
      text: 'careful',
      chain: 1,
      height: 4,
      hash: base58Encode(transactionId),
      timestamp: '5',
    });
    lines.socket.send('{"kind":"unsubscribe","id":2,"topic":"console"}');
    await lines.next();
    assert.equal(node.console.hasListeners, false);
  });

  test('console lines are refused where the node does not show them', async () => {
    const node = new FakeNode();
    Object.assign(node.ports, { console: undefined });
    const { open } = await start(node);
    const client = await open();
    client.send({ kind: 'subscribe', id: 1, topic: 'console' });
    assert.equal((await client.next())['code'], 'console-off');
  });

  test('subscriptions are bounded per connection and in all', async () => {
    const { open } = await start(new FakeNode());
    const client = await open();
    for (let id = 0; id < 9; id++)
      client.send({ kind: 'subscribe', id, topic: 'events', contract: `c${id}` });
    const answers = [];
    for (let id = 0; id < 9; id++) answers.push((await client.next()).kind);
    assert.deepEqual(
      answers,
      [...Array(8).fill('subscribed'), 'error'],
      'the feed has eight seats',
    );
    const hashes = Array.from({ length: 1024 }, (_, at) => sha3(`${at}`));
    const other = await open();
    for (let id = 0; id < 17; id++) {
      const some = hashes.map((hash) => sha3(Buffer.concat([hash, Buffer.from([id])])));
      other.send({ kind: 'subscribe', id, topic: 'transactions', hashes: some });
    }
    for (let id = 0; id < 16; id++) assert.equal((await other.next()).kind, 'subscribed');
    assert.equal((await other.next())['code'], 'too-many');
  });

  test('who does not read is closed, memory is bounded, the others go on', async () => {
    const { server, open } = await start(new FakeNode(), { sendBufferBytesMax: 65_536 });
    const [slow, good] = [await open(), await open()];
    for (const client of [slow, good]) {
      client.send({ kind: 'subscribe', id: 1, topic: 'blocks', ids: true });
      await client.next();
    }
    slow.socket.pause();
    const many = Buffer.alloc(32 * 4000, 1);
    let rounds = 0;
    while (server.webSockets.sessions === 2) {
      server.webSockets.onBlock(block(many));
      rounds += 1;
      assert.ok(rounds < 2000, 'the slow one is cut off');
      await waitFor(() => good.frames.length === rounds + 1);
    }
    assert.equal(good.socket.readyState, WebSocket.OPEN);
    slow.socket.resume();
    assert.equal((await slow.closed).code, 1006);
  });

  test('who does not answer pings is gone', async () => {
    const { server, open, port } = await start(new FakeNode());
    await open();
    const dead = connect(port, '127.0.0.1');
    dead.on('error', () => {});
    dead.write(upgradeRequest());
    await waitFor(() => server.webSockets.sessions === 2);
    server.webSockets.pingAll();
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.webSockets.pingAll();
    await waitFor(() => server.webSockets.sessions === 1);
    dead.destroy();
  });
});

/** Opens a connection by hand, sends bytes, and answers the code of the close frame. */
function closeCodeOfRaw(port: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    let upgraded = false;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      const end = received.indexOf('\r\n\r\n');
      if (!upgraded && end >= 0) {
        upgraded = true;
        received = received.subarray(end + 4);
        socket.write(bytes);
      }
      for (let at = 0; upgraded && at + 3 < received.length; at += 2 + (received[at + 1] ?? 0)) {
        if (received[at] !== 0x88) continue;
        socket.destroy();
        resolve(received.readUInt16BE(at + 2));
        return;
      }
    });
    socket.on('close', () => resolve(0));
    socket.write(upgradeRequest());
  });
}

function upgradeRequest(): string {
  return [
    'GET /ws HTTP/1.1',
    'host: localhost',
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');
}
