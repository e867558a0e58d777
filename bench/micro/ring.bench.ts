/**
 * The rings between actors: records of a control message, a transaction and a small batch. On one
 * thread it is the code alone; on two, cache lines and wake-ups come on top. Records are published
 * in groups as links do it.
 */

import { Worker } from 'node:worker_threads';
import { createDoorbell, Doorbell, DoorbellButton } from '#ipc/doorbell.ts';
import { PUBLISH_RECORDS_MAX } from '#ipc/link.ts';
import { RingConsumer } from '#ipc/ring-consumer.ts';
import { createRing } from '#ipc/ring-layout.ts';
import { RingProducer } from '#ipc/ring-producer.ts';
import type { MicroGroup, Operation } from '../harness.ts';
import type { RingReaderData } from './ring-reader.thread.ts';

const SIZES = [
  { name: '64 B', bytes: 64 },
  { name: '256 B', bytes: 256 },
  { name: '4 KB', bytes: 4096 },
] as const;
const RING_BYTES = 2 ** 20;
const READER = new URL('./ring-reader.thread.ts', import.meta.url);
const SLEEP_MS = 1000;
/** Two threads have to be awake for most of an iteration. */
const TWO_THREAD_CALLS = 50;

export const ringBench: MicroGroup = {
  name: 'ring',
  open: ({ calls }) => {
    const streams = SIZES.map(({ name, bytes }) => new RingStream(name, bytes));
    return {
      operations: [
        ...SIZES.map(({ name, bytes }) => oneThread(name, bytes, calls)),
        ...streams.map((stream) => stream.operation(calls * TWO_THREAD_CALLS)),
      ],
      close: async () => {
        for (const stream of streams) await stream.close();
      },
    };
  },
};

function oneThread(name: string, bytes: number, records: number): Operation {
  const ring = createRing(RING_BYTES);
  const producer = new RingProducer(ring);
  const consumer = new RingConsumer(ring);
  const record = Buffer.alloc(bytes, 1);
  const target = Buffer.alloc(bytes);
  const run = () => {
    for (let written = 0, read = 0; read < records; ) {
      const group = Math.min(PUBLISH_RECORDS_MAX, records - written);
      for (let count = 0; count < group; count++) {
        if (!producer.tryWrite(record, 0, bytes)) throw new Error('an empty ring takes a group');
      }
      written += group;
      producer.publish();
      for (; consumer.next(); read++) {
        const { recordOffset, recordLength } = consumer;
        consumer.bytes.copy(target, 0, recordOffset, recordOffset + recordLength);
      }
      consumer.release();
    }
    return undefined;
  };
  return { name: `ring/${name}, one thread`, unit: 'record', units: records, run };
}

/** This thread writes, another one reads and copies every record out. */
class RingStream {
  readonly #name: string;
  readonly #record: Buffer;
  readonly #producer: RingProducer;
  readonly #doorbell: Doorbell;
  readonly #button: DoorbellButton;
  readonly #worker: Worker;

  constructor(name: string, bytes: number) {
    const data: RingReaderData = {
      ring: createRing(RING_BYTES),
      ownDoorbell: createDoorbell(),
      writerDoorbell: createDoorbell(),
      recordBytesMax: bytes,
    };
    this.#name = name;
    this.#record = Buffer.alloc(bytes, 1);
    this.#producer = new RingProducer(data.ring);
    this.#doorbell = new Doorbell(data.writerDoorbell);
    this.#button = new DoorbellButton(data.ownDoorbell);
    this.#worker = new Worker(READER, { workerData: data });
  }

  operation(records: number): Operation {
    const run = () => {
      for (let written = 0; written < records; written++) this.#write();
      this.#publish();
      // Everything is read when everything is released.
      this.#sleepUntil(() => this.#producer.usedBytes === 0);
      return undefined;
    };
    return { name: `ring/${this.#name}, two threads`, unit: 'record', units: records, run };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #write(): void {
    if (this.#producer.unpublishedCount === PUBLISH_RECORDS_MAX) this.#publish();
    while (!this.#producer.tryWrite(this.#record, 0, this.#record.length)) {
      this.#publish();
      this.#sleepUntil(() => this.#producer.usedBytes < RING_BYTES / 2);
    }
  }

  #publish(): void {
    if (this.#producer.publish()) this.#button.ring();
  }

  #sleepUntil(isDone: () => boolean): void {
    while (!isDone()) {
      this.#producer.requestSpaceSignal();
      this.#doorbell.sleep(SLEEP_MS, 1, () => isDone() || this.#producer.spaceWasSignalled);
    }
  }
}
