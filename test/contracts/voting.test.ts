import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from './stage.ts';

const OPTIONS = ['tea', 'coffee'];
const ENDS_AT = 20;

function openPoll(): Stage {
  const stage = new Stage('voting.js');
  stage.call('user_1', 'propose', ['user_1', 'drink', 'Which?', OPTIONS, ENDS_AT]);
  return stage;
}

test('voting: one vote each, which may be changed, and the result once it is over', () => {
  const stage = openPoll();
  stage.call('user_1', 'vote', ['user_1', 'drink', 0]);
  stage.call('user_2', 'vote', ['user_2', 'drink', 0]);
  stage.call('user_3', 'vote', ['user_3', 'drink', 1]);
  stage.call('user_2', 'vote', ['user_2', 'drink', 1]);
  assert.match(stage.refusal('user_1', 'result', ['drink']), /open until block 20/);
  stage.ledger.number = ENDS_AT + 1;
  assert.match(stage.refusal('user_1', 'vote', ['user_1', 'drink', 1]), /is over/);
  const result = JSON.parse(stage.call('user_0', 'result', ['drink']));
  assert.deepEqual(result, { winner: 'coffee', tally: [1, 2] });
});

test('voting: each pays for what it adds, and nobody for another', () => {
  const stage = openPoll();
  const { ramUsage } = stage.receipt('user_2', 'vote', ['user_2', 'drink', 1], []);
  const payers = ramUsage.map(([payer]) => payer);
  assert.deepEqual(payers, [stage.id, 'user_2'], 'the contract for the count');
});

test('voting: polls and votes that make no sense are refused', () => {
  const stage = openPoll();
  const propose = (...args: readonly unknown[]) => stage.refusal('user_1', 'propose', args);
  assert.match(propose('user_1', 'drink', '?', OPTIONS, ENDS_AT), /exists/);
  assert.match(propose('user_1', 'other', '?', ['one'], ENDS_AT), /2 to 10 options/);
  assert.match(propose('user_1', 'other', '?', { a: 1 }, ENDS_AT), /2 to 10 options/);
  assert.match(propose('user_1', 'other', '?', ['one', 2], ENDS_AT), /texts of 1 to 64/);
  assert.match(propose('user_1', 'other', '?', OPTIONS, 1), /over already/);
  assert.match(propose('user_2', 'other', '?', OPTIONS, ENDS_AT), /user_2 has not signed/);
  assert.match(propose('user_1', 'a-b', '?', OPTIONS, ENDS_AT), /invalid char/);
  const vote = (...args: readonly unknown[]) => stage.refusal('user_1', 'vote', args);
  assert.match(vote('user_2', 'drink', 0), /user_2 has not signed/);
  assert.match(vote('user_1', 'drink', 2), /no option 2/);
  assert.match(vote('user_1', 'food', 0), /no poll food/);
  assert.match(vote('user_1', 'drink', 0.5), /error parse number/);
});
