/**
 * Goal: results do not depend on the number of shards.
 * Method: mixed transactions of every kind, failing ones included, on one ledger that holds
 * everything and on 1, 2, 4 and 8 shards; 10,000 of them by `npm run sim -- --scenario
 * chains/equivalence`.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { checkEquivalence } from './equivalence/equivalence.ts';

const TRANSACTIONS = 1200;
const KINDS_MIN = 90;
const CONTRACT_TRANSACTIONS = 300;
const GOVERNANCE_TRANSACTIONS = 220;

test('mixed transactions come to the same at 1, 2, 4 and 8 shards', () => {
  const options = { seed: 1, transactions: TRANSACTIONS, shardCounts: [1, 2, 4, 8] };
  const { transactions, kinds } = checkEquivalence(options);
  assert.equal(transactions, TRANSACTIONS);
  assert.ok(kinds.size >= KINDS_MIN, `${kinds.size} kinds`);
  const counts = [...kinds.values()];
  for (const outcome of ['succeeded', 'failed', 'dropped'] as const) {
    const sum = counts.reduce((total, count) => total + count[outcome], 0);
    assert.ok(sum > TRANSACTIONS / 30, `${sum} ${outcome}`);
  }
});

test('contracts across shards come to the same as on one ledger', () => {
  const shardCounts = [3, 8];
  const options = {
    seed: 6,
    transactions: CONTRACT_TRANSACTIONS,
    shardCounts,
    isOfContracts: true,
  };
  const { kinds } = checkEquivalence(options);
  for (const kind of ['publish', 'update', 'visit-4', 'bargain', 'several', 'trade', 'vote']) {
    assert.ok((kinds.get(`contract-${kind}`)?.succeeded ?? 0) > 0, `${kind} succeeded`);
  }
});

test('votes, producers and bonuses come to the same as on one ledger', () => {
  const shardCounts = [1, 2, 4, 8];
  const { kinds } = checkEquivalence({
    seed: 4,
    transactions: GOVERNANCE_TRANSACTIONS,
    shardCounts,
    isOfGovernance: true,
  });
  for (const kind of [
    'register',
    'approve',
    'vote',
    'vote-much',
    'vote-by-signer',
    'unvote',
    'topup-voters',
    'withdraw',
    'candidate-withdraw',
    'new-vote',
    'poll-and-regret',
  ]) {
    assert.ok((kinds.get(`governance-${kind}`)?.succeeded ?? 0) > 0, `${kind} succeeded`);
  }
});
