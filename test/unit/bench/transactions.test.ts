import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { signatureProblem } from '#core/chain/transaction-signatures.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { timesBetween } from '../../../bench/macro/thread-times.ts';
import { TransactionFactory } from '../../../bench/macro/transactions.ts';

const NOW_MS = 1_700_000_000_000;

function transfersOf(shards: number, crossShardShare: number, count = 400) {
  const factory = new TransactionFactory({ accounts: 1000, shards, crossShardShare });
  const { transactions, ids } = factory.sign(count, NOW_MS);
  return transactions.map((bytes, index) => {
    const transaction = decodeTransaction(bytes);
    assert(transaction !== undefined);
    const [, from, to] = JSON.parse(transaction.actions[0]?.data ?? '[]') as string[];
    return { bytes, id: ids[index] as Uint8Array, transaction, from: from ?? '', to: to ?? '' };
  });
}

for (const [shards, share] of [
  [1, 0],
  [2, 0],
  [2, 0.5],
  [2, 1],
  [4, 0.5],
  [4, 1],
] as const) {
  test(`${share * 100} % of the transfers go across ${shards} shards`, () => {
    const map = ShardMap.balanced(shards);
    const transfers = transfersOf(shards, share);
    const across = transfers.filter(
      ({ from, to }) => map.shardOfAccount(from) !== map.shardOfAccount(to),
    );
    assert.equal(across.length, transfers.length * share);
    assert.ok(transfers.every(({ from, to }) => from !== to));
  });
}

test('every transfer is signed by its sender, valid now, and unlike any other', () => {
  const transfers = transfersOf(2, 0.5);
  for (const { transaction, bytes, id, from } of transfers) {
    assert.equal(transaction.publisher, from);
    assert.equal(signatureProblem(transaction), undefined);
    assert.deepEqual(id, sha3(bytes));
    assert.ok(transaction.time <= BigInt(NOW_MS) * 1_000_000n);
  }
  assert.equal(new Set(transfers.map(({ id }) => Buffer.from(id).toString('hex'))).size, 400);
});

test('the CPU time of threads is added by name, new threads from zero, most first', () => {
  const before = new Map([
    ['1', { name: 'rpc', micros: 100 }],
    ['2', { name: 'verifier-pool', micros: 50 }],
    ['3', { name: 'idle', micros: 7 }],
  ]);
  const after = new Map([
    ['1', { name: 'rpc', micros: 130 }],
    ['2', { name: 'verifier-pool', micros: 90 }],
    ['3', { name: 'idle', micros: 7 }],
    ['4', { name: 'verifier-pool', micros: 5 }],
  ]);
  assert.deepEqual(
    [...timesBetween(before, after)],
    [
      ['verifier-pool', 45],
      ['rpc', 30],
    ],
  );
});
