/**
 * Real threads on real shared memory. Legal outcomes of a read at any moment: the next record,
 * whole; or nothing yet. Of a write: done; or no room now. Of a sleep: woken because something
 * changed. Anything else (a hole, a torn or repeated record, a sleep that only its timeout ends) is
 * a failure. The timeouts are long, so that a lost wake-up cannot hide behind one.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createDoorbell, Doorbell, DoorbellButton } from '#ipc/doorbell.ts';
import { RingConsumer } from '#ipc/ring-consumer.ts';
import { createRing } from '#ipc/ring-layout.ts';
import { RingProducer } from '#ipc/ring-producer.ts';
import { fillRecord, isRecord, recordLength } from '#test/support/ipc/numbered-records.ts';
import type { RingPeerData } from '#test/support/ipc/ring-peer.ts';

const SLEEP_MS = 4000;
const PEER = new URL('../../support/ipc/ring-peer.ts', import.meta.url);

type Setup = Pick<RingPeerData, 'task' | 'recordCount' | 'lengthMax' | 'batch'> & {
  readonly capacity: number;
};

function startPeer(setup: Setup) {
  const data: RingPeerData = {
    ...setup,
    toPeer: createRing(setup.capacity),
    fromPeer: createRing(setup.capacity),
    ownDoorbell: createDoorbell(),
    otherDoorbell: createDoorbell(),
    report: new SharedArrayBuffer(4),
    sleepMs: SLEEP_MS,
  };
  const worker = new Worker(PEER, { workerData: data });
  const exited = new Promise<number>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', resolve);
  });
  return {
    consumer: new RingConsumer(data.fromPeer),
    producer: new RingProducer(data.toPeer),
    doorbell: new Doorbell(data.otherDoorbell),
    button: new DoorbellButton(data.ownDoorbell),
    timedOutSleeps: () => Atomics.load(new Int32Array(data.report), 0),
    exited,
  };
}

const STREAMS: readonly Setup[] = [
  // A tiny ring: both sides sleep all the time, every second record wraps.
  { task: 'produce', capacity: 1024, lengthMax: 504, batch: 1, recordCount: 20_000 },
  // Mostly full: the producer waits for room.
  { task: 'produce', capacity: 4096, lengthMax: 700, batch: 32, recordCount: 40_000 },
  // Mostly running: few sleeps, long batches.
  { task: 'produce', capacity: 1 << 18, lengthMax: 300, batch: 32, recordCount: 200_000 },
];

for (const setup of STREAMS) {
  const shape = `capacity=${setup.capacity}, batch=${setup.batch}, n=${setup.recordCount}`;
  test(`ring on two threads: a stream: every record whole, once, in order (${shape})`, async () => {
    const peer = startPeer(setup);
    let starting = true;
    for (let index = 0; index < setup.recordCount; index += 1) {
      while (!peer.consumer.next()) {
        if (peer.consumer.release()) peer.button.ring();
        const woken = peer.doorbell.sleep(SLEEP_MS, 1, () => !peer.consumer.isEmpty);
        assert.ok(woken || starting, `no wake-up was lost before record ${index}`);
      }
      starting = false;
      const { bytes, recordOffset } = peer.consumer;
      assert.equal(peer.consumer.recordLength, recordLength(index, setup.lengthMax));
      assert.ok(
        isRecord(bytes, recordOffset, index, peer.consumer.recordLength),
        `record ${index}`,
      );
      if (peer.consumer.unreleasedBytes > setup.capacity / 4 && peer.consumer.release()) {
        peer.button.ring();
      }
    }
    if (peer.consumer.release()) peer.button.ring();
    assert.equal(await peer.exited, 0);
    assert.equal(peer.consumer.next(), false, 'and nothing after the last');
    assert.equal(peer.timedOutSleeps(), 0, 'the producer was always woken');
  });
}

test('doorbell on two threads: ping-pong, both asleep in between: no lost wake-up (n=20000)', async () => {
  const rounds = 20_000;
  const peer = startPeer({
    task: 'echo',
    capacity: 1024,
    lengthMax: 0,
    batch: 1,
    recordCount: rounds,
  });
  for (let index = 0; index < rounds; index += 1) {
    const length = index % 64;
    const offset = peer.producer.tryClaim(length);
    assert.ok(offset >= 0);
    fillRecord(peer.producer.bytes, offset, index, length);
    peer.producer.commit(length);
    peer.producer.publish();
    peer.button.ring();
    while (!peer.consumer.next()) {
      const woken = peer.doorbell.sleep(SLEEP_MS, 1, () => !peer.consumer.isEmpty);
      assert.ok(woken || index === 0, `round ${index} was answered without a timeout`);
    }
    assert.equal(peer.consumer.recordLength, length);
    assert.ok(isRecord(peer.consumer.bytes, peer.consumer.recordOffset, index, length));
    peer.consumer.release();
  }
  assert.equal(await peer.exited, 0);
  assert.equal(peer.timedOutSleeps(), 0);
});

test('doorbell on an event loop: ping-pong by waitAsync: no lost wake-up (n=3000)', async () => {
  const rounds = 3000;
  const peer = startPeer({
    task: 'echo',
    capacity: 1024,
    lengthMax: 0,
    batch: 1,
    recordCount: rounds,
  });
  let timedOut = 0;
  for (let index = 0; index < rounds; index += 1) {
    peer.producer.tryClaim(8);
    peer.producer.commit(8);
    peer.producer.publish();
    peer.button.ring();
    while (!peer.consumer.next()) {
      const alarm = setTimeout(() => (timedOut += 1), SLEEP_MS);
      await new Promise<void>((resolve) => {
        const asleep = peer.doorbell.trySleepAsync(
          SLEEP_MS * 4,
          () => !peer.consumer.isEmpty,
          resolve,
        );
        if (!asleep) resolve();
      });
      clearTimeout(alarm);
    }
    peer.consumer.release();
  }
  assert.equal(await peer.exited, 0);
  assert.equal(timedOut, 0);
  assert.equal(peer.timedOutSleeps(), 0);
});
