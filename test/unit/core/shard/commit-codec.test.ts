/** Goal: what a chain hands over is what storage reads, byte by byte, for any keys and values. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DELETED_VALUE, packChanges, type StateChange } from '#core/msb/packed-changes.ts';
import { encodeCommit, openCommit } from '#core/shard/commit-codec.ts';

const bytes = (lengthMax: number) => fc.uint8Array({ maxLength: lengthMax });
const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
);
const commit = fc.record({
  chain: fc.integer({ min: 0, max: 255 }),
  height: fc.integer({ min: 0, max: 0xffff_ffff }),
  hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  block: bytes(200),
  receipts: bytes(200),
  changes: fc.array(fc.tuple(key, fc.option(bytes(100), { nil: null }))) as fc.Arbitrary<
    StateChange[]
  >,
  transactionIds: fc.nat(3).chain((n) => fc.uint8Array({ minLength: n * 32, maxLength: n * 32 })),
  crosslinks: fc.array(fc.record({ chain: fc.nat(63), toHeight: fc.nat(0xffff_ffff) }), {
    maxLength: 4,
  }),
});

/** Written apart from the code under test, from the layout in its header. */
function unpack(section: Uint8Array): StateChange[] {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const changes: StateChange[] = [];
  let at = 0;
  while (at < section.length) {
    const keyEnd = at + 6 + view.getUint16(at, true);
    const valueBytes = view.getUint32(at + 2, true);
    const text = new TextDecoder().decode(section.subarray(at + 6, keyEnd));
    const deleted = valueBytes === DELETED_VALUE;
    at = keyEnd + (deleted ? 0 : valueBytes);
    changes.push([text, deleted ? null : section.slice(keyEnd, at)]);
  }
  return changes;
}

test('commit codec: any commit: reads back equal', () => {
  fc.assert(
    fc.property(commit, fc.nat(7), (input, shift) => {
      // The reader must not depend on where in a larger message the bytes lie.
      const encoded = encodeCommit({ ...input, changes: packChanges(input.changes) });
      const message = new Uint8Array(encoded.length + shift);
      message.set(encoded, shift);
      const packed = openCommit(message.subarray(shift));
      const { changes, changeCount, ...rest } = packed;
      assert.deepEqual(plain({ ...rest, changes: unpack(changes) }), plain(input));
      assert.equal(changeCount, input.changes.length);
    }),
  );
});

test('commit codec: a byte missing or too many: assertion', () => {
  const encoded = encodeCommit({
    chain: 1,
    height: 2,
    hash: new Uint8Array(32),
    block: Uint8Array.of(1),
    receipts: new Uint8Array(0),
    changes: packChanges([['k', Uint8Array.of(1)]]),
    transactionIds: new Uint8Array(0),
  });
  assert.throws(() => openCommit(encoded.subarray(0, -1)), /fill it/);
  assert.throws(() => openCommit(Uint8Array.of(...encoded, 0)), /fill it/);
});

/** Buffers, subarrays and null-prototype objects compare as what they hold. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, plain(field)]));
}
