import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingConsumer } from '#ipc/ring-consumer.ts';
import { RingCorruption, type RingCorruptionCode } from '#ipc/ring-corruption.ts';
import {
  CAPACITY_WORD,
  createRing,
  DATA_OFFSET_BYTES,
  HEAD_WORD,
  openRing,
  payloadBytesMax,
  TAIL_WORD,
} from '#ipc/ring-layout.ts';
import { RingProducer } from '#ipc/ring-producer.ts';
import { fillRecord, isRecord } from '#test/support/ipc/numbered-records.ts';
import { SeededRandom } from '#test/support/seeded-random.ts';

function createPair(capacity: number) {
  const memory = createRing(capacity);
  return { memory, producer: new RingProducer(memory), consumer: new RingConsumer(memory) };
}

function write(producer: RingProducer, index: number, length: number): boolean {
  const offset = producer.tryClaim(length);
  if (offset < 0) return false;
  fillRecord(producer.bytes, offset, index, length);
  producer.commit(length);
  return true;
}

function readIs(consumer: RingConsumer, index: number, length: number): boolean {
  return (
    consumer.next() &&
    consumer.recordLength === length &&
    isRecord(consumer.bytes, consumer.recordOffset, index, length)
  );
}

function corruptionCode(read: () => unknown): RingCorruptionCode {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof RingCorruption, `a typed failure, not ${String(error)}`);
    return error.code;
  }
  return assert.fail('damage was not noticed');
}

test('ring: a committed record: invisible before publish, whole after it', () => {
  const { producer, consumer } = createPair(1024);
  assert.ok(write(producer, 1, 100));
  assert.equal(consumer.isEmpty, true);
  assert.equal(consumer.next(), false);
  assert.equal(producer.publish(), true);
  assert.equal(producer.publish(), false, 'nothing new to publish');
  assert.equal(consumer.isEmpty, false);
  assert.ok(readIs(consumer, 1, 100));
  assert.equal(consumer.next(), false);
});

test('ring: abort and short commit: the next record follows without a gap', () => {
  const { producer, consumer } = createPair(1024);
  producer.tryClaim(300);
  producer.abort();
  const offset = producer.tryClaim(300);
  fillRecord(producer.bytes, offset, 7, 40);
  producer.commit(40);
  assert.equal(producer.usedBytes, 48, 'header and 40 bytes');
  assert.ok(write(producer, 8, 0));
  producer.publish();
  assert.ok(readIs(consumer, 7, 40));
  assert.ok(readIs(consumer, 8, 0), 'an empty record is a record');
});

test('ring: record reaches the end: padding then wrap (capacity=1024)', () => {
  for (let first = 0; first <= payloadBytesMax(1024); first += 1) {
    const { producer, consumer } = createPair(1024);
    for (let index = 0; index < 12; index += 1) {
      const length = index % 2 === 0 ? first : payloadBytesMax(1024) - first;
      assert.ok(write(producer, index, length), `record ${index} fits the empty ring (${first})`);
      producer.publish();
      assert.ok(readIs(consumer, index, length));
      consumer.release();
    }
    assert.equal(producer.usedBytes, 0);
  }
});

test('ring: reader keeps up: three quarters are never touched', () => {
  const { memory, producer, consumer } = createPair(4096);
  for (let index = 0; index < 200; index += 1) {
    assert.ok(write(producer, index, 24));
    producer.publish();
    assert.ok(readIs(consumer, index, 24));
    consumer.release();
  }
  const rest = new Uint8Array(memory, DATA_OFFSET_BYTES + 1024 + 8);
  assert.ok(rest.every((byte) => byte === 0));
});

test('ring: for those who cannot wait: an empty ring takes a small record and then a large one', () => {
  for (let before = 0; before < 30; before += 1) {
    const memory = createRing(1024);
    const producer = new RingProducer(memory, false);
    const consumer = new RingConsumer(memory);
    for (let index = 0; index < before; index += 1) {
      assert.ok(write(producer, index, 24));
      producer.publish();
      assert.ok(readIs(consumer, index, 24));
      consumer.release();
    }
    // The small one must not begin anew: the large one would have to wait for the reader.
    assert.ok(write(producer, before, 24));
    assert.ok(write(producer, before + 1, 440));
  }
});

test('ring: reader lags: the whole ring is used', () => {
  const { producer, consumer } = createPair(1024);
  assert.ok(write(producer, 0, 24));
  producer.publish();
  for (let index = 1; index < 32; index += 1) assert.ok(write(producer, index, 24));
  assert.equal(producer.tryClaim(0), -1);
  producer.publish();
  for (let index = 0; index < 32; index += 1) assert.ok(readIs(consumer, index, 24));
});

test('ring: full: claim is refused, and accepted again once the reader has released', () => {
  const { producer, consumer } = createPair(1024);
  let written = 0;
  while (write(producer, written, 120)) written += 1;
  assert.equal(written, 8, '8 records of 128 bytes fill 1024');
  producer.publish();
  assert.ok(readIs(consumer, 0, 120));
  assert.equal(producer.tryClaim(120), -1, 'read but not released');
  consumer.release();
  assert.ok(write(producer, written, 120));
});

test('ring: reader releases: it says so once to a producer that asked', () => {
  const { producer, consumer } = createPair(1024);
  for (let index = 0; index < 3; index += 1) write(producer, index, 8);
  producer.publish();
  consumer.next();
  assert.equal(consumer.release(), false, 'nobody asked');
  producer.requestSpaceSignal();
  assert.equal(producer.spaceWasSignalled, false);
  assert.equal(consumer.release(), false, 'nothing new to release');
  consumer.next();
  assert.equal(consumer.release(), true);
  assert.equal(producer.spaceWasSignalled, true);
  consumer.next();
  assert.equal(consumer.release(), false, 'told already');
});

test('ring: positions pass 2^32: records keep arriving', () => {
  const memory = createRing(1024);
  const words = new Int32Array(memory);
  const consumer = new RingConsumer(memory);
  const producer = new RingProducer(memory);
  // Two 504-byte records per 1 KiB would take hours to 2^32, so the arithmetic alone is checked:
  // a ring whose counters start just below the wrap behaves like a fresh one.
  assert.ok(write(producer, 0, 8));
  producer.publish();
  assert.ok(readIs(consumer, 0, 8));
  words[HEAD_WORD] = -16;
  words[TAIL_WORD] = -16;
  const late = new RingConsumer(memory);
  const headers = openRing(memory).headers;
  headers[(1024 - 16) / 4] = 8;
  headers[(1024 - 16) / 4 + 1] = 0;
  words[HEAD_WORD] = 0;
  assert.equal(late.unreadBytes, 16);
  assert.equal(late.next(), true);
  assert.equal(late.recordLength, 8);
  assert.equal(late.release(), false);
  assert.equal(words[TAIL_WORD], 0, 'the tail wrapped to 0');
});

test('ring: misuse is a bug: assertions', () => {
  const { memory, producer } = createPair(1024);
  assert.throws(() => producer.tryClaim(payloadBytesMax(1024) + 1), /fits half the ring/);
  assert.throws(() => producer.commit(1), /commit follows a claim/);
  assert.throws(() => producer.abort(), /abort follows a claim/);
  producer.tryClaim(10);
  assert.throws(() => producer.tryClaim(10), /one claim at a time/);
  assert.throws(() => producer.commit(11), /keeps within the claim/);
  assert.throws(() => createRing(1000), /power of two/);
  producer.commit(10);
  producer.publish();
  assert.throws(() => new RingProducer(memory), /fresh ring/, 'one producer in a life');
  new Int32Array(memory)[CAPACITY_WORD] = 2048;
  assert.throws(() => new RingConsumer(memory), /agrees with its memory/);
});

test('ring: damaged memory: a typed failure and no byte outside the record', () => {
  const damage = (change: (headers: Int32Array, words: Int32Array) => void): RingCorruptionCode => {
    const { memory, producer, consumer } = createPair(1024);
    write(producer, 0, 20);
    write(producer, 1, 20);
    producer.publish();
    change(new Int32Array(memory, DATA_OFFSET_BYTES), new Int32Array(memory));
    return corruptionCode(() => {
      while (consumer.next()) {
        assert.ok(consumer.recordOffset >= 8);
        assert.ok(consumer.recordOffset + consumer.recordLength <= 64, 'what was published');
      }
    });
  };
  const lengthOf = (length: number) => damage((headers) => (headers[0] = length));
  assert.equal(lengthOf(57), 'length-out-of-range', 'one byte more than was published');
  assert.equal(lengthOf(2 ** 31 - 1), 'length-out-of-range');
  assert.equal(lengthOf(-2), 'length-out-of-range');
  assert.equal(lengthOf(-(2 ** 31)), 'length-out-of-range');
  assert.equal(lengthOf(-1), 'padding-out-of-range', 'padding with nothing behind it');
  assert.equal(
    damage((headers) => (headers[1] = 5)),
    'sequence-mismatch',
  );
  const headOf = (head: number) => damage((_, words) => (words[HEAD_WORD] = head));
  assert.equal(headOf(4), 'head-out-of-range');
  assert.equal(headOf(12), 'head-out-of-range', 'not a multiple of 8');
  assert.equal(headOf(2048), 'head-out-of-range', 'more than the capacity');
  assert.equal(headOf(-8), 'head-out-of-range', 'behind the tail');
});

test('ring: a length that swallows the next record: noticed at the record behind it', () => {
  const { memory, producer, consumer } = createPair(1024);
  for (let index = 0; index < 3; index += 1) write(producer, index, 24);
  producer.publish();
  new Int32Array(memory, DATA_OFFSET_BYTES)[0] = 56;
  assert.equal(consumer.next(), true);
  assert.equal(
    corruptionCode(() => consumer.next()),
    'sequence-mismatch',
  );
});

test('ring: random damage of any header byte: never an access outside the data (seeds 1..300)', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = new SeededRandom(seed);
    const { memory, producer, consumer } = createPair(1024);
    for (let index = 0; write(producer, index, random.below(100)); index += 1);
    producer.publish();
    const words = new Int32Array(memory, DATA_OFFSET_BYTES);
    for (let hit = 0; hit < 4; hit += 1) words[random.below(256)] = random.below(2 ** 32) | 0;
    try {
      while (consumer.next()) {
        assert.ok(consumer.recordOffset + consumer.recordLength <= 1024, `seed ${seed}`);
        consumer.release();
      }
    } catch (error) {
      assert.ok(error instanceof RingCorruption, `seed ${seed}: ${String(error)}`);
    }
  }
});

/** Every operation on the ring is repeated on a plain array and must give the same answer. */
function runAgainstModel(seed: number): void {
  const random = new SeededRandom(seed);
  const capacity = 1024 << random.below(3);
  const { producer, consumer } = createPair(capacity);
  const committed: { index: number; length: number }[] = [];
  const published: { index: number; length: number }[] = [];
  let nextIndex = 0;
  for (let step = 0; step < 600; step += 1) {
    const choice = random.below(10);
    if (choice < 4) {
      const limit = random.below(4) === 0 ? payloadBytesMax(capacity) : 64;
      const length = random.below(limit + 1);
      const usedBefore = producer.usedBytes;
      if (write(producer, nextIndex, length)) {
        committed.push({ index: nextIndex, length });
        nextIndex += 1;
      } else {
        assert.ok(usedBefore > 0, `seed ${seed}: an empty ring takes every legal record`);
      }
    } else if (choice === 4) {
      if (producer.tryClaim(random.below(64)) >= 0) producer.abort();
    } else if (choice < 7) {
      assert.equal(producer.publish(), committed.length > 0, `seed ${seed} step ${step}`);
      published.push(...committed.splice(0));
    } else if (choice < 9) {
      const expected = published.shift();
      if (expected === undefined) assert.equal(consumer.next(), false, `seed ${seed} step ${step}`);
      else
        assert.ok(readIs(consumer, expected.index, expected.length), `seed ${seed} step ${step}`);
    } else {
      consumer.release();
      if (published.length === 0 && committed.length === 0) assert.equal(producer.usedBytes, 0);
    }
    assert.ok(producer.usedBytes <= capacity);
  }
}

test('ring: any sequence of operations: the same as a queue (seeds 1..400)', () => {
  for (let seed = 1; seed <= 400; seed += 1) runAgainstModel(seed);
});
