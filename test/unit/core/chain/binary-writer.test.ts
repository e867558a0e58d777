import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';

test('a number is written as the bigint of the same value', () => {
  const edges = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1];
  const number = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges));
  fc.assert(
    fc.property(number, (value) => {
      const expected = Buffer.alloc(8);
      expected.writeBigInt64BE(BigInt(value));
      assert.deepEqual(Buffer.from(new BinaryWriter().i64(value).finish()), expected);
      assert.deepEqual(Buffer.from(new BinaryWriter().i64(BigInt(value)).finish()), expected);
    }),
  );
  for (const bad of [0.5, Number.NaN, 2 ** 53]) assert.throws(() => new BinaryWriter().i64(bad));
});

test('texts and bytes of every length come back, whatever the first size of the memory', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.string({ minLength: 60, maxLength: 70 }),
  );
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 200 }), fc.nat(300), (string, bytes, size) => {
      const written = new BinaryWriter(size).string(string).bytes(bytes).raw(bytes);
      const expected = Buffer.concat([
        int(Buffer.byteLength(string)),
        Buffer.from(string),
        int(bytes.length),
        bytes,
        bytes,
      ]);
      assert.deepEqual(Buffer.from(written.finish()), expected);
      const read = decodeWith(written.take(), (reader) => [
        reader.string(),
        reader.bytes(),
        reader.raw(bytes.length),
      ]);
      assert.deepEqual(read, [string, bytes, bytes]);
    }),
  );
});

test('taken bytes are not written over', () => {
  const writer = new BinaryWriter(4).i32(1);
  const taken = writer.take();
  assert.equal(writer.length, 0);
  writer.i32(2);
  assert.deepEqual([...taken], [0, 0, 0, 1]);
  assert.deepEqual([...writer.finish()], [0, 0, 0, 2]);
});

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
