/** Names read from bytes: the same as any other way of reading them, and one string each. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NAME_BYTES_MAX, nameAt } from '#core/chain/names.ts';

const utf8 = new TextEncoder();

test('a name is what its bytes say, whatever was read before', () => {
  const name = fc.string({ unit: 'binary-ascii', maxLength: NAME_BYTES_MAX });
  fc.assert(
    fc.property(fc.array(name), fc.nat(3), (names, gap) => {
      const bytes = utf8.encode(names.join('-'.repeat(gap)));
      let start = 0;
      for (const expected of names) {
        assert.equal(nameAt(bytes, start, start + expected.length), expected);
        start += expected.length + gap;
      }
    }),
  );
});

test('names that share a slot do not take each other’s place in an answer', () => {
  // More names than slots: many of them must meet.
  const names = Array.from({ length: 40_000 }, (_, index) => utf8.encode(`account${index}`));
  for (const [index, bytes] of names.entries()) {
    assert.equal(nameAt(bytes, 0, bytes.length), `account${index}`);
  }
  for (const [index, bytes] of names.entries()) {
    assert.equal(nameAt(bytes, 0, bytes.length), `account${index}`);
  }
});

test('bytes beyond ASCII are left to the decoder', () => {
  const bytes = utf8.encode('zoë');
  assert.equal(nameAt(bytes, 0, bytes.length), undefined);
});
