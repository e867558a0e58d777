import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BinaryWriter } from '#core/chain/binary-writer.ts';
import { BytePages } from '#core/chain/byte-pages.ts';

test('every copy keeps its bytes, over many pages and whatever its length', () => {
  const pages = new BytePages();
  const scratch = new BinaryWriter(16);
  const kept: [Uint8Array, number][] = [];
  for (let number = 0; number < 2000; number++) {
    const length = (number * 37) % 700 === 0 ? 40_000 : (number * 37) % 700;
    const bytes = new Uint8Array(length).fill(number);
    kept.push([scratch.reset().raw(bytes).finishIn(pages), length]);
  }
  for (const [number, [bytes, length]] of kept.entries()) {
    assert.equal(bytes.length, length);
    assert.ok(
      bytes.every((byte) => byte === number % 256),
      `copy ${number}`,
    );
  }
  assert.ok(new Set(kept.map(([bytes]) => bytes.buffer)).size < 100, 'small ones share pages');
});
