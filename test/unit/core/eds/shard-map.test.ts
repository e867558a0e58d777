import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionFailure } from '#core/assert.ts';
import { sha256 } from '#core/crypto/hash.ts';
import { SHARDS_MAX, ShardMap } from '#core/eds/shard-map.ts';

test('known answers for four shards (protocol.md §15.3)', () => {
  const map = ShardMap.balanced(4);
  const shards = ['alice', 'bob', 'carol', 'dave'].map((name) => map.shardOfAccount(name));
  assert.deepEqual(shards, [0b10, 0b00, 0b10, 0b01]);
  assert.deepEqual(
    map.leaves.map((leaf) => leaf.prefix),
    ['00', '01', '10', '11'],
  );
});

test('every shard count has one leaf per shard, even to one bit, and agrees with its prefixes', () => {
  for (let shards = 1; shards <= SHARDS_MAX; shards++) {
    const map = ShardMap.balanced(shards);
    assert.equal(map.shardCount, shards);
    assert.deepEqual(
      map.leaves.map((leaf) => leaf.shard),
      Array.from({ length: shards }, (_, shard) => shard),
    );
    const depths = map.leaves.map((leaf) => leaf.prefix.length);
    assert.ok(Math.max(...depths) - Math.min(...depths) <= 1, `depths of ${shards}`);
    for (let index = 0; index < 40; index++) {
      const name = `account${index}`;
      const bits = bitsOf(sha256(`IOST/acct/v1${name}`));
      const leaf = map.leaves.find(({ prefix }) => bits.startsWith(prefix));
      assert.equal(map.shardOfAccount(name), leaf?.shard);
      assert.equal(map.shardOfAccount(name), leaf?.shard, 'the cached answer');
    }
  }
});

test('accounts and contracts of one name are placed apart', () => {
  const map = ShardMap.balanced(64);
  const names = Array.from({ length: 50 }, (_, index) => `Contract${index}`);
  const same = names.filter((name) => map.shardOfAccount(name) === map.shardOfContract(name));
  assert.ok(same.length < 10, `${same.length} of 50`);
  const bits = bitsOf(sha256('IOST/contract/v1Contract0'));
  assert.equal(map.shardOfContract('Contract0'), Number.parseInt(bits.slice(0, 6), 2));
});

test('a split keeps all other keys where they were', () => {
  const before = new ShardMap([
    { prefix: '0', shard: 0 },
    { prefix: '1', shard: 1 },
  ]);
  const after = new ShardMap([
    { prefix: '00', shard: 0 },
    { prefix: '01', shard: 2 },
    { prefix: '1', shard: 1 },
  ]);
  let moved = 0;
  for (let index = 0; index < 200; index++) {
    const from = before.shardOfAccount(`user${index}`);
    const to = after.shardOfAccount(`user${index}`);
    if (from !== to) {
      assert.deepEqual([from, to], [0, 2]);
      moved += 1;
    }
  }
  assert.ok(moved > 20 && moved < 80, `${moved} moved`);
});

test('leaves that overlap or leave a gap are a bug', () => {
  for (const prefixes of [['0'], ['0', '0', '1'], ['0', '11'], ['1', '0'], []]) {
    const leaves = prefixes.map((prefix, shard) => ({ prefix, shard }));
    assert.throws(() => new ShardMap(leaves), AssertionFailure);
  }
  for (const shards of [0, 65, 1.5]) {
    assert.throws(() => ShardMap.balanced(shards), AssertionFailure);
  }
});

function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}
