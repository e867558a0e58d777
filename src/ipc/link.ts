/**
 * A link is a ring plus a message union: the typed sending and receiving ends actors work with.
 *
 * Delivery:
 * - `reliable`: `send` always keeps the message. What the ring cannot take waits, in order, in a
 *   local queue of bounded bytes; meanwhile `congested` is true and the run loop takes no new work.
 *   BOUND: beyond `overflowBytesMax` an assertion ends the actor: by then somebody kept producing
 *   without regard to `congested`, and memory must not be the thing that gives way.
 * - `lossy`: what the ring cannot take is dropped and counted.
 *
 * Invariant of a reliable link: messages arrive complete, once and in the order sent, as long as
 * both threads live.
 */

import { assert } from '#core/assert.ts';
import { DoorbellButton } from './doorbell.ts';
import { copyOfFrame, decodeFrame, encodeFrame, type FrameScratch, type Message } from './frame.ts';
import { RingConsumer } from './ring-consumer.ts';
import { RingProducer } from './ring-producer.ts';

export type Delivery = 'reliable' | 'lossy';

/** What an actor holds of an outbound link. */
export interface Sender<Outbound extends Message> {
  readonly peer: string;
  /**
   * Reliable: delivered, at once or when there is room. Lossy: delivered or dropped. Published at
   * the end of the turn, earlier after PUBLISH_RECORDS_MAX records.
   */
  send(message: Outbound): void;
  /** False, and nothing kept, when the message would have to wait. For input one may refuse. */
  trySend(message: Outbound): boolean;
  /** Messages wait in the overflow queue. */
  readonly congested: boolean;
}

/** Publishing this often keeps the consumer busy during a long turn; rarer would only add latency. */
export const PUBLISH_RECORDS_MAX = 32;

/** What a sender reports to the run loop of its thread. */
export type SenderWatch = {
  /** There is something unpublished. */
  onDirty(): void;
  onCongestion(congested: boolean): void;
};

export type SenderOptions = {
  readonly peer: string;
  readonly ring: SharedArrayBuffer;
  /** Doorbell of the receiving thread. */
  readonly peerDoorbell: SharedArrayBuffer;
  readonly delivery: Delivery;
  readonly messageBytesMax: number;
  readonly overflowBytesMax: number;
  readonly watch: SenderWatch;
};

export class LinkSender<Outbound extends Message = Message> implements Sender<Outbound> {
  readonly peer: string;
  readonly #delivery: Delivery;
  readonly #messageBytesMax: number;
  readonly #overflowBytesMax: number;
  readonly #watch: SenderWatch;
  #producer: RingProducer;
  #button: DoorbellButton;
  /** Records from `#overflowFirst` on wait; the slots before it are spent. */
  #overflow: Buffer[] = [];
  #overflowFirst = 0;
  #overflowBytes = 0;
  #dirty = false;
  #closed = false;
  #sentCount = 0;
  #droppedCount = 0;

  constructor(options: SenderOptions) {
    this.peer = options.peer;
    this.#delivery = options.delivery;
    this.#messageBytesMax = options.messageBytesMax;
    this.#overflowBytesMax = options.overflowBytesMax;
    this.#watch = options.watch;
    this.#producer = this.#produceInto(options.ring);
    this.#button = new DoorbellButton(options.peerDoorbell);
  }

  get congested(): boolean {
    return this.#overflowBytes > 0;
  }
  get overflowBytes(): number {
    return this.#overflowBytes;
  }
  get sentCount(): number {
    return this.#sentCount;
  }
  get droppedCount(): number {
    return this.#droppedCount;
  }

  send(message: Outbound): void {
    if (this.#closed) return;
    const { buffer, start, end } = this.#encode(message);
    if (!this.congested && this.#write(buffer, start, end)) return;
    if (this.#delivery === 'lossy') {
      this.#droppedCount += 1;
      return;
    }
    this.#enqueue(copyOfFrame(buffer, start, end));
  }

  trySend(message: Outbound): boolean {
    if (this.#closed || this.congested) return false;
    const { buffer, start, end } = this.#encode(message);
    if (this.#write(buffer, start, end)) return true;
    if (this.#delivery === 'lossy') this.#droppedCount += 1;
    return false;
  }

  /** While congested: the peer has made room since it was asked for, so `flush` will get on. */
  get hasRoomSignal(): boolean {
    return this.#producer.spaceWasSignalled;
  }

  /** The peer stopped for good: what waits and what is still sent to it is dropped. */
  close(): void {
    this.#closed = true;
    this.#forgetOverflow();
  }

  /** Moves waiting records into the ring and makes everything visible. End of every turn. */
  flush(): void {
    if (this.congested) this.#drainOverflow();
    this.publish();
  }

  /** Makes committed records visible to the peer and wakes it if it sleeps. */
  publish(): void {
    this.#dirty = false;
    if (this.#producer.publish()) this.#button.ring();
  }

  /** The peer died and starts afresh on `ring`: what waited for the old one is forgotten. */
  relink(ring: SharedArrayBuffer, peerDoorbell: SharedArrayBuffer): void {
    this.#producer = this.#produceInto(ring);
    this.#button = new DoorbellButton(peerDoorbell);
    this.#closed = false;
    this.#forgetOverflow();
  }

  /** What a lossy link has no room for is lost, so it always has all of its ring. */
  #produceInto(ring: SharedArrayBuffer): RingProducer {
    return new RingProducer(ring, this.#delivery === 'reliable');
  }

  #forgetOverflow(): void {
    const wasCongested = this.congested;
    this.#overflow = [];
    this.#overflowFirst = 0;
    this.#overflowBytes = 0;
    if (wasCongested) this.#watch.onCongestion(false);
  }

  #encode(message: Outbound) {
    const frame = encodeFrame(message);
    assert(
      frame.end - frame.start <= this.#messageBytesMax,
      `message ${message.kind} to ${this.peer} keeps within the ${this.#messageBytesMax} bytes of its link`,
    );
    return frame;
  }

  #write(buffer: Buffer, start: number, end: number): boolean {
    if (!this.#producer.tryWrite(buffer, start, end)) return false;
    this.#sentCount += 1;
    if (this.#producer.unpublishedCount >= PUBLISH_RECORDS_MAX) {
      this.publish();
    } else if (!this.#dirty) {
      this.#dirty = true;
      this.#watch.onDirty();
    }
    return true;
  }

  #enqueue(record: Buffer): void {
    const wasCongested = this.congested;
    this.#overflowBytes += record.length;
    assert(
      this.#overflowBytes <= this.#overflowBytesMax,
      `overflow of the link to ${this.peer} keeps within ${this.#overflowBytesMax} bytes`,
    );
    this.#overflow.push(record);
    if (!wasCongested) {
      this.#watch.onCongestion(true);
      this.#drainOverflow();
    }
  }

  /** Oldest first. Asks for a signal before the last attempt, so that room made meanwhile counts. */
  #drainOverflow(): void {
    this.#writeOverflow();
    if (this.congested) {
      this.publish();
      this.#producer.requestSpaceSignal();
      this.#writeOverflow();
    }
    if (!this.congested) this.#watch.onCongestion(false);
  }

  #writeOverflow(): void {
    while (this.#overflowFirst < this.#overflow.length) {
      const record = this.#overflow[this.#overflowFirst];
      assert(record !== undefined, 'an overflow slot in range is filled');
      if (!this.#write(record, 0, record.length)) break;
      this.#overflowBytes -= record.length;
      this.#overflowFirst += 1;
    }
    this.#compactOverflow();
  }

  /** Drops spent slots once they are half the array: amortised constant cost per record. */
  #compactOverflow(): void {
    if (this.#overflowFirst * 2 < this.#overflow.length) return;
    this.#overflow.splice(0, this.#overflowFirst);
    this.#overflowFirst = 0;
  }
}

/** The reading end; only the run loop sees it. */
export class LinkReceiver {
  readonly peer: string;
  #consumer: RingConsumer;
  #button: DoorbellButton;
  readonly #releaseBytes: number;

  constructor(peer: string, ring: SharedArrayBuffer, peerDoorbell: SharedArrayBuffer) {
    this.peer = peer;
    this.#consumer = new RingConsumer(ring);
    this.#button = new DoorbellButton(peerDoorbell);
    this.#releaseBytes = ring.byteLength / 4;
  }

  get isEmpty(): boolean {
    return this.#consumer.isEmpty;
  }
  get unreadBytes(): number {
    return this.#consumer.unreadBytes;
  }

  /**
   * The next message, or undefined; decoded in `scratch`, if given. Throws RingCorruption on damaged
   * memory.
   */
  next(scratch?: FrameScratch): Message | undefined {
    const consumer = this.#consumer;
    if (!consumer.next()) return undefined;
    const { bytes, recordOffset, recordLength } = consumer;
    const message =
      scratch === undefined
        ? decodeFrame(bytes, recordOffset, recordLength)
        : scratch.decode(bytes, recordOffset, recordLength);
    // A waiting producer gets room while the rest of the batch is still being read.
    if (consumer.unreleasedBytes >= this.#releaseBytes) this.release();
    return message;
  }

  /** Gives the room of everything read back to the producer. End of every drained batch. */
  release(): void {
    if (this.#consumer.release()) this.#button.ring();
  }

  /** The peer died; its unread messages are forgotten and a fresh ring takes over. */
  relink(ring: SharedArrayBuffer, peerDoorbell: SharedArrayBuffer): void {
    this.#consumer = new RingConsumer(ring);
    this.#button = new DoorbellButton(peerDoorbell);
  }
}
