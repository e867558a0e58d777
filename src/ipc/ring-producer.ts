/**
 * The writing end of a single-producer ring: claim, write, commit or abort, publish.
 *
 * Claimed and committed records are invisible to the reader until `publish()` stores head, so a
 * batch costs one atomic store and at most one wake-up. Invariant: between two calls at most one
 * record is claimed, and nothing at or beyond the published head is ever read by the other side.
 */

import { assert } from '#core/assert.ts';
import {
  HEAD_WORD,
  openRing,
  PADDING_MARK,
  PRODUCER_WAITING_WORD,
  payloadBytesMax,
  RECORD_HEADER_BYTES,
  type RingMemory,
  recordBytes,
  TAIL_WORD,
} from './ring-layout.ts';

/** Share of the ring that a reader who keeps up makes do with. */
const KEPT_SMALL_SHARE = 1 / 4;

export class RingProducer {
  readonly #ring: RingMemory;
  readonly #payloadBytesMax: number;
  /** From this place on an empty ring is begun anew. */
  readonly #beginsAnewFrom: number;
  /** Next free byte: everything before it is committed. Runs ahead of the published head. */
  #position: number;
  #publishedHead: number;
  /** The tail as last seen: stale means less room than there is, never more. */
  #tailSeen: number;
  #sequence = 0;
  /** Payload place and reserved bytes of the open claim; -1 when there is none. */
  #claimOffset = -1;
  #claimBytes = 0;
  #paddingBytes = 0;
  #committedCount = 0;

  /**
   * Opens a fresh ring: a ring has one producer in its life, a restarted actor gets a new ring.
   * `keepsSmall`: it may have less room for a moment, for those who can wait.
   */
  constructor(memory: SharedArrayBuffer, keepsSmall = true) {
    this.#ring = openRing(memory);
    const { capacity } = this.#ring;
    this.#payloadBytesMax = payloadBytesMax(capacity);
    this.#beginsAnewFrom = keepsSmall ? capacity * KEPT_SMALL_SHARE : capacity;
    this.#position = Atomics.load(this.#ring.words, HEAD_WORD);
    assert(this.#position === 0, 'a producer starts on a fresh ring');
    this.#publishedHead = 0;
    this.#tailSeen = Atomics.load(this.#ring.words, TAIL_WORD);
  }

  /** The data area; write the payload at the offset that `tryClaim` gave. */
  get bytes(): Buffer<SharedArrayBuffer> {
    return this.#ring.bytes;
  }

  /** Records committed and not yet published. */
  get unpublishedCount(): number {
    return this.#committedCount;
  }

  /** Bytes committed or published and not yet released by the reader, as last seen. */
  get usedBytes(): number {
    this.#tailSeen = Atomics.load(this.#ring.words, TAIL_WORD);
    return (this.#position - this.#tailSeen) | 0;
  }

  /**
   * Reserves `byteCount` contiguous bytes. Returns their offset in `bytes`, or -1 when the ring has
   * no room now. Asserts that the record can ever fit and that no claim is open.
   */
  tryClaim(byteCount: number): number {
    assert(this.#claimOffset < 0, 'one claim at a time');
    assert(byteCount >= 0 && byteCount <= this.#payloadBytesMax, 'record fits half the ring');
    const { capacity } = this.#ring;
    const place = this.#position & (capacity - 1);
    const needed = recordBytes(byteCount);
    const untilEnd = capacity - place;
    const padding = needed > untilEnd || this.#beginsAnew(place, needed) ? untilEnd : 0;
    if (!this.#hasRoom(padding + needed)) return -1;
    this.#paddingBytes = padding;
    this.#claimBytes = byteCount;
    this.#claimOffset = (padding === 0 ? place : 0) + RECORD_HEADER_BYTES;
    return this.#claimOffset;
  }

  /** Ends the claim; `byteCount` may be less than was claimed. The rest is given back. */
  commit(byteCount: number): void {
    assert(this.#claimOffset >= 0, 'commit follows a claim');
    assert(byteCount >= 0 && byteCount <= this.#claimBytes, 'commit keeps within the claim');
    const { headers, capacity } = this.#ring;
    if (this.#paddingBytes > 0) {
      headers[(this.#position & (capacity - 1)) >> 2] = PADDING_MARK;
      this.#position = (this.#position + this.#paddingBytes) | 0;
    }
    const headerIndex = (this.#claimOffset - RECORD_HEADER_BYTES) >> 2;
    headers[headerIndex] = byteCount;
    headers[headerIndex + 1] = this.#sequence;
    this.#sequence = (this.#sequence + 1) | 0;
    this.#position = (this.#position + recordBytes(byteCount)) | 0;
    this.#claimOffset = -1;
    this.#committedCount += 1;
  }

  /** Forgets the claim: nothing was reserved, the next claim starts at the same place. */
  abort(): void {
    assert(this.#claimOffset >= 0, 'abort follows a claim');
    this.#claimOffset = -1;
  }

  /** Claims, copies and commits `source[start, end)`. False when the ring has no room now. */
  tryWrite(source: Buffer, start: number, end: number): boolean {
    const offset = this.tryClaim(end - start);
    if (offset < 0) return false;
    source.copy(this.#ring.bytes, offset, start, end);
    this.commit(end - start);
    return true;
  }

  /** Makes all committed records visible. True when there was something: ring the doorbell then. */
  publish(): boolean {
    if (this.#publishedHead === this.#position) return false;
    Atomics.store(this.#ring.words, HEAD_WORD, this.#position);
    this.#publishedHead = this.#position;
    this.#committedCount = 0;
    return true;
  }

  /**
   * Asks the reader to ring this thread's doorbell when it next releases bytes.
   * SAFETY: after this call the producer must try to write once more before it sleeps. Either it
   * sees the new tail, or the reader sees the flag (both are sequentially consistent).
   */
  requestSpaceSignal(): void {
    Atomics.store(this.#ring.words, PRODUCER_WAITING_WORD, 1);
  }

  /** The reader has released bytes since `requestSpaceSignal`. */
  get spaceWasSignalled(): boolean {
    return Atomics.load(this.#ring.words, PRODUCER_WAITING_WORD) === 0;
  }

  /**
   * A reader that keeps up never needs most of the ring: skipping it leaves its pages untouched, so
   * they take no memory, and writes again what is still in the processor's cache. Until the reader
   * has skipped it too, there is as much room as lies before `place`.
   */
  #beginsAnew(place: number, needed: number): boolean {
    if (place < this.#beginsAnewFrom || needed > place) return false;
    if (this.#position !== this.#publishedHead) return false;
    this.#tailSeen = Atomics.load(this.#ring.words, TAIL_WORD);
    return this.#tailSeen === this.#position;
  }

  #hasRoom(byteCount: number): boolean {
    const { capacity, words } = this.#ring;
    if (((this.#position - this.#tailSeen) | 0) + byteCount <= capacity) return true;
    this.#tailSeen = Atomics.load(words, TAIL_WORD);
    return ((this.#position - this.#tailSeen) | 0) + byteCount <= capacity;
  }
}
