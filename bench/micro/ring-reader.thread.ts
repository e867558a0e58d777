/** The reading thread of the ring benchmark: copies every record out, as a link does. */

import { workerData } from 'node:worker_threads';
import { Doorbell, DoorbellButton } from '#ipc/doorbell.ts';
import { RingConsumer } from '#ipc/ring-consumer.ts';

export type RingReaderData = {
  readonly ring: SharedArrayBuffer;
  readonly ownDoorbell: SharedArrayBuffer;
  readonly writerDoorbell: SharedArrayBuffer;
  readonly recordBytesMax: number;
};

const SLEEP_MS = 1000;
const RELEASE_RECORDS = 64;

const data = workerData as RingReaderData;
const consumer = new RingConsumer(data.ring);
const doorbell = new Doorbell(data.ownDoorbell);
const button = new DoorbellButton(data.writerDoorbell);
const target = Buffer.alloc(data.recordBytesMax);

// Until it is terminated: blocking here is all this thread does.
for (;;) {
  for (let count = 0; count < RELEASE_RECORDS && consumer.next(); count++) {
    const { recordOffset, recordLength } = consumer;
    consumer.bytes.copy(target, 0, recordOffset, recordOffset + recordLength);
  }
  if (consumer.release()) button.ring();
  if (consumer.isEmpty) doorbell.sleep(SLEEP_MS, 1, () => !consumer.isEmpty);
}
