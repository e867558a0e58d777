/**
 * Goal: whoever does what no honest node does is refused or banned, the log says why, and what it
 * makes the node keep stays bounded.
 * Method: peers without manners on real sockets: raw TCP, TLS, WebSockets, and proven identities.
 */

import { strict as assert } from 'node:assert';
import { request } from 'node:https';
import { connect } from 'node:net';
import { afterEach, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { makeNodeRecord } from '#io/net/node-record.ts';
import { makeHello, sessionSecret } from '#io/net/peer-identity.ts';
import { decodeWire, encodeWire, type PeerMessage } from '#io/net/wire-message.ts';
import {
  GENESIS,
  MESSAGE_BYTES_MAX,
  PeerNodes,
  peerAt,
  SMALL_BYTES_MAX,
  signerAt,
  type TestNode,
} from './peer-nodes.ts';

const VALIDATOR = 1;
const OBSERVER = 7;
const MEBIBYTE = 2 ** 20;

const nodes = new PeerNodes();

afterEach(() => nodes.stopAll());

const bft = (size: number): PeerMessage => ({ kind: 'bft', chain: 0, bytes: Buffer.alloc(size) });

/** Resident memory that a flood may add; what it sends is many times more. */
async function assertMemoryBounded(bytesMax: number, flood: () => Promise<void>): Promise<void> {
  const before = process.memoryUsage().rss;
  await flood();
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < bytesMax, `${(grown / MEBIBYTE).toFixed(0)} MiB more`);
}

for (const [name, terms, reason] of [
  [
    'chain id',
    { chainId: 1021, genesis: GENESIS, shards: 2 },
    /chain id 1021, this network has 1020/,
  ],
  ['genesis', { chainId: 1020, genesis: 'cd'.repeat(32), shards: 2 }, /genesis cdcd.*here abab/],
  ['shards', { chainId: 1020, genesis: GENESIS, shards: 4 }, /has 4 shard\(s\), this network 2/],
] as const) {
  test(`a node of another ${name} is refused, and both say why`, async () => {
    const here = await nodes.start(0, []);
    const stranger = await nodes.start(VALIDATOR, [here], { terms });
    await nodes.logged(here, reason);
    await nodes.until('both say why', () => stranger.log.length > 0);
    assert.deepEqual(here.network.peers, []);
    assert.deepEqual(stranger.network.peers, []);
  });
}

for (const [name, version, versionMin, reason] of [
  ['older', 1, undefined, /peer protocol 1, which is too old here/],
  ['newer', 9, 9, /peer protocol 9 at least: update this node/],
] as const) {
  test(`a node that only speaks an ${name} peer protocol is refused`, async () => {
    const node = await nodes.start(0, []);
    const { socket, hello } = await nodes.stranger(node);
    const { versionMin: _, ...rest } = hello(VALIDATOR);
    const theirs = versionMin === undefined ? { version } : { version, versionMin };
    socket.send(encodeWire({ ...rest, ...theirs } as never));
    await nodes.logged(node, reason);
    assert.deepEqual(node.network.peers, []);
  });
}

test('a newer node that still speaks this protocol is welcome', async () => {
  const node = await nodes.start(0, []);
  const { socket, hello } = await nodes.stranger(node);
  socket.send(encodeWire({ ...hello(VALIDATOR), version: 9 }));
  await nodes.until('accepted', () => node.network.peers.includes(peerAt(VALIDATOR)));
});

test('a hello of another session, and one sent back, prove nothing', async () => {
  const node = await nodes.start(0, []);
  const terms = { chainId: 1020, genesis: GENESIS, shards: 2 };
  const replayed = makeHello(terms, signerAt(VALIDATOR), 'dialer', new Uint8Array(32));
  (await nodes.stranger(node)).socket.send(encodeWire(replayed));
  await nodes.logged(node, /does not prove the key/);
  const { socket, tls } = await nodes.stranger(node);
  const reflected = makeHello(terms, signerAt(VALIDATOR), 'listener', sessionSecret(tls));
  socket.send(encodeWire(reflected));
  await nodes.until('closed', () => socket.readyState === socket.CLOSED);
  assert.deepEqual(node.network.peers, []);
});

for (const [name, frame, reason] of [
  ['malformed frames', new Uint8Array([0xc1, 1, 2]), /peer banned .* malformed msgpack/],
  ['frames of unknown form', encodeWire({ kind: 'bft' } as never), /banned .* of unknown form/],
  ['oversized frames', new Uint8Array(MESSAGE_BYTES_MAX + 5000), /banned .* Max payload size/],
  ['a second hello', undefined, /banned .* a second hello/],
] as const) {
  test(`${name} end in a ban that lasts`, async () => {
    const node = await nodes.start(0, []);
    const { socket, hello } = await nodes.stranger(node);
    socket.send(encodeWire(hello(VALIDATOR)));
    await nodes.until('known', () => node.network.peers.length === 1);
    socket.send(frame ?? encodeWire(hello(VALIDATOR)));
    await nodes.logged(node, reason);
    assert.deepEqual(node.network.peers, []);
    assert.equal(node.network.status.banned, 1);
    const honest = await nodes.start(VALIDATOR, [node]);
    await nodes.logged(honest, /refused: banned: /);
    assert.deepEqual(node.network.peers, []);
  });
}

test('who is no validator sends no large frames unasked', async () => {
  const node = await nodes.start(0, []);
  const { socket } = await nodes.rogue(node, OBSERVER);
  await assertMemoryBounded(64 * MEBIBYTE, async () => {
    socket.send(encodeWire(bft(MESSAGE_BYTES_MAX - 1000)));
    await nodes.logged(node, new RegExp(`banned .* message of more than ${SMALL_BYTES_MAX} bytes`));
  });
  assert.deepEqual(node.received, []);
});

test('who was asked for blocks may answer with a large frame', async () => {
  const node = await nodes.start(0, []);
  const { socket } = await nodes.rogue(node, OBSERVER);
  node.network.send(peerAt(OBSERVER), {
    kind: 'wantBodies',
    chain: 0,
    request: 1,
    fromHeight: 1,
    count: 1,
  });
  const bodies = [Buffer.alloc(MESSAGE_BYTES_MAX - 1000)];
  socket.send(encodeWire({ kind: 'bodies', chain: 0, request: 1, bodies }));
  await nodes.until('received', () => node.received.length === 1);
});

test('a flood of messages is dropped, then its sender is banned', async () => {
  const node = await nodes.start(0, []);
  const { socket } = await nodes.rogue(node, OBSERVER);
  const frame = encodeWire({ kind: 'wantHeaders', chain: 0, request: 1, fromHeight: 1 });
  await assertMemoryBounded(128 * MEBIBYTE, async () => {
    for (let count = 0; count < 20_000; count++) socket.send(frame);
    await nodes.logged(node, /peer banned .* a flood of "wantHeaders" messages/);
  });
  assert.ok(node.received.length < 1000, `${node.received.length} came through`);
});

test('bytes above the rate wait in the socket of the sender', async () => {
  const node = await nodes.start(0, []);
  const { socket } = await nodes.rogue(node, OBSERVER);
  const size = SMALL_BYTES_MAX - 1000;
  const frame = encodeWire({ kind: 'transactions', transactions: [Buffer.alloc(size)] });
  const total = 128 * MEBIBYTE;
  for (let sent = 0; sent < total; sent += size) socket.send(frame);
  await nodes.until('some came', () => node.received.length > 100);
  assert.ok(socket.bufferedAmount > 32 * MEBIBYTE, `${socket.bufferedAmount} bytes wait`);
});

test('a peer that takes nothing has its queue bounded, and what it gets dropped', async () => {
  const node = await nodes.start(0, []);
  const { socket } = await nodes.rogue(node, VALIDATOR);
  socket.pause();
  await assertMemoryBounded(96 * MEBIBYTE, async () => {
    for (let count = 0; count < 1000; count++) {
      node.network.send(peerAt(VALIDATOR), bft(MEBIBYTE));
    }
    await Promise.resolve();
  });
  const { unsentBytesMax, droppedFrames } = node.network.status;
  assert.ok(unsentBytesMax <= 18 * MEBIBYTE, `${unsentBytesMax} bytes wait`);
  assert.ok(droppedFrames > 900, `${droppedFrames} frames dropped`);
  // What consensus needs still finds room where gossip does not.
  assert.equal(node.network.send(peerAt(VALIDATOR), { kind: 'wantPeers' }), false);
});

test('strangers may say hello and nothing else', async () => {
  const node = await nodes.start(0, []);
  (await nodes.stranger(node)).socket.send(encodeWire(bft(10)));
  await nodes.logged(node, /a message before the hello/);
  (await nodes.stranger(node)).socket.send(new Uint8Array(2000));
  await nodes.logged(node, /exceeds 1024/);
  (await nodes.stranger(node)).socket.send(new Uint8Array(MEBIBYTE));
  await nodes.logged(node, /message of more than 1024 bytes/);
  assert.deepEqual(node.received, []);
});

test('who falls silent is shown out at every step', async () => {
  const node = await nodes.start(0, []);
  const { tls } = await nodes.rogue(node, OBSERVER);
  // A masked binary frame of 1000 bytes, of which 10 come.
  tls.write(Buffer.concat([Buffer.from([0x82, 0xfe, 0x03, 0xe8, 0, 0, 0, 0]), Buffer.alloc(10)]));
  const silent = connect({ host: '127.0.0.1', port: node.port });
  const noUpgrade = connectTls({ host: '127.0.0.1', port: node.port, rejectUnauthorized: false });
  const { socket: noHello } = await nodes.stranger(node);
  const closed = [silent, noUpgrade].map(
    (socket) => new Promise((resolve) => socket.once('close', resolve).on('error', () => {})),
  );
  await Promise.all(closed);
  await nodes.logged(node, /no TLS session: .*handshake timeout/i);
  await nodes.logged(node, /no upgrade: .*timeout/i);
  await nodes.logged(node, /no hello in time/);
  await nodes.until('closed', () => noHello.readyState === noHello.CLOSED);
  assert.equal(node.network.status.strangers, 0);
  await nodes.logged(node, /peer gone .* it answers no ping/);
});

test('plain HTTP gets no session, and HTTPS an explanation', async () => {
  const node = await nodes.start(0, []);
  const plain = connect({ host: '127.0.0.1', port: node.port });
  plain.on('error', () => {}).end('GET /getNodeInfo HTTP/1.1\r\nHost: x\r\n\r\n');
  await nodes.logged(node, /no TLS session: .*http request/i);
  const text = await new Promise<string>((resolve, reject) => {
    const url = `https://127.0.0.1:${node.port}/getNodeInfo`;
    request(url, { rejectUnauthorized: false }, (response) => {
      assert.equal(response.statusCode, 426);
      response.setEncoding('utf8').on('data', resolve);
    })
      .on('error', reject)
      .end();
  });
  assert.match(text, /the HTTP API of the node is at rpc.port/);
});

test('one host has only so many connections', async () => {
  const node = await nodes.start(0, [], { connectionsPerHostMax: 3 });
  const open = Array.from({ length: 10 }, () => connect({ host: '127.0.0.1', port: node.port }));
  for (const socket of open) socket.on('error', () => {});
  await nodes.logged(node, /3 connections already/);
  await nodes.until('closed', () => open.filter(({ destroyed }) => destroyed).length >= 7);
  for (const socket of open) socket.destroy();
});

test('addresses that are not signed by their node count against who tells them', async () => {
  const node = await nodes.start(0, [], { discovery: true });
  const { socket } = await nodes.rogue(node, OBSERVER);
  const genuine = makeNodeRecord(GENESIS, signerAt(9), '127.0.0.1:1', Date.now());
  const forged = { ...genuine, address: '127.0.0.1:2' };
  socket.send(encodeWire({ kind: 'peers', records: [genuine] }));
  await nodes.until('learned', () => node.network.records.length === 1);
  for (let count = 0; count < 3; count++) {
    socket.send(encodeWire({ kind: 'peers', records: [forged] }));
  }
  await nodes.logged(node, /banned .* an address that its node has not signed/);
  assert.deepEqual(node.network.records, [genuine]);
});

test('made-up addresses fill the book up to its bound', async () => {
  const node = await nodes.start(0, [], { discovery: true, outboundMax: 0 });
  const { socket } = await nodes.rogue(node, OBSERVER);
  for (let batch = 0; batch < 8; batch++) {
    const records = Array.from({ length: 40 }, (_, index) => {
      const signer = signerAt(20 + ((batch * 40 + index) % 200));
      return makeNodeRecord(
        GENESIS,
        signer,
        `127.0.0.1:${2000 + batch * 40 + index}`,
        Date.now() + batch,
      );
    });
    socket.send(encodeWire({ kind: 'peers', records }));
  }
  await nodes.until('learned', () => node.network.status.knownAddresses > 100);
  assert.ok(node.network.status.knownAddresses <= 128);
});

test('no bytes at all make the decoder throw', () => {
  const check = (bytes: Uint8Array): boolean => {
    const message = decodeWire(bytes, 10_000);
    return typeof message === 'string' || typeof message.kind === 'string';
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check));
  // Near misses: a good frame with some bytes changed.
  const good: readonly PeerMessage[] = [
    bft(20),
    { kind: 'heads', chains: [0, -1], heights: [4, 5] },
    {
      kind: 'headers',
      chain: 0,
      request: 1,
      headers: [Buffer.alloc(5)],
      proofs: [Buffer.alloc(3)],
    },
    { kind: 'peers', records: [makeNodeRecord(GENESIS, signerAt(9), '127.0.0.1:1', 5)] },
  ];
  const frames = good.map(encodeWire);
  for (const frame of frames) {
    const message = decodeWire(frame, 10_000);
    assert.ok(typeof message !== 'string');
    assert.ok(Buffer.from(encodeWire(message)).equals(frame));
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...frames),
      fc.array(fc.tuple(fc.nat(250), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (frame, changes) => {
        const bytes = Uint8Array.from(frame);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return check(bytes);
      },
    ),
  );
});

test('any hello is answered by a reason or a session, never by a crash', async () => {
  const node = await nodes.start(0, []);
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        version: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        chainId: fc.oneof(fc.nat(), fc.double()),
        genesis: fc.oneof(fc.string(), fc.constant('x'.repeat(65))),
        key: fc.uint8Array({ maxLength: 33 }),
        signature: fc.uint8Array({ maxLength: 65 }),
      }),
      async (fields) => {
        const { socket } = await nodes.stranger(node);
        socket.send(encodeWire({ kind: 'hello', ...fields } as never));
        await new Promise((resolve) => socket.once('close', resolve));
      },
    ),
    { numRuns: 20 },
  );
  assert.deepEqual(node.network.peers, []);
  assert.ok(isAlive(node));
});

function isAlive(node: TestNode): boolean {
  return node.network.status.strangers >= 0;
}
