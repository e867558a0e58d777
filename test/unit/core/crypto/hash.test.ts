import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { base58Encode } from '#core/crypto/base58.ts';
import {
  binaryStringOf,
  bytesOfBinaryString,
  ripemd160,
  sha3,
  sha3Into,
  sha3Key,
  sha256,
  sha256Into,
  sha256Key,
  taggedHash,
} from '#core/crypto/hash.ts';

test('the known answers of the reference node', () => {
  assert.equal(
    hex(sha3('hello world')),
    '644bcc7e564373040999aac89e7622f3ca71fba1d972fd94a31c3bfbf24e3938',
  );
  assert.equal(base58Encode(sha3('hello world')), '7kWonUYJpjrBsCGs64MYogcJ8aWTv5Ro7XwyahMmfEy5');
  const input = '823b54d3aabaf8e3122800ca5238afb2ccef071ce83b8d5654a597a5dd06347e';
  assert.equal(
    hex(ripemd160(new Uint8Array(Buffer.from(input, 'hex')))),
    '3dbb2167cbfc2186343356125fff4163e6ebcce7',
  );
});

test('every form of a digest is the digest of another implementation', () => {
  for (const length of [0, 1, 55, 56, 64, 65, 135, 136, 137, 1000]) {
    const input = Uint8Array.from({ length }, (_, index) => (index * 151 + length) & 0xff);
    const expected = { sha256: nobleSha256(input), sha3: sha3_256(input) };
    assert.deepEqual(sha256(input), expected.sha256);
    assert.deepEqual(sha3(input), expected.sha3);
    assert.deepEqual(bytesOfBinaryString(sha256Key(input)), expected.sha256);
    assert.equal(sha3Key(input), binaryStringOf(expected.sha3));
    const out = new Uint8Array(66).fill(0xaa);
    sha256Into(out, 1, input);
    sha3Into(out, 33, input);
    assert.deepEqual(out.subarray(1, 33), expected.sha256);
    assert.deepEqual(out.subarray(33, 65), expected.sha3);
    assert.equal(out[0], 0xaa);
    assert.equal(out[65], 0xaa);
  }
});

test('strings are hashed as UTF-8', () => {
  assert.deepEqual(sha3('é🎉'), sha3_256(new TextEncoder().encode('é🎉')));
});

test('a tagged hash is the hash of label and parts one after the other', () => {
  const parts = [new Uint8Array([1, 2]), new Uint8Array(0), new Uint8Array([3])];
  assert.deepEqual(taggedHash('ab', ...parts), nobleSha256(new Uint8Array([97, 98, 1, 2, 3])));
});

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
