import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeStateValue, type StateValue } from '#core/ledger/state-value.ts';
import { packChanges, packValues, type StateChange } from '#core/msb/packed-changes.ts';
import { StateTree } from '#core/msb/state-tree.ts';

const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
const key = text.filter((each) => each !== '');
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const value: fc.Arbitrary<StateValue | undefined> = fc.oneof(
  fc.record({ kind: fc.constantFrom('string', 'json'), value: text, payer: text }),
  fc.record({ kind: fc.constant('int'), value: int64, payer: text }),
  fc.record({ kind: fc.constant('bool'), value: fc.boolean(), payer: text }),
  fc.record({ kind: fc.constant('decimal'), value: int64, scale: fc.nat(18), payer: text }),
  fc.record({ kind: fc.constant('bytes'), value: fc.uint8Array({ maxLength: 90 }) }),
  fc.constant(undefined),
) as fc.Arbitrary<StateValue | undefined>;

test('values pack as their encodings do, and read back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value)), (entries) => {
      const changes = new Map(entries);
      const encoded = [...changes].map(
        ([each, content]): StateChange => [
          each,
          content === undefined ? null : encodeStateValue(content),
        ],
      );
      const packed = packValues(changes);
      assert.equal(packed.count, changes.size);
      assert.deepEqual(packed, packChanges(encoded));
      assert.deepEqual([...packed], encoded);
    }),
  );
});

test('a tree takes packed changes like any others', () => {
  const bytes = fc.option(fc.uint8Array({ maxLength: 1500 }), { nil: null });
  fc.assert(
    fc.property(fc.array(fc.tuple(key, bytes), { maxLength: 60 }), (changes) => {
      const [plain, packed] = [new StateTree(), new StateTree()];
      plain.updateState(changes);
      packed.updateState(packChanges(changes));
      assert.deepEqual(packed.root(), plain.root());
      assert.equal(packed.leafCount, plain.leafCount);
    }),
  );
});

test('more changes than are hashed at once, and more bytes than are kept', () => {
  const changes = Array.from({ length: 70_000 }, (_, index): StateChange => {
    return [`key ${index % 40_000}`, index % 7 === 0 ? null : new Uint8Array(80).fill(index)];
  });
  const [plain, packed] = [new StateTree(), new StateTree()];
  plain.updateState(changes);
  packed.updateState(packChanges(changes));
  assert.deepEqual(packed.root(), plain.root());
  assert.equal(packChanges([['a', null]]).bytes.length, 7);
});

test('an empty or too long key: assertion', () => {
  for (const bad of ['', 'k'.repeat(1025), 'é'.repeat(513)]) {
    assert.throws(() => packChanges([[bad, null]]), /1 to 1,024/);
  }
  assert.equal(packChanges([['é'.repeat(512), null]]).count, 1);
});
