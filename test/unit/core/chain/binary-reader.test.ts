/** Integers come back as they were written, wherever they lie, and never from beyond the input. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';

test('integers of all widths and signs, at any offset', () => {
  const integers = fc.tuple(
    fc.nat(7),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.integer(),
    fc.nat(2 ** 32 - 1),
  );
  fc.assert(
    fc.property(integers, ([gap, long, signed, unsigned]) => {
      const writer = new BinaryWriter();
      for (let count = 0; count < gap; count++) writer.u8(255);
      const bytes = writer.i64(long).i32(signed).i32(unsigned).finish();
      const read = decodeWith(bytes, (reader) => {
        for (let count = 0; count < gap; count++) assert.equal(reader.u8(), 255);
        return [reader.i64(), reader.i32(), reader.u32()];
      });
      assert.deepEqual(read, [long, signed, unsigned]);
    }),
  );
});

test('an integer that the input cuts short is malformed', () => {
  const bytes = new Uint8Array(7);
  assert.equal(
    decodeWith(bytes, (reader) => reader.i64()),
    undefined,
  );
  assert.equal(
    decodeWith(bytes.subarray(0, 3), (reader) => reader.i32()),
    undefined,
  );
});
