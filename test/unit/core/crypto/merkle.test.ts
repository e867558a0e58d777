import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha3, sha256 } from '#core/crypto/hash.ts';
import {
  blockMerkleRoot,
  merkleProof,
  merkleRoot,
  merkleRootOfDigests,
  verifyMerkleProof,
} from '#core/crypto/merkle.ts';

const text = new TextEncoder();
const letters = [...'abcde'].map((letter) => text.encode(letter));

test('RFC 6962 known answers (protocol.md §15.4)', () => {
  const expected = [
    [[], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [letters.slice(0, 1), '022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c'],
    [letters, 'fe14a5426fbd70c0fa73f52342afed0da0bd23c4838662ccf6b88a3070ead97b'],
  ] as const;
  for (const [leaves, root] of expected) {
    assert.equal(Buffer.from(merkleRoot(leaves)).toString('hex'), root);
  }
});

test('equals the recursive definition, and every proof of every size verifies', () => {
  for (let size = 1; size <= 33; size++) {
    const leaves = Array.from({ length: size }, (_, index) => text.encode(`leaf ${index}`));
    const root = merkleRoot(leaves);
    assert.deepEqual(root, slowRoot(leaves));
    for (const [index, leaf] of leaves.entries()) {
      const proof = merkleProof(leaves, index);
      assert.ok(verifyMerkleProof(root, leaf, proof), `${index} of ${size}`);
      assert.ok(!verifyMerkleProof(root, text.encode('another'), proof));
    }
  }
});

test('roots of thousands of leaves, of any length, equal the recursive definition', () => {
  for (const size of [34, 63, 64, 65, 1000, 2049, 4100]) {
    const leaves = Array.from({ length: size }, (_, index) =>
      text.encode(`leaf ${'x'.repeat((index * 7) % 190)}`),
    );
    assert.deepEqual(merkleRoot(leaves), slowRoot(leaves), `${size} leaves`);
  }
});

test('the root over digests of messages is that of a list of their digests', () => {
  for (const size of [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 100, 1025, 3001]) {
    const messages = Array.from({ length: size }, (_, index) =>
      text.encode(`receipt ${'y'.repeat((index * 11) % 300)}`),
    );
    const digests = messages.map((message) => sha256(message));
    assert.deepEqual(merkleRootOfDigests(messages), merkleRoot(digests), `${size} messages`);
  }
});

test('no mutated proof verifies', () => {
  const leaves = Array.from({ length: 21 }, (_, index) => text.encode(`leaf ${index}`));
  const root = merkleRoot(leaves);
  fc.assert(
    fc.property(
      fc.nat({ max: 20 }),
      fc.nat({ max: 20 }),
      fc.nat({ max: 31 }),
      (index, at, byte) => {
        const leaf = leaves[index] as Uint8Array;
        const proof = merkleProof(leaves, index);
        const siblings = proof.siblings.map((sibling) => sibling.slice());
        const changed = siblings[at % siblings.length] as Uint8Array;
        changed[byte] = (changed[byte] as number) ^ 1;
        assert.ok(!verifyMerkleProof(root, leaf, { ...proof, siblings }));
        assert.ok(!verifyMerkleProof(root, leaf, { ...proof, siblings: proof.siblings.slice(1) }));
        const longer = [...proof.siblings, new Uint8Array(32)];
        assert.ok(!verifyMerkleProof(root, leaf, { ...proof, siblings: longer }));
        const elsewhere = { ...proof, index: (index + 1 + at) % 21 };
        if (elsewhere.index !== index) assert.ok(!verifyMerkleProof(root, leaf, elsewhere));
        for (const bad of [-1, 21, 0.5]) {
          assert.ok(!verifyMerkleProof(root, leaf, { ...proof, index: bad }));
        }
      },
    ),
  );
});

test("a block's tree pairs a missing right sibling with the left one", () => {
  const hash = (name: string) => sha3(name);
  const pair = (left: Uint8Array, right: Uint8Array) => sha3(Buffer.concat([left, right]));
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(hash) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  assert.deepEqual(blockMerkleRoot([]), new Uint8Array(0));
  assert.deepEqual(blockMerkleRoot([a]), pair(a, a));
  assert.deepEqual(blockMerkleRoot([a, b]), pair(a, b));
  assert.deepEqual(blockMerkleRoot([a, b, c]), pair(pair(a, b), pair(c, c)));
  const ee = pair(e, e);
  assert.deepEqual(
    blockMerkleRoot([a, b, c, d, e]),
    pair(pair(pair(a, b), pair(c, d)), pair(ee, ee)),
  );
});

function slowRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) {
    return sha256(Buffer.concat([Buffer.from([0]), leaves[0] as Uint8Array]));
  }
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const children = [slowRoot(leaves.slice(0, split)), slowRoot(leaves.slice(split))];
  return sha256(Buffer.concat([Buffer.from([1]), ...children]));
}
