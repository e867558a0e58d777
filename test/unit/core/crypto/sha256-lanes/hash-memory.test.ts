import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '#core/crypto/hash.ts';
import { HashMemory } from '#core/crypto/sha256-lanes/hash-memory.ts';

const START = HashMemory.FIRST_WORD;

test('any number of queued hashes equals the library, hash by hash', () => {
  for (const count of [1, 2, 3, 4, 5, 7, 8, 100, 1023, 1024, 1025, 2500]) {
    const memory = new HashMemory();
    const words = memory.reserve(START + count * 24);
    for (let at = START; at < START + count * 16; at++) words[at] = pseudoRandom(at);
    const inputs = Array.from({ length: count }, (_, index) => {
      const prefix = index % 1800 < 1200 ? 0 : 1;
      return Buffer.concat([Buffer.from([prefix]), bytes(words, START + index * 16, 16)]);
    });
    for (const [index, input] of inputs.entries()) {
      memory.queue(input[0] as number, START + index * 16, START + count * 16 + index * 8);
    }
    memory.flush();
    for (const [index, input] of inputs.entries()) {
      const digest = bytes(words, START + count * 16 + index * 8, 8);
      assert.deepEqual(new Uint8Array(digest), sha256(input), `${index} of ${count}`);
    }
  }
});

test('a hash touches nothing but its 8 target words, and growing keeps what was there', () => {
  const memory = new HashMemory();
  let words = memory.reserve(START + 40);
  words.fill(7, START, START + 40);
  memory.queue(1, START, START + 16);
  memory.flush();
  assert.ok(words.subarray(START, START + 16).every((word) => word === 7));
  assert.ok(words.subarray(START + 16, START + 24).some((word) => word !== 7));
  assert.ok(words.subarray(START + 24, START + 40).every((word) => word === 7));
  const digest = [...words.subarray(START + 16, START + 24)];
  words = memory.reserve(1_000_000);
  assert.ok(words.length >= 1_000_000 && memory.words === words);
  assert.deepEqual([...words.subarray(START + 16, START + 24)], digest);
  memory.queue(1, START, START + 24);
  memory.flush();
  assert.deepEqual([...words.subarray(START + 24, START + 32)], digest);
});

function pseudoRandom(seed: number): number {
  return Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
}

function bytes(words: Uint32Array, at: number, count: number): Buffer {
  const out = Buffer.alloc(count * 4);
  for (let word = 0; word < count; word++) out.writeUInt32BE(words[at + word] as number, word * 4);
  return out;
}
