/**
 * The other thread of the ring tests. `produce` writes numbered records as fast as the ring takes
 * them; `echo` answers every record with the same bytes. Counts sleeps that ran into their timeout:
 * each one is a lost wake-up.
 */

import { workerData } from 'node:worker_threads';
import { Doorbell, DoorbellButton } from '#ipc/doorbell.ts';
import { RingConsumer } from '#ipc/ring-consumer.ts';
import { RingProducer } from '#ipc/ring-producer.ts';
import { fillRecord, recordLength } from './numbered-records.ts';

export type RingPeerData = {
  readonly task: 'produce' | 'echo';
  readonly toPeer: SharedArrayBuffer;
  readonly fromPeer: SharedArrayBuffer;
  readonly ownDoorbell: SharedArrayBuffer;
  readonly otherDoorbell: SharedArrayBuffer;
  /** Word 0: sleeps that timed out. */
  readonly report: SharedArrayBuffer;
  readonly recordCount: number;
  readonly lengthMax: number;
  /** Records per publish. */
  readonly batch: number;
  readonly sleepMs: number;
};

const data = workerData as RingPeerData;
const doorbell = new Doorbell(data.ownDoorbell);
const button = new DoorbellButton(data.otherDoorbell);
const producer = new RingProducer(data.fromPeer);
const consumer = new RingConsumer(data.toPeer);
const report = new Int32Array(data.report);

if (data.task === 'produce') produce();
else echo();

function produce(): void {
  for (let index = 0; index < data.recordCount; index += 1) {
    const length = recordLength(index, data.lengthMax);
    const offset = claim(length);
    fillRecord(producer.bytes, offset, index, length);
    producer.commit(length);
    if (producer.unpublishedCount >= data.batch) publish();
  }
  publish();
}

function echo(): void {
  for (let index = 0; index < data.recordCount; index += 1) {
    while (!consumer.next()) sleep(() => !consumer.isEmpty);
    const offset = claim(consumer.recordLength);
    consumer.bytes.copy(
      producer.bytes,
      offset,
      consumer.recordOffset,
      consumer.recordOffset + consumer.recordLength,
    );
    producer.commit(consumer.recordLength);
    if (consumer.release()) button.ring();
    publish();
  }
}

function claim(length: number): number {
  for (;;) {
    const offset = producer.tryClaim(length);
    if (offset >= 0) return offset;
    publish();
    producer.requestSpaceSignal();
    const retried = producer.tryClaim(length);
    if (retried >= 0) return retried;
    sleep(() => producer.spaceWasSignalled);
  }
}

function publish(): void {
  if (producer.publish()) button.ring();
}

function sleep(hasWork: () => boolean): void {
  if (!doorbell.sleep(data.sleepMs, 1, hasWork)) Atomics.add(report, 0, 1);
}
