import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import {
  copyOfFrame,
  decodeFrame,
  decodeUntrustedFrame,
  encodeFrame,
  FrameScratch,
  type Message,
} from '#ipc/frame.ts';
import { FRAME_DEPTH_MAX, scanFrame } from '#ipc/frame-scan.ts';
import { SeededRandom } from '#test/support/seeded-random.ts';

function throughSharedMemory(message: Message): Message {
  const { buffer, start, end } = encodeFrame(message);
  const shared = Buffer.from(new SharedArrayBuffer(end - start + 8));
  buffer.copy(shared, 3, start, end);
  const decoded = decodeFrame(shared, 3, end - start);
  shared.fill(0xff);
  return decoded;
}

function bytesOf(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

test('frame: plain data: comes back the same, and does not alias the ring', () => {
  const message = {
    kind: 'everything',
    small: 7,
    large: 2 ** 53 - 1,
    negative: -(2 ** 40),
    fraction: 0.1,
    bigintSmall: 1n,
    bigintMax: 2n ** 64n - 1n,
    bigintMin: -(2n ** 63n),
    text: 'Zürich 東京 🎏',
    nothing: null,
    yes: true,
    bytes: bytesOf(1, 2, 3),
    list: [1n, 'two', [bytesOf(), bytesOf(9)]],
    nested: { deep: { deeper: [{ bytes: new Uint8Array(70_000).fill(5) }] } },
  };
  const decoded = throughSharedMemory(message);
  assert.deepEqual(decoded, message);
  const { bytes } = decoded as unknown as { bytes: Uint8Array };
  assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype, 'slice() copies');
});

test('frame: undefined becomes null; what has no plain form is the sender’s bug', () => {
  const fields = throughSharedMemory({ kind: 'k', gone: undefined } as Message);
  assert.deepEqual(fields, { kind: 'k', gone: null });
  const dated = { kind: 'k', at: new Date() } as Message;
  assert.throws(() => throughSharedMemory(dated), /well-formed msgpack/);
  assert.throws(() => throughSharedMemory({ kind: 'k', huge: 2n ** 64n } as Message), RangeError);
  assert.throws(() => throughSharedMemory({} as Message), /object with a kind/);
});

test('frame: any tree of plain data: round trip (property)', () => {
  const leaf = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'grapheme' }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 300 }),
  );
  const key = fc.string({ minLength: 1, maxLength: 10 }).filter((name) => name !== '__proto__');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree'), { maxLength: 8 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 6, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      assert.deepEqual(throughSharedMemory({ kind: 'k', value } as Message), { kind: 'k', value });
    }),
    { numRuns: 300 },
  );
});

test('frame: a kept copy: survives the next encoding', () => {
  const first = encodeFrame({ kind: 'first', bytes: new Uint8Array(100).fill(1) });
  const kept = copyOfFrame(first.buffer, first.start, first.end);
  encodeFrame({ kind: 'second', bytes: new Uint8Array(100).fill(2) });
  assert.equal(decodeFrame(kept, 0, kept.length).kind, 'first');
});

const REFUSED: readonly (readonly [name: string, bytes: Uint8Array, reason: RegExp])[] = [
  ['empty', bytesOf(), /cut off/],
  ['reserved 0xc1', bytesOf(0xc1), /0xc1 is not allowed/],
  ['record extension', bytesOf(0xd4, 0x72, 0x40), /0xd4 is not allowed/],
  ['cyclic reference', bytesOf(0xd6, 0x70, 0, 0, 0, 0), /0xd6 is not allowed/],
  ['ext 8', bytesOf(0xc7, 0, 1), /0xc7 is not allowed/],
  ['bytes after the value', bytesOf(0x01, 0x02), /trailing/],
  ['string cut off', bytesOf(0xa5, 0x61), /exceeds/],
  ['bin 32 that promises 4 GiB', bytesOf(0xc6, 0xff, 0xff, 0xff, 0xff), /exceeds/],
  ['array 32 that promises 2^32 values', bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff), /exceeds/],
  ['map 32 that promises 2^32 pairs', bytesOf(0xdf, 0xff, 0xff, 0xff, 0xff), /exceeds/],
  ['map whose second value is missing', bytesOf(0x81, 0xa1, 0x61), /cut off/],
  ['float 64 cut off', bytesOf(0xcb, 0, 0), /cut off/],
  ['head cut off', bytesOf(0xdb, 0, 0), /cut off/],
  ['17 nested arrays', new Uint8Array(18).fill(0x91), /too deeply/],
  ['a million nested arrays', new Uint8Array(1_000_000).fill(0x91), /too deeply/],
];

for (const [name, bytes, reason] of REFUSED) {
  test(`frame from outside: ${name}: refused`, () => {
    const decoded = decodeUntrustedFrame(bytes, 2_000_000);
    assert.ok(!decoded.ok);
    assert.equal(decoded.failure.code, 'bad-frame');
    assert.match(decoded.failure.message, reason);
  });
}

test('frame from outside: size and depth at their limits: accepted, one more: refused', () => {
  const bytes = bytesOf(0xc4, 3, 1, 2, 3);
  assert.ok(decodeUntrustedFrame(bytes, 5).ok);
  const tooLarge = decodeUntrustedFrame(bytes, 4);
  assert.ok(!tooLarge.ok && tooLarge.failure.code === 'frame-too-large');
  const deepest = new Uint8Array(FRAME_DEPTH_MAX + 1).fill(0x91, 0, FRAME_DEPTH_MAX);
  assert.ok(decodeUntrustedFrame(deepest, 100).ok);
});

test('frame from outside: random bytes and damaged frames: an answer, never an exception', () => {
  for (let seed = 1; seed <= 3000; seed += 1) {
    const random = new SeededRandom(seed);
    const frame = pack({ kind: 'k', list: [1, 'two', { three: new Uint8Array(20) }], n: -5.5 });
    const bytes =
      seed % 3 === 0
        ? Uint8Array.from({ length: random.below(60) }, () => random.below(256))
        : Uint8Array.from(frame);
    for (let hit = 0; hit < 3; hit += 1) bytes[random.below(bytes.length + 1)] = random.below(256);
    const decoded = decodeUntrustedFrame(bytes.subarray(0, random.below(bytes.length + 1)), 100);
    assert.equal(typeof decoded.ok, 'boolean');
  }
});

test('frame scan: never looks outside its range', () => {
  const bytes = bytesOf(0xa5, 0x61, 0x61, 0x61, 0x61, 0x61, 0x05);
  assert.ok(scanFrame(bytes, 0, 6).ok);
  assert.ok(!scanFrame(bytes, 0, 5).ok);
  assert.ok(scanFrame(bytes, 6, 7).ok);
});

test('scratch: messages of any length one after the other, valid until the next', () => {
  const scratch = new FrameScratch();
  let before: Uint8Array | undefined;
  for (const length of [5, 100_000, 70_000, 300_000, 0, 12]) {
    const content = new Uint8Array(length).fill(length);
    const { buffer, start, end } = encodeFrame({ kind: 'part', content, text: `${length} é` });
    const shared = Buffer.from(new SharedArrayBuffer(end - start + 8));
    buffer.copy(shared, 3, start, end);
    const message = scratch.decode(shared, 3, end - start) as unknown as { content: Uint8Array };
    shared.fill(0xff);
    assert.deepEqual({ ...message }, { kind: 'part', content, text: `${length} é` });
    if (length === 70_000) assert.equal(message.content.buffer, before?.buffer, 'one memory');
    before = message.content;
  }
});
