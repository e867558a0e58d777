import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base58Decode, base58DecodeExact, base58Encode } from '#core/crypto/base58.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

test('known answers', () => {
  assert.equal(base58Encode(new Uint8Array([0x01, 0xb9, 0x7b])), 'abc');
  assert.equal(base58Encode(new Uint8Array(0)), '');
  assert.equal(base58Encode(new Uint8Array(3)), '111');
  assert.deepEqual(base58Decode('abc'), new Uint8Array([0x01, 0xb9, 0x7b]));
  assert.deepEqual(base58Decode(''), new Uint8Array(0));
  assert.deepEqual(base58Decode('11'), new Uint8Array(2));
});

test('what is not base58 is refused', () => {
  for (const text of ['0', 'O', 'I', 'l', 'ab c', 'abé', 'ab\u{1f389}', 'a'.repeat(1401)]) {
    assert.equal(base58Decode(text), undefined, text);
  }
  assert.equal(base58DecodeExact('abc', 4), undefined);
  assert.equal(base58DecodeExact('abc', 3)?.length, 3);
});

test('agrees with plain arithmetic on big integers, both ways, leading zeros included', () => {
  const lengths = fc.oneof(fc.constant(32), fc.constant(64), fc.nat({ max: 140 }));
  const bytes = fc
    .tuple(fc.nat({ max: 4 }), lengths)
    .chain(([zeros, length]) =>
      fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((tail) => new Uint8Array([...new Uint8Array(zeros), ...tail])),
    );
  fc.assert(
    fc.property(bytes, (input) => {
      const text = base58Encode(input);
      assert.equal(text, slowEncode(input));
      assert.deepEqual(base58Decode(text), input);
    }),
    { numRuns: 300 },
  );
});

test('every text that decodes is the text of its bytes', () => {
  const texts = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 100 });
  fc.assert(
    fc.property(texts, (characters) => {
      const text = characters.join('');
      assert.equal(base58Encode(base58Decode(text) as Uint8Array), text);
    }),
    { numRuns: 300 },
  );
});

function slowEncode(bytes: Uint8Array): string {
  let zeros = 0;
  while (bytes[zeros] === 0) zeros += 1;
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = (ALPHABET[Number(value % 58n)] as string) + text;
  return '1'.repeat(zeros) + text;
}
