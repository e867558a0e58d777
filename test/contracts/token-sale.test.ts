import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limit, Stage } from './stage.ts';

/** A sale of 100 gems for 2.5 IOST each, at most 10 to one buyer. */
function openSale(): Stage {
  const stage = new Stage('token-sale.js');
  stage.ledger.succeed('token.iost', 'create', ['gem', 'user_0', 1000, {}]);
  stage.ledger.succeed('token.iost', 'issue', ['gem', 'user_0', '100']);
  stage.call('user_0', 'open', ['gem', '2.5', '10']);
  stage.call('user_0', 'stock', ['100'], limit('gem:100'));
  return stage;
}

test('token sale: buyers pay the price and get their tokens, the owner gets the rest', () => {
  const stage = openSale();
  assert.equal(stage.call('user_1', 'available', []), '100');
  stage.call('user_1', 'buy', ['user_1', '4'], limit('iost:10'));
  assert.equal(stage.balance('user_1', 'gem'), 4);
  assert.equal(stage.balance('user_1'), 990);
  assert.deepEqual(
    stage.emissions.map((each) => (each.kind === 'event' ? each.data : each.text)),
    ['{"buyer":"user_1","amount":"4","cost":"10.00000000"}', 'user_1 buys 4 for 10.00000000 iost'],
  );
  stage.call('user_1', 'buy', ['user_1', '6'], limit('iost:15'));
  stage.call('user_2', 'buy', ['user_2', '0.01'], limit('iost:1'));
  assert.equal(stage.balance('user_2'), 999.975);
  assert.equal(stage.balance(stage.id), 25.025);
  const { receipts } = stage.receipt('user_0', 'close', [], []);
  assert.equal(receipts.at(-1)?.content, '{"sold":"10.01"}');
  assert.equal(stage.balance('user_0', 'gem'), 89.99);
  assert.equal(stage.balance('user_0'), 1025.025);
  assert.equal(stage.balance(stage.id), 0);
  assert.match(stage.refusal('user_1', 'buy', ['user_1', '1'], limit('iost:3')), /no open sale/);
});

test('token sale: nobody gets more than they may, or for nothing', () => {
  const stage = openSale();
  const buy = (amount: string, most: string) =>
    stage.refusal('user_1', 'buy', ['user_1', amount], limit(most));
  assert.match(buy('10.1', 'iost:100'), /user_1 may buy 10 in all/);
  assert.match(buy('4', 'iost:9.9'), /token iost exceed amountLimit in tx\. need 10/);
  assert.match(buy('-4', 'iost:100'), /has to be more than 0/);
  assert.match(buy('0.000000001', 'iost:100'), /cost nothing/);
  assert.match(
    stage.refusal('user_2', 'buy', ['user_1', '4'], limit('iost:10')),
    /user_1 has not signed/,
  );
  assert.equal(stage.balance('user_1'), 1000);
  assert.equal(stage.call('user_1', 'available', []), '100');
});

test('token sale: only its owner opens, stocks and closes it, once', () => {
  const stage = openSale();
  assert.match(stage.refusal('user_1', 'open', ['gem', '1', '1']), /only user_0 may do this/);
  assert.match(stage.refusal('user_1', 'stock', ['1']), /only user_0 may do this/);
  assert.match(stage.refusal('user_1', 'close', []), /only user_0 may do this/);
  assert.match(stage.refusal('user_0', 'open', ['gem', '1', '1']), /opened before/);
});
