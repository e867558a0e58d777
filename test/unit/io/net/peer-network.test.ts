/**
 * Goal: validators of one network find each other and only each other, messages arrive, and whoever
 * sends what no honest peer sends is kept out with a reason.
 * Method: real sockets on loopback, several nodes in one process.
 */

import { strict as assert } from 'node:assert';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { type Signer, signerOfSeed } from '#core/crypto/key-pair.ts';
import { makeHello, sessionSecret } from '#io/net/peer-identity.ts';
import { PeerNetwork } from '#io/net/peer-network.ts';
import { encodeWire, type PeerMessage } from '#io/net/wire-message.ts';

const MESSAGE_BYTES_MAX = 100_000;
const WAIT_MS_MAX = 10_000;
const SIGNERS = [1, 2, 3, 4].map((value) => signerOfSeed(new Uint8Array(32).fill(value)));
const VALIDATORS = SIGNERS.map(({ publicKey }) => publicKey);
const GENESIS = 'ab'.repeat(32);

type Node = {
  readonly network: PeerNetwork;
  readonly port: number;
  readonly received: [member: number, message: PeerMessage][];
  readonly log: string[];
};

const nodes: Node[] = [];
const sockets: WebSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await Promise.all(nodes.splice(0).map(({ network }) => network.stop()));
});

async function startNode(
  member: number,
  peers: readonly Node[],
  terms: { readonly chainId?: number; readonly genesis?: string; readonly port?: number } = {},
): Promise<Node> {
  const received: Node['received'] = [];
  const log: string[] = [];
  const network = new PeerNetwork({
    host: '127.0.0.1',
    port: terms.port ?? 0,
    peers: peers.map(({ port }) => `127.0.0.1:${port}`),
    terms: { chainId: 1020, genesis: GENESIS, ...terms, validators: VALIDATORS },
    signer: SIGNERS[member] as Signer,
    messageBytesMax: MESSAGE_BYTES_MAX,
    onMessage: (from, message) => received.push([from, message]),
    onPeersChanged: () => {},
    log: (level, text, fields) => log.push(`${level} ${text} ${Object.values(fields).join(' ')}`),
  });
  const node = { network, port: await network.start(), received, log };
  nodes.push(node);
  return node;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS_MAX; !holds(); await sleep(10)) {
    assert.ok(Date.now() < deadline, `${what}: ${JSON.stringify(nodes.map(({ log }) => log))}`);
  }
}

const bft = (text: string): PeerMessage => ({
  kind: 'bft',
  chain: 0,
  bytes: Buffer.from(text),
});

/** A client without manners that has proven to be this validator, or nobody. */
async function rawPeer(node: Node, member: number | undefined): Promise<WebSocket> {
  const socket = new WebSocket(`wss://127.0.0.1:${node.port}/peer`, { rejectUnauthorized: false });
  sockets.push(socket);
  socket.on('error', () => {});
  let secret = new Uint8Array();
  socket.once('upgrade', ({ socket: tls }) => {
    secret = Uint8Array.from(sessionSecret(tls as TLSSocket));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  if (member === undefined) return socket;
  const terms = { chainId: 1020, genesis: GENESIS, validators: VALIDATORS };
  socket.send(encodeWire(makeHello(terms, SIGNERS[member] as Signer, 'dialer', secret)));
  await until('the hello is accepted', () => node.network.members.includes(member));
  return socket;
}

test('three validators that all dial each other end with one connection each', async () => {
  const first = await startNode(0, []);
  const second = await startNode(1, [first]);
  const third = await startNode(2, [first, second]);
  // Dialling back, so that two connections meet.
  await first.network.stop();
  nodes.shift();
  const again = await startNode(0, [second, third], { port: first.port });
  const all = [again, second, third];
  await until('a full mesh', () => all.every(({ network }) => network.members.length === 2));
  await sleep(300);
  assert.deepEqual(again.network.members, [1, 2]);
  again.network.broadcast(bft('to all'));
  second.network.send(2, bft('to one'));
  await until('messages', () => second.received.length === 1 && third.received.length === 2);
  assert.deepEqual(second.received, [[0, bft('to all')]]);
  assert.deepEqual(new Set(third.received.map(([from]) => from)), new Set([0, 1]));
});

test('a peer that comes back is connected again', async () => {
  const first = await startNode(0, []);
  const second = await startNode(1, [first]);
  await until('connected', () => second.network.members.length === 1);
  await first.network.stop();
  nodes.shift();
  await until('gone', () => second.network.members.length === 0);
  const again = await startNode(0, [], { port: first.port });
  await until('connected again', () => again.network.members.length === 1);
});

for (const [name, terms, reason] of [
  ['chain id', { chainId: 1021 }, /chain id 1021, this network has 1020/],
  ['genesis', { genesis: 'cd'.repeat(32) }, /genesis cdcd.*here abab/],
] as const) {
  test(`a node of another ${name} is refused with the reason`, async () => {
    const here = await startNode(0, []);
    const stranger = await startNode(1, [here], terms);
    await until(
      'both say why',
      () => here.log.some((line) => reason.test(line)) && stranger.log.length > 0,
    );
    assert.deepEqual(here.network.members, []);
    assert.deepEqual(stranger.network.members, []);
  });
}

test('a key that is no validator, and a hello of another session, are refused', async () => {
  const node = await startNode(0, []);
  const terms = { chainId: 1020, genesis: GENESIS, validators: VALIDATORS };
  const foreign = signerOfSeed(new Uint8Array(32).fill(99));
  const first = await rawPeer(node, undefined);
  first.send(encodeWire(makeHello(terms, foreign, 'dialer', new Uint8Array(32))));
  await until('no validator', () => node.log.some((line) => /is no validator/.test(line)));
  const second = await rawPeer(node, undefined);
  second.send(encodeWire(makeHello(terms, SIGNERS[1] as Signer, 'dialer', new Uint8Array(32))));
  await until('no proof', () => node.log.some((line) => /does not prove the key/.test(line)));
  assert.deepEqual(node.network.members, []);
});

for (const [name, frame, reason] of [
  ['malformed frames', new Uint8Array([0xc1, 1, 2]), /peer banned 1 /],
  ['frames of unknown form', encodeWire({ kind: 'bft' } as never), /banned 1 a frame of unknown/],
  ['oversized frames', new Uint8Array(MESSAGE_BYTES_MAX + 5000), /banned 1 Max payload size/],
] as const) {
  test(`${name} end in a ban`, async () => {
    const node = await startNode(0, []);
    const socket = await rawPeer(node, 1);
    socket.send(frame);
    await until('banned', () => node.log.some((line) => reason.test(line)));
    assert.deepEqual(node.network.members, []);
    const honest = await startNode(1, [node]);
    await until('kept out', () => honest.log.some((line) => /banned for misbehaviour/.test(line)));
    assert.deepEqual(node.network.members, []);
  });
}

test('strangers may say hello and nothing else', async () => {
  const node = await startNode(0, []);
  const early = await rawPeer(node, undefined);
  early.send(encodeWire(bft('too early')));
  await until('refused', () => node.log.some((line) => /before the hello/.test(line)));
  const large = await rawPeer(node, undefined);
  large.send(new Uint8Array(5000));
  await until('refused', () => node.log.some((line) => /exceeds 1024/.test(line)));
  assert.deepEqual(node.received, []);
});
