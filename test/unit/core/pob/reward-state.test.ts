/**
 * Goal: a node takes what it has earned once, nobody else can, and the part of its voters reaches them;
 * who failed in a period gets nothing of it.
 * Method: the real contracts on a ledger that starts from a genesis with a reward pool.
 */

import { strict as assert } from 'node:assert';
import { beforeEach, test } from 'node:test';
import { writeSlashed } from '#core/pob/pob-state.ts';
import { readReward, readRewardTotals, rewardPeriod } from '#core/pob/reward-state.ts';
import { rewardsOf } from '#core/pob/rewards.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { WholeLedger } from '#test/support/whole-ledger.ts';

const UNITS = 100_000_000n;
const NODE = 'producer000';
/** 1000 IOST a period: 250 for blocks, 500 for votes, of which voters get half. */
const REWARDS = { pool: 10_000, periods: 10 };
const POLICY = rewardsOf(REWARDS);
const DEV = readGenesis('dev');
const GENESIS = {
  ...DEV,
  accounts: DEV.accounts.map((account) => ({ ...account, balance: '10000000' })),
  pob: { rewards: REWARDS },
};

let ledger: WholeLedger;

beforeEach(() => {
  ledger = new WholeLedger(GENESIS);
});

/** The node has made all blocks of the first period. */
function closePeriod(gone: readonly string[] = []): void {
  const turns = new Map([[NODE, { turns: 12, blocks: 12 }]]);
  ledger.state.begin();
  rewardPeriod(ledger.state, 0, { turns, gone: new Set(gone) }, POLICY);
  ledger.state.commit();
}

const withdraw = (publisher: string, account = NODE) =>
  ledger.call(publisher, 'pob.iost', 'withdrawReward', [account]);

test('the pool is set aside at genesis, and a closing block moves nothing', () => {
  assert.equal(ledger.balance('pob.iost', 'iost'), 10_000n * UNITS);
  closePeriod();
  assert.deepEqual(readReward(ledger.state, NODE), { own: 500n * UNITS, voters: 250n * UNITS });
  assert.deepEqual(readRewardTotals(ledger.state), { released: 1000n * UNITS, dust: 250n * UNITS });
  assert.equal(ledger.balance('pob.iost', 'iost'), 10_000n * UNITS);
});

test('voters get their part with the withdrawal', () => {
  const voted = ledger.call('user_0', 'vote_producer.iost', 'vote', ['user_0', NODE, '2500000']);
  assert.equal(voted.message, '');
  closePeriod();
  const before = ledger.balance(NODE, 'iost');
  assert.equal(withdraw(NODE).message, '');
  assert.equal(ledger.balance(NODE, 'iost') - before, 500n * UNITS);
  const bonus = ledger.call('user_0', 'vote_producer.iost', 'getVoterBonus', ['user_0']);
  assert.deepEqual(bonus.returns, ['["250.00000000"]']);
  assert.equal(ledger.balance('pob.iost', 'iost'), 9250n * UNITS);
});

test('where nobody votes for it the whole stays with the node', () => {
  closePeriod();
  const before = ledger.balance(NODE, 'iost');
  assert.equal(withdraw(NODE).message, '');
  assert.equal(ledger.balance(NODE, 'iost') - before, 750n * UNITS);
});

test('nobody takes it twice, or takes that of others', () => {
  closePeriod();
  assert.notEqual(withdraw('user_0').message, '');
  assert.equal(withdraw(NODE).message, '');
  assert.match(withdraw(NODE).message, /no reward to withdraw/);
  assert.match(withdraw('user_0', 'user_0').message, /no reward to withdraw/);
  assert.equal(ledger.balance('pob.iost', 'iost'), 9250n * UNITS);
});

test('who lost its candidacy or was slashed gets nothing, and all of it is paid later', () => {
  closePeriod([NODE]);
  assert.deepEqual(readReward(ledger.state, NODE), { own: 0n, voters: 0n });
  ledger.state.begin();
  writeSlashed(ledger.state, NODE);
  ledger.state.commit();
  closePeriod();
  assert.deepEqual(readReward(ledger.state, NODE), { own: 0n, voters: 0n });
  const all = 2000n * UNITS;
  assert.deepEqual(readRewardTotals(ledger.state), { released: all, dust: all });
});
