import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssertionFailure } from '#core/assert.ts';
import { sha256 } from '#core/crypto/hash.ts';
import { verifyStateProof } from '#core/msb/state-proof.ts';
import { type HashedChange, StateTree } from '#core/msb/state-tree.ts';

const ZERO = new Uint8Array(32);

/** The definition, written down as it stands in protocol.md §8.2. */
function modelRoot(entries: readonly (readonly [string, Uint8Array])[], depth = 0): Uint8Array {
  const [first] = entries;
  if (first === undefined) return ZERO;
  if (entries.length === 1) {
    return leafNode(bytes(first[0]), first[1]);
  }
  const side = ([key]: readonly [string, Uint8Array]) =>
    (Number.parseInt(key[depth >> 2] as string, 16) >> (3 - (depth & 3))) & 1;
  const child = (bit: number) =>
    modelRoot(
      entries.filter((entry) => side(entry) === bit),
      depth + 1,
    );
  return node(child(0), child(1));
}

function vectorChanges(count: number): HashedChange[] {
  return Array.from({ length: count }, (_, index) => [
    sha256(`key-${index}`),
    sha256(`val-${index}`),
  ]);
}

function treeOf(changes: readonly HashedChange[]): StateTree {
  const tree = new StateTree();
  tree.update(changes);
  return tree;
}

test('known answers (protocol.md §15.4)', () => {
  const roots = [
    [0, '0000000000000000000000000000000000000000000000000000000000000000'],
    [1, 'd82ef60bcb3ab77c12597ccd0c7104e1d750822edd71728b6f962ef375f5a940'],
    [2, '140d60b5f8344dc1a5919dd19aa6073bae23dd375aaf700b5864f51a9a126122'],
    [3, 'de7c7071b0d6c0e2a4ff0d65df73587f17cce953687d247d2a78fb0962cf884e'],
    [8, '6458c6129bde5ee2701a9c6b345142cf81b611813fd98c9f56c89988197b2bd7'],
    [1000, '0c770d03dc8280ca167269ab6e5e29667377b27cb0a93763f717069c0e86d017'],
  ] as const;
  for (const [count, root] of roots) {
    const tree = treeOf(vectorChanges(count));
    assert.equal(hex(tree.root()), root);
    assert.equal(tree.leafCount, count);
  }
});

test('the halves of a tree are the roots of the trees of its halves (§5.6)', () => {
  const changes = vectorChanges(1000);
  const [left, right] = treeOf(changes).halves();
  assert.equal(hex(left), 'a4764c941f3eefd4a1323d499440feebfbb7b074c73605c68bb8f5a9cf14b51d');
  assert.equal(hex(right), 'fa7c1de5a0279f6502061856366645caec683bd8ffb96998a4233b4a2f5b5b16');
  const single = treeOf(vectorChanges(1));
  const [key] = vectorChanges(1)[0] as HashedChange;
  const onRight = (key[0] as number) >= 0x80;
  assert.deepEqual(single.halves(), onRight ? [ZERO, single.root()] : [single.root(), ZERO]);
  assert.deepEqual(new StateTree().halves(), [ZERO, ZERO]);
});

// Keys of few bits spread over 256: long shared prefixes, splits deep down and collapses.
const clusteredKey = fc
  .tuple(fc.nat({ max: 15 }), fc.constantFrom(0, 1, 7, 8, 31, 32, 33, 128, 252))
  .map(([bits, position]) => {
    const key = new Uint8Array(32);
    for (let bit = 0; bit < 4; bit++) {
      const at = position + bit;
      if ((bits >> bit) & 1) key[at >> 3] = (key[at >> 3] as number) | (0x80 >> (at & 7));
    }
    return key;
  });
const anyKey = fc.oneof(
  clusteredKey,
  fc.nat({ max: 60 }).map((index) => sha256(`k${index}`)),
);
const anyValue = fc.option(
  fc.nat({ max: 3 }).map((index) => sha256(`v${index}`)),
  { nil: null, freq: 3 },
);
const anyBatch = fc.array(fc.tuple(anyKey, anyValue), { maxLength: 30 });
const anyHistory = fc.array(anyBatch, { minLength: 1, maxLength: 6 });

test('any history of batches: the root, the count and every value are those of a plain map', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const tree = new StateTree();
      const model = new Map<string, Uint8Array>();
      for (const batch of history) {
        tree.update(batch);
        for (const [key, value] of batch) {
          if (value === null) model.delete(hex(key));
          else model.set(hex(key), value);
        }
        assert.equal(hex(tree.root()), hex(modelRoot([...model])));
        assert.equal(tree.leafCount, model.size);
      }
      for (const [key, value] of model) assert.deepEqual(tree.get(bytes(key)), value);
      assert.equal(tree.get(sha256('never inserted')), undefined);
    }),
    { numRuns: 300 },
  );
});

test('the order and the batching of insertions do not matter, and deleting undoes inserting', () => {
  const changes = vectorChanges(500);
  const expected = hex(treeOf(changes).root());
  const oneByOne = new StateTree();
  for (const change of changes.toReversed()) oneByOne.update([change]);
  assert.equal(hex(oneByOne.root()), expected);
  const extra = Array.from({ length: 300 }, (_, index) => sha256(`extra ${index}`));
  oneByOne.update(extra.map((key) => [key, sha256('x')] as const));
  assert.notEqual(hex(oneByOne.root()), expected);
  oneByOne.update(extra.map((key) => [key, null] as const));
  assert.equal(hex(oneByOne.root()), expected);
  oneByOne.update(changes.map(([key]) => [key, null] as const));
  assert.deepEqual(oneByOne.root(), ZERO);
  assert.equal(oneByOne.leafCount, 0);
});

test('freed records are used again: memory does not grow with the number of updates', () => {
  const tree = treeOf(vectorChanges(1000));
  const churn = (round: number) => {
    const keys = Array.from({ length: 200 }, (_, index) => sha256(`churn ${round} ${index}`));
    tree.update(keys.map((key) => [key, sha256('v')] as const));
    tree.update(keys.map((key) => [key, null] as const));
  };
  for (let round = 0; round < 10; round++) churn(round);
  const before = tree.bytes;
  for (let round = 10; round < 60; round++) churn(round);
  assert.ok(tree.bytes < before * 1.05, `${before} to ${tree.bytes} bytes`);
});

test('a rollback restores what was there at the checkpoint; a released one stays', () => {
  fc.assert(
    fc.property(anyBatch, anyBatch, anyBatch, anyBatch, (base, first, second, third) => {
      const tree = treeOf(base);
      const original = hex(tree.root());
      tree.checkpoint();
      tree.update(first);
      tree.update(second);
      const middle = hex(tree.root());
      const leaves = tree.leafCount;
      tree.checkpoint();
      tree.update(third);
      tree.rollback();
      assert.equal(hex(tree.root()), middle);
      assert.equal(tree.leafCount, leaves);
      tree.rollback();
      assert.equal(hex(tree.root()), original);
      tree.checkpoint();
      tree.update(first);
      tree.release();
      assert.throws(() => tree.rollback(), AssertionFailure);
      const expected = treeOf(base);
      expected.update(first);
      assert.equal(hex(tree.root()), hex(expected.root()));
    }),
    { numRuns: 150 },
  );
});

test('releasing the oldest of two checkpoints keeps the newer one', () => {
  const tree = treeOf(vectorChanges(10));
  tree.checkpoint();
  tree.update([[sha256('one'), sha256('1')]]);
  const one = hex(tree.root());
  tree.checkpoint();
  tree.update([[sha256('two'), sha256('2')]]);
  tree.release();
  tree.rollback();
  assert.equal(hex(tree.root()), one);
  assert.throws(() => tree.release(), AssertionFailure);
});

test('a block is committed by hashing its keys and values', () => {
  const state = [
    ['b-token.iost-a', new Uint8Array([1, 2])],
    ['b-é', new Uint8Array(0)],
    ['gone', new Uint8Array([9])],
  ] as const;
  const tree = new StateTree();
  tree.updateState([...state, ['gone', null]]);
  const expected = treeOf([
    [sha256('b-token.iost-a'), sha256(new Uint8Array([1, 2]))],
    [sha256('b-é'), sha256(new Uint8Array(0))],
  ]);
  assert.equal(hex(tree.root()), hex(expected.root()));
});

test('an update that fails half way leaves nothing behind for the next one', () => {
  const tree = treeOf(vectorChanges(20));
  const root = hex(tree.root());
  const bad = [sha256('k'), new Uint8Array(31)] as const;
  assert.throws(() => tree.update([[sha256('stray'), sha256('v')], bad]), AssertionFailure);
  tree.update([]);
  assert.equal(hex(tree.root()), root);
});

test('a large tree in large batches agrees with the definition', () => {
  const changes = vectorChanges(5000);
  const tree = treeOf(changes);
  const changed = changes.flatMap(([key], index): HashedChange[] =>
    index % 3 === 0 ? [] : [[key, index % 3 === 1 ? null : sha256(`new ${index}`)]],
  );
  tree.update(changed);
  const model = new Map(changes.map(([key, value]) => [hex(key), value]));
  for (const [key, value] of changed) model.set(hex(key), value);
  const entries = [...model].filter((entry): entry is [string, Uint8Array] => entry[1] !== null);
  assert.equal(hex(tree.root()), hex(modelRoot(entries)));
});

test('an update larger than one batch is cut without being noticed, and so is its rollback', () => {
  const value = sha256('v');
  const count = 66_000;
  const changes = Array.from({ length: count }, (_, index): HashedChange => {
    return [sha256(`large ${index}`), value];
  });
  const deleted = (changes[5] as HashedChange)[0];
  const tree = treeOf(vectorChanges(10));
  const before = hex(tree.root());
  tree.checkpoint();
  tree.update([...changes, [deleted, null]]);
  const inParts = treeOf(vectorChanges(10));
  for (let from = 0; from < count; from += 20_000)
    inParts.update(changes.slice(from, from + 20_000));
  inParts.update([[deleted, null]]);
  assert.equal(hex(tree.root()), hex(inParts.root()));
  assert.equal(tree.leafCount, count + 10 - 1);
  tree.rollback();
  assert.equal(hex(tree.root()), before);
});

test('every key has a proof that it is there, every other key one that it is not', () => {
  fc.assert(
    fc.property(anyBatch, anyKey, (batch, probe) => {
      const tree = treeOf(batch);
      const root = tree.root();
      for (const key of [probe, ...batch.map(([changed]) => changed)]) {
        const value = tree.get(key) ?? null;
        const proof = tree.prove(key);
        assert.ok(verifyStateProof(root, key, value, proof));
        const other = value === null ? sha256('v0') : null;
        assert.ok(!verifyStateProof(root, key, other, proof), 'the opposite claim');
        assert.ok(!verifyStateProof(root, key, sha256('another value'), proof));
      }
    }),
    { numRuns: 200 },
  );
});

test('no mutated proof verifies', () => {
  const tree = treeOf(vectorChanges(200));
  const root = tree.root();
  const inside = sha256('key-17');
  const outside = sha256('nowhere');
  for (const [key, value] of [
    [inside, sha256('val-17')],
    [outside, null],
  ] as const) {
    const proof = tree.prove(key);
    for (let at = 0; at < proof.siblings.length; at++) {
      for (const bit of [0, 100, 255]) {
        const siblings = proof.siblings.map((hash, index) =>
          index === at ? flip(hash, bit) : hash,
        );
        assert.ok(!verifyStateProof(root, key, value, { ...proof, siblings }));
      }
      const shorter = proof.siblings.toSpliced(at, 1);
      assert.ok(!verifyStateProof(root, key, value, { ...proof, siblings: shorter }));
      const longer = proof.siblings.toSpliced(at, 0, ZERO);
      assert.ok(!verifyStateProof(root, key, value, { ...proof, siblings: longer }));
    }
    assert.ok(!verifyStateProof(flip(root, 3), key, value, proof));
    if (value !== null) assert.ok(!verifyStateProof(root, flip(key, 200), value, proof));
    if (proof.leaf !== undefined) {
      assert.ok(!verifyStateProof(root, key, value, { ...proof, leaf: undefined }));
      const leaf = { ...proof.leaf, valueHash: flip(proof.leaf.valueHash, 0) };
      assert.ok(!verifyStateProof(root, key, value, { ...proof, leaf }));
    }
  }
});

test('a leaf of elsewhere proves no absence', () => {
  const tree = treeOf(vectorChanges(50));
  const present = sha256('key-3');
  const proof = tree.prove(present);
  // The path and leaf are genuine, but the key asked for branches off above the leaf.
  const elsewhere = flip(present, 0);
  assert.ok(!verifyStateProof(tree.root(), elsewhere, null, proof));
  // A root that no tree has: a leaf with a first bit of one, hung on the left.
  const misplaced = { keyHash: flip(ZERO, 0), valueHash: sha256('v') };
  const crafted = node(leafNode(misplaced.keyHash, misplaced.valueHash), sha256('sibling'));
  const lie = { siblings: [sha256('sibling')], leaf: misplaced };
  assert.ok(!verifyStateProof(crafted, ZERO, null, lie));
  let deepRoot: Uint8Array = ZERO;
  for (let level = 0; level < 257; level++) deepRoot = node(deepRoot, ZERO);
  const tooDeep = { siblings: Array.from({ length: 257 }, () => ZERO), leaf: undefined };
  assert.ok(!verifyStateProof(deepRoot, ZERO, null, tooDeep));
  const shortHash = { ...proof, siblings: [new Uint8Array(31), ...proof.siblings.slice(1)] };
  assert.ok(!verifyStateProof(tree.root(), present, sha256('val-3'), shortHash));
});

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([Buffer.from([1]), left, right]));
}

function leafNode(keyHash: Uint8Array, valueHash: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([Buffer.from([0]), keyHash, valueHash]));
}

function flip(data: Uint8Array, bit: number): Uint8Array {
  const copy = data.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (0x80 >> (bit & 7));
  return copy;
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
