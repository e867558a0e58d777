/**
 * The reading end of a single-consumer ring.
 *
 * Every header is checked against the published bytes before its payload is touched, so damage in
 * shared memory becomes a `RingCorruption`, never an access outside the record. Invariant: the
 * bytes of a record stay valid until `release()`; whoever keeps them longer copies them first.
 */

import { RingCorruption } from './ring-corruption.ts';
import {
  HEAD_WORD,
  openRing,
  PADDING_MARK,
  PRODUCER_WAITING_WORD,
  RECORD_HEADER_BYTES,
  type RingMemory,
  recordBytes,
  TAIL_WORD,
} from './ring-layout.ts';

export class RingConsumer {
  readonly #ring: RingMemory;
  /** Everything before it has been read. Runs ahead of the released tail. */
  #position: number;
  #releasedTail: number;
  #headSeen: number;
  #sequence = 0;
  #recordOffset = 0;
  #recordLength = 0;

  /** Opens the ring from its start: a ring has one consumer in its life. */
  constructor(memory: SharedArrayBuffer) {
    this.#ring = openRing(memory);
    this.#position = Atomics.load(this.#ring.words, TAIL_WORD);
    this.#releasedTail = this.#position;
    this.#headSeen = this.#position;
  }

  /** The data area; the current record lies at `recordOffset`, `recordLength` bytes long. */
  get bytes(): Buffer<SharedArrayBuffer> {
    return this.#ring.bytes;
  }
  get recordOffset(): number {
    return this.#recordOffset;
  }
  get recordLength(): number {
    return this.#recordLength;
  }

  /** Published and unread bytes, padding included. */
  get unreadBytes(): number {
    return (Atomics.load(this.#ring.words, HEAD_WORD) - this.#position) | 0;
  }

  /** One atomic load: is there a record to read? Used while spinning. */
  get isEmpty(): boolean {
    if (this.#headSeen !== this.#position) return false;
    return Atomics.load(this.#ring.words, HEAD_WORD) === this.#position;
  }

  /** Steps to the next record. False when there is none. Throws RingCorruption. */
  next(): boolean {
    if (this.#headSeen === this.#position) {
      const head = Atomics.load(this.#ring.words, HEAD_WORD);
      if (head === this.#position) return false;
      this.#acceptHead(head);
    }
    const { headers, capacity } = this.#ring;
    let place = this.#position & (capacity - 1);
    if (headers[place >> 2] === PADDING_MARK) {
      this.#skipPadding(capacity - place);
      place = 0;
    }
    this.#acceptRecord(place, headers[place >> 2] ?? 0, headers[(place >> 2) + 1] ?? 0);
    return true;
  }

  /**
   * Gives the bytes of all records read so far back to the producer. True when the producer waits
   * for room: ring its doorbell then.
   */
  release(): boolean {
    if (this.#releasedTail === this.#position) return false;
    const { words } = this.#ring;
    Atomics.store(words, TAIL_WORD, this.#position);
    this.#releasedTail = this.#position;
    // SAFETY: tail is stored before the flag is looked at; the producer sets the flag before it
    // looks at tail again. One of the two sees the other, so no wake-up is lost.
    if (Atomics.load(words, PRODUCER_WAITING_WORD) === 0) return false;
    return Atomics.exchange(words, PRODUCER_WAITING_WORD, 0) === 1;
  }

  /** Bytes read and not yet released. */
  get unreleasedBytes(): number {
    return (this.#position - this.#releasedTail) | 0;
  }

  #acceptHead(head: number): void {
    const unread = (head - this.#position) | 0;
    const held = (head - this.#releasedTail) | 0;
    if (unread < RECORD_HEADER_BYTES || held > this.#ring.capacity || (head & 7) !== 0) {
      throw new RingCorruption('head-out-of-range', this.#position, head);
    }
    this.#headSeen = head;
  }

  #skipPadding(untilEnd: number): void {
    // A producer only pads to place a record behind it, so the padding is never the last thing.
    if (((this.#headSeen - this.#position) | 0) < untilEnd + RECORD_HEADER_BYTES) {
      throw new RingCorruption('padding-out-of-range', this.#position, untilEnd);
    }
    this.#position = (this.#position + untilEnd) | 0;
  }

  #acceptRecord(place: number, length: number, sequence: number): void {
    const unread = (this.#headSeen - this.#position) | 0;
    const contiguous = Math.min(unread, this.#ring.capacity - place);
    if (length < 0 || length > contiguous - RECORD_HEADER_BYTES) {
      throw new RingCorruption('length-out-of-range', this.#position, length);
    }
    if (sequence !== this.#sequence) {
      throw new RingCorruption('sequence-mismatch', this.#position, sequence);
    }
    this.#sequence = (this.#sequence + 1) | 0;
    this.#recordOffset = place + RECORD_HEADER_BYTES;
    this.#recordLength = length;
    this.#position = (this.#position + recordBytes(length)) | 0;
  }
}
