import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '#core/crypto/hash.ts';
import { DigestBatch } from '#core/crypto/sha256-lanes/digest-batch.ts';

/** Around every block boundary, and past where the library takes over. */
const LENGTHS = [...Array(300).keys(), 1013, 1014, 1015, 1016, 1024, 5000];

test('messages of every length equal the library, plain and prefixed, in one batch', () => {
  const batch = new DigestBatch();
  const messages = LENGTHS.map((length) => pseudoRandom(length));
  batch.begin(messages.length * 2);
  for (const [index, message] of messages.entries()) {
    batch.add(2 * index, message);
    batch.addPrefixed(2 * index + 1, 0x80 + (index % 3), message);
  }
  batch.run();
  for (const [index, message] of messages.entries()) {
    assert.deepEqual(batch.digest(2 * index), sha256(message), `${message.length} bytes`);
    const prefixed = Buffer.concat([Buffer.from([0x80 + (index % 3)]), message]);
    assert.deepEqual(batch.digest(2 * index + 1), sha256(prefixed), `prefix, ${message.length}`);
  }
});

test('texts are hashed as UTF-8', () => {
  const batch = new DigestBatch();
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 400 })), (texts) => {
      batch.begin(texts.length);
      for (const [index, text] of texts.entries()) batch.addText(index, text);
      batch.run();
      for (const [index, text] of texts.entries())
        assert.deepEqual(batch.digest(index), sha256(text));
    }),
  );
});

test('more messages than the region holds, and a batch after it', () => {
  const batch = new DigestBatch();
  for (const count of [3000, 5]) {
    const messages = Array.from({ length: count }, (_, index) => pseudoRandom(index % 700));
    batch.begin(count);
    for (const [index, message] of messages.entries()) batch.add(index, message);
    batch.run();
    for (const [index, message] of messages.entries()) {
      assert.deepEqual(batch.digest(index), sha256(message), `${index} of ${count}`);
    }
  }
});

function pseudoRandom(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++)
    bytes[index] = Math.imul(index + length, 0x9e37) >>> 7;
  return bytes;
}
