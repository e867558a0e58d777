import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorbell } from '#ipc/doorbell.ts';
import type { Message } from '#ipc/frame.ts';
import { type Delivery, LinkReceiver, LinkSender, PUBLISH_RECORDS_MAX } from '#ipc/link.ts';
import { createRing } from '#ipc/ring-layout.ts';

type Numbered = { readonly kind: 'numbered'; readonly number: number; readonly bytes: Uint8Array };

function createLink(delivery: Delivery, overflowBytesMax = 100_000) {
  const ring = createRing(1024);
  const senderDoorbell = createDoorbell();
  const receiverDoorbell = createDoorbell();
  const congestions: boolean[] = [];
  let dirtyCount = 0;
  const sender = new LinkSender<Numbered>({
    peer: 'receiver',
    ring,
    peerDoorbell: receiverDoorbell,
    delivery,
    messageBytesMax: 400,
    overflowBytesMax,
    watch: {
      onDirty: () => {
        dirtyCount += 1;
      },
      onCongestion: (congested) => congestions.push(congested),
    },
  });
  const receiver = new LinkReceiver('sender', ring, senderDoorbell);
  /** As if both threads slept: says who was woken since the last call. */
  const takeWoken = (): readonly string[] => {
    const woken: string[] = [];
    if (new Int32Array(senderDoorbell)[0] === 0) woken.push('sender');
    if (new Int32Array(receiverDoorbell)[0] === 0) woken.push('receiver');
    new Int32Array(senderDoorbell)[0] = 1;
    new Int32Array(receiverDoorbell)[0] = 1;
    return woken;
  };
  takeWoken();
  return { sender, receiver, congestions, takeWoken, dirtyCount: () => dirtyCount };
}

function numbered(number: number, byteCount = 100): Numbered {
  return { kind: 'numbered', number, bytes: new Uint8Array(byteCount) };
}

function readNumbers(receiver: LinkReceiver): number[] {
  const numbers: number[] = [];
  for (;;) {
    const message = receiver.next();
    if (message === undefined) break;
    numbers.push((message as Message as Numbered).number);
  }
  receiver.release();
  return numbers;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

test('reliable link: more than the ring takes: all arrive in order, congestion is told once', () => {
  const { sender, receiver, congestions } = createLink('reliable');
  for (let number = 0; number < 50; number += 1) sender.send(numbered(number));
  assert.equal(sender.congested, true);
  assert.deepEqual(congestions, [true]);
  assert.equal(sender.hasRoomSignal, false);
  const received: number[] = [];
  while (received.length < 50) {
    received.push(...readNumbers(receiver));
    if (sender.congested) assert.equal(sender.hasRoomSignal, true, 'the reader made room');
    sender.flush();
  }
  assert.deepEqual(received, upTo(50));
  assert.deepEqual(congestions, [true, false]);
  assert.equal(sender.overflowBytes, 0);
  assert.equal(sender.sentCount, 50);
});

test('reliable link: a small message behind waiting ones: does not overtake', () => {
  const { sender, receiver } = createLink('reliable');
  for (let number = 0; number < 9; number += 1) sender.send(numbered(number, 300));
  sender.send(numbered(9, 0));
  const received: number[] = [];
  while (received.length < 10) {
    received.push(...readNumbers(receiver));
    sender.flush();
  }
  assert.deepEqual(received, upTo(10));
});

test('reliable link: trySend while congested: refused, nothing kept', () => {
  const { sender, receiver } = createLink('reliable');
  let accepted = 0;
  while (sender.trySend(numbered(accepted))) accepted += 1;
  assert.equal(sender.congested, false, 'refusing is not congestion');
  sender.send(numbered(accepted));
  assert.equal(sender.trySend(numbered(99, 0)), false, 'would overtake');
  const received = readNumbers(receiver);
  sender.flush();
  received.push(...readNumbers(receiver));
  assert.deepEqual(received, upTo(accepted + 1));
});

test('reliable link: overflow beyond its bound: assertion', () => {
  const { sender } = createLink('reliable', 1000);
  assert.throws(() => {
    for (let number = 0; number < 50; number += 1) sender.send(numbered(number));
  }, /overflow of the link to receiver keeps within 1000 bytes/);
});

test('lossy link: full: drops and counts, the oldest stay', () => {
  const { sender, receiver, congestions } = createLink('lossy');
  for (let number = 0; number < 50; number += 1) sender.send(numbered(number));
  sender.flush();
  const received = readNumbers(receiver);
  assert.ok(received.length > 3);
  assert.deepEqual(received, upTo(received.length));
  assert.equal(sender.droppedCount, 50 - received.length);
  assert.deepEqual(congestions, []);
});

test('link: a message beyond the limit of the link: assertion', () => {
  const { sender } = createLink('lossy');
  assert.throws(() => sender.send(numbered(0, 400)), /keeps within the 400 bytes/);
});

test('link: wake-ups: the reader when something is published, the writer when it waits for room', () => {
  const { sender, receiver, takeWoken } = createLink('reliable');
  sender.send(numbered(0));
  assert.deepEqual(takeWoken(), [], 'not published yet');
  sender.flush();
  assert.deepEqual(takeWoken(), ['receiver']);
  sender.flush();
  assert.deepEqual(takeWoken(), [], 'nothing new');
  readNumbers(receiver);
  assert.deepEqual(takeWoken(), [], 'the writer does not wait');
  for (let number = 1; number < 20; number += 1) sender.send(numbered(number));
  assert.deepEqual(takeWoken(), ['receiver'], 'a full ring is published at once');
  receiver.next();
  receiver.release();
  assert.deepEqual(takeWoken(), ['sender']);
});

test('link: sends become visible at flush, or after a batch of records', () => {
  const { sender, receiver, dirtyCount } = createLink('reliable');
  sender.send(numbered(0, 0));
  sender.send(numbered(1, 0));
  assert.equal(receiver.isEmpty, true);
  assert.equal(dirtyCount(), 1, 'one request for a turn');
  sender.flush();
  assert.deepEqual(readNumbers(receiver), [0, 1]);
  const tiny = { kind: 'n' } as unknown as Numbered;
  for (let count = 1; count < PUBLISH_RECORDS_MAX; count += 1) sender.send(tiny);
  assert.equal(receiver.isEmpty, true);
  sender.send(tiny);
  assert.equal(receiver.isEmpty, false);
  assert.equal(dirtyCount(), 2);
});

test('link: the peer died: old messages are forgotten, new ones use the new ring', () => {
  const { sender, receiver, congestions } = createLink('reliable');
  for (let number = 0; number < 50; number += 1) sender.send(numbered(number));
  const ring = createRing(1024);
  sender.relink(ring, createDoorbell());
  assert.equal(sender.congested, false);
  assert.deepEqual(congestions, [true, false]);
  sender.send(numbered(77));
  sender.flush();
  receiver.relink(ring, createDoorbell());
  assert.deepEqual(readNumbers(receiver), [77]);
});

test('link: the peer stopped for good: sends are dropped without congestion', () => {
  const { sender, congestions } = createLink('reliable', 1000);
  for (let number = 0; number < 12; number += 1) sender.send(numbered(number));
  sender.close();
  for (let number = 0; number < 100; number += 1) sender.send(numbered(number));
  assert.equal(sender.trySend(numbered(0)), false);
  assert.deepEqual(congestions, [true, false]);
});
