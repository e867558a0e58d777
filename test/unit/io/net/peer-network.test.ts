/**
 * Goal: nodes of one network find each other, keep one connection per pair, hear what is meant for
 * them, and learn addresses from each other within bounds.
 * Method: real sockets on loopback, several nodes in one process.
 */

import { strict as assert } from 'node:assert';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerMessage } from '#io/net/wire-message.ts';
import { PeerNodes, peerAt } from './peer-nodes.ts';

const OBSERVER = 7;
const ALL = (): boolean => true;

const nodes = new PeerNodes();

afterEach(() => nodes.stopAll());

const bft = (text: string): PeerMessage => ({ kind: 'bft', chain: 0, bytes: Buffer.from(text) });

test('three validators that all dial each other end with one connection each', async () => {
  const first = await nodes.start(0, []);
  const second = await nodes.start(1, [first]);
  const third = await nodes.start(2, [first, second]);
  // Dialling back, so that two connections meet.
  await nodes.stop(first);
  const again = await nodes.start(0, [second, third], { port: first.port });
  const all = [again, second, third];
  await nodes.until('a full mesh', () => all.every(({ network }) => network.peers.length === 2));
  await sleep(500);
  assert.deepEqual(new Set(again.network.peers), new Set([peerAt(1), peerAt(2)]));
  again.network.broadcast(bft('to all'), ALL);
  second.network.send(peerAt(2), bft('to one'));
  await nodes.until('messages', () => second.received.length === 1 && third.received.length === 2);
  assert.deepEqual(second.received, [[0, bft('to all')]]);
  assert.deepEqual(new Set(third.received.map(([from]) => from)), new Set([0, 1]));
});

test('a peer that comes back is connected again', async () => {
  const first = await nodes.start(0, []);
  const second = await nodes.start(1, [first]);
  await nodes.until('connected', () => second.network.peers.length === 1);
  await nodes.stop(first);
  await nodes.until('gone', () => second.network.peers.length === 0);
  const again = await nodes.start(0, [], { port: first.port });
  await nodes.until('connected again', () => again.network.peers.length === 1);
});

test('validators that know one address only become a full mesh', async () => {
  const discovery = true;
  const seed = await nodes.start(0, [], { discovery });
  const seeds = [`127.0.0.1:${seed.port}`];
  const others = await Promise.all(
    [1, 2, 3].map((index) => nodes.start(index, [], { seeds, discovery })),
  );
  const all = [seed, ...others];
  await nodes.until('a full mesh', () => all.every(({ network }) => network.peers.length === 3));
  assert.equal(seed.network.records.length, 3);
});

test('what was learned before the start is used', async () => {
  const discovery = true;
  const first = await nodes.start(0, [], { discovery });
  const second = await nodes.start(1, [first], { discovery });
  await nodes.until('learned', () => second.network.records.length === 1);
  const { records } = second.network;
  const third = await nodes.start(2, [], { discovery, records });
  await nodes.until('connected', () => third.network.peers.includes(peerAt(0)));
});

test('an observer is welcome while there is room, a validator always', async () => {
  const node = await nodes.start(0, [], { inboundMax: 1 });
  const observer = await nodes.start(OBSERVER, [node]);
  await nodes.until('an observer', () => node.network.peers.includes(peerAt(OBSERVER)));
  const another = await nodes.start(OBSERVER + 1, [node]);
  await nodes.logged(another, /refused: no room: 1 nodes are connected already/);
  const validator = await nodes.start(1, [node]);
  await nodes.until('a validator', () => node.network.peers.includes(peerAt(1)));
  assert.equal(node.network.isValidator(peerAt(1)), true);
  assert.equal(node.network.isValidator(peerAt(OBSERVER)), false);
  node.network.broadcast(bft('for validators'), (peer) => node.network.isValidator(peer));
  await nodes.until('heard', () => validator.received.length === 1);
  assert.deepEqual(observer.received, []);
  assert.deepEqual(another.network.peers, []);
});

test('who is elected becomes a validator on the connection it has', async () => {
  const node = await nodes.start(0, []);
  await nodes.start(OBSERVER, [node]);
  await nodes.until('connected', () => node.network.peers.length === 1);
  assert.equal(node.network.status.validators, 0);
  node.network.setValidators([peerAt(0), peerAt(OBSERVER)]);
  assert.equal(node.network.status.validators, 1);
  assert.equal(node.network.isValidator(peerAt(OBSERVER)), true);
  assert.equal(node.network.isValidator(peerAt(1)), false);
});

test('of learned addresses only so many are dialled', async () => {
  const discovery = true;
  const hub = await nodes.start(OBSERVER, [], { discovery });
  const seeds = [`127.0.0.1:${hub.port}`];
  const most = { discovery, seeds, outboundMax: 2 };
  const others = await Promise.all(
    [1, 2, 3, 4, 5].map((index) => nodes.start(OBSERVER + index, [], most)),
  );
  await nodes.until('all know all', () =>
    others.every(({ network }) => network.status.knownAddresses >= 5),
  );
  await sleep(1000);
  for (const { network } of others) assert.ok(network.status.outbound <= 2);
});
