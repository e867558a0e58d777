import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limit, Stage } from './stage.ts';

/** user_1 buys from user_2 for 40 IOST, user_3 decides, within a minute. */
function openDeal(): Stage {
  const stage = new Stage('escrow.js');
  const terms = ['user_1', 'user_2', 'user_3', '40', 60];
  assert.equal(stage.call('user_1', 'open', terms, limit('iost:40')), '1');
  assert.equal(stage.balance('user_1'), 960);
  assert.equal(stage.balance(stage.id), 40);
  return stage;
}

test('escrow: a content buyer lets the seller be paid, once', () => {
  const stage = openDeal();
  assert.match(stage.refusal('user_2', 'release', ['1']), /buyer or arbiter have to sign/);
  stage.call('user_1', 'release', ['1']);
  assert.equal(stage.balance('user_2'), 1040);
  assert.equal(stage.balance(stage.id), 0);
  assert.match(stage.refusal('user_1', 'release', ['1']), /there is no deal 1/);
  assert.match(stage.refusal('user_2', 'refund', ['1']), /there is no deal 1/);
});

test('escrow: the arbiter may decide either way', () => {
  const paid = openDeal();
  paid.call('user_3', 'release', ['1']);
  assert.equal(paid.balance('user_2'), 1040);
  const returned = openDeal();
  returned.call('user_3', 'refund', ['1']);
  assert.equal(returned.balance('user_1'), 1000);
});

test('escrow: the buyer gets it back alone only after the deadline', () => {
  const stage = openDeal();
  assert.match(stage.refusal('user_1', 'refund', ['1']), /or the buyer after the deadline/);
  stage.ledger.time += 60_000_000_000n;
  assert.match(stage.refusal('user_0', 'refund', ['1']), /have to sign/);
  stage.call('user_1', 'refund', ['1']);
  assert.equal(stage.balance('user_1'), 1000);
});

test('escrow: deals that make no sense, or that the buyer did not allow, are refused', () => {
  const stage = new Stage('escrow.js');
  const open = (...terms: readonly unknown[]) =>
    stage.refusal('user_1', 'open', terms, limit('iost:40'));
  assert.match(open('user_1', 'user_1', 'user_3', '40', 60), /three accounts/);
  assert.match(open('user_1', 'user_2', 'user_3', '0', 60), /more than 0/);
  assert.match(open('user_1', 'user_2', 'user_3', '40', 0), /some time/);
  assert.match(open('user_1', 'user_2', 'user_3', '41', 60), /exceed amountLimit in tx\. need 41/);
  assert.match(open('user_2', 'user_1', 'user_3', '40', 60), /permission/);
  assert.match(open('user_1', 'user_2', 'user_3', 'much', 60), /more than 0/);
  assert.equal(stage.balance('user_1'), 1000);
});
