/**
 * Where things lie in the shared memory of one ring.
 *
 *     byte   0  magic, capacity                    written once, before any thread sees the ring
 *     byte  64  head: bytes ever published         written by the producer only
 *     byte 128  tail: bytes ever released          written by the consumer only
 *     byte 192  producerWaiting: 0 | 1             set by the producer, taken by the consumer
 *     byte 256  data, `capacity` bytes             a power of two
 *
 * Each word that one side writes has a cache line of its own, so the sides do not slow each other.
 *
 * Head and tail count bytes modulo 2^32 and never wrap at the capacity; `head - tail | 0` is the
 * number of unread bytes because capacities stay far below 2^31. The place of a position is
 * `position & (capacity - 1)`.
 *
 * A record is 8-aligned and never wraps around the end:
 *
 *     int32  length of the payload in bytes, or PADDING_MARK: "nothing more up to the end"
 *     int32  sequence number of the record (counts up from 0, modulo 2^32)
 *     bytes  payload, then up to 7 bytes of slack to the next multiple of 8
 *
 * A producer may also pad to begin anew in a ring that is empty.
 *
 * The sequence number costs one store and turns most damage (a lost store, a second producer, a
 * foreign write) into a refusal at the reader instead of a misread message.
 *
 * Invariant: tail <= head <= tail + capacity (modulo 2^32); only complete records lie between.
 *
 * SAFETY (memory order): JavaScript `Atomics` are sequentially consistent. The producer writes the
 * payload with plain stores, then stores head atomically; the consumer loads head atomically, then
 * reads the payload. Head's store/load pair orders the payload. The same holds for tail in the
 * other direction, so the producer never overwrites bytes that are still being read.
 */

import { assert } from '#core/assert.ts';

export const RING_MAGIC = 0x494f5352;
export const MAGIC_WORD = 0;
export const CAPACITY_WORD = 1;
export const HEAD_WORD = 16;
export const TAIL_WORD = 32;
export const PRODUCER_WAITING_WORD = 48;
export const DATA_OFFSET_BYTES = 256;

export const RECORD_HEADER_BYTES = 8;
export const PADDING_MARK = -1;

/** A smaller ring has no room for a useful record, a larger one would break `head - tail | 0`. */
export const RING_BYTES_MIN = 1024;
export const RING_BYTES_MAX = 1 << 28;

/** The views both ends of a ring work on. `bytes` covers the data area only. */
export type RingMemory = {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The same data area as `bytes`, four bytes at a time, for record headers. */
  readonly headers: Int32Array<SharedArrayBuffer>;
  readonly bytes: Buffer<SharedArrayBuffer>;
  readonly capacity: number;
};

export function isRingCapacity(bytes: number): boolean {
  return (
    Number.isInteger(bytes) &&
    bytes >= RING_BYTES_MIN &&
    bytes <= RING_BYTES_MAX &&
    (bytes & (bytes - 1)) === 0
  );
}

/**
 * Largest payload a ring of `capacity` bytes can always take once it is empty. Half, because in the
 * worst case almost one whole record of padding goes before it.
 */
export function payloadBytesMax(capacity: number): number {
  return capacity / 2 - RECORD_HEADER_BYTES;
}

/** Bytes a payload occupies with its header and slack. */
export function recordBytes(payloadBytes: number): number {
  return (payloadBytes + RECORD_HEADER_BYTES + 7) & ~7;
}

/** Allocates an empty ring. `capacity` in bytes, a power of two. */
export function createRing(capacity: number): SharedArrayBuffer {
  assert(isRingCapacity(capacity), 'ring capacity is a power of two from 1 KiB to 256 MiB');
  const memory = new SharedArrayBuffer(DATA_OFFSET_BYTES + capacity);
  const words = new Int32Array(memory, 0, DATA_OFFSET_BYTES / 4);
  words[MAGIC_WORD] = RING_MAGIC;
  words[CAPACITY_WORD] = capacity;
  return memory;
}

export function openRing(memory: SharedArrayBuffer): RingMemory {
  const words = new Int32Array(memory, 0, DATA_OFFSET_BYTES / 4);
  const capacity = memory.byteLength - DATA_OFFSET_BYTES;
  assert(words[MAGIC_WORD] === RING_MAGIC, 'shared memory is a ring');
  assert(words[CAPACITY_WORD] === capacity, 'ring capacity agrees with its memory');
  assert(isRingCapacity(capacity), 'ring capacity is a power of two');
  return {
    words,
    headers: new Int32Array(memory, DATA_OFFSET_BYTES, capacity / 4),
    bytes: Buffer.from(memory, DATA_OFFSET_BYTES, capacity),
    capacity,
  };
}
