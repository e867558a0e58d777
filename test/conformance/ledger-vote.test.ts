/** vote.iost with the figures of the reference's vote_test (spec go-iost §6.11, §9.3). */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { fieldsOf } from '#core/ledger/map-index.ts';
import { ADMIN, Governance } from '#test/support/governance.ts';

const SETTINGS = {
  resultNumber: 2,
  minVote: 10,
  options: ['option1', 'option2', 'option3', 'option4'],
  anyOption: false,
  freezeTime: 0,
};
const IOST = 100_000_000n;

describe('vote.iost', () => {
  let ledger: Governance;
  let id: string;
  beforeEach(() => {
    ledger = new Governance();
    for (const user of ['user_1', 'user_2']) ledger.setBalance(user, 'iost', 2000n * IOST);
    id = ledger.act(ADMIN, 'vote.iost', 'newVote', ADMIN, 'test vote', SETTINGS);
  });

  const call = (publisher: string, action: string, ...args: unknown[]): string =>
    ledger.act(publisher, 'vote.iost', action, id, ...args);
  const refusal = (publisher: string, action: string, ...args: unknown[]): string =>
    ledger.failure('vote.iost', action, [id, ...args], publisher);
  const vote = (user: string, option: string, amount: string): string =>
    call(user, 'vote', user, option, amount);
  const unvote = (user: string, option: string, amount: string): string =>
    call(user, 'unvote', user, option, amount);
  const info = () => ledger.stored('vote.iost', 'voteInfo', id);
  const option = (name: string) => ledger.stored('vote.iost', `v_${id}`, name);
  const options = () => fieldsOf(ledger.base.get(`m-vote.iost-v_${id}`));
  const votesOf = (user: string) => ledger.stored('vote.iost', `u_${id}`, user);
  const ranked = () => ledger.stored('vote.iost', 'preResult', id) ?? '';
  const counted = (votes: string, deleted = 0, clearTime = -1) =>
    JSON.stringify({ votes, deleted, clearTime });

  test('a new vote is stored as the reference stores it and costs its creator 1000 IOST', () => {
    assert.equal(id, '2');
    assert.equal(ledger.stored('vote.iost', 'current_id'), '2');
    assert.equal(
      info(),
      '{"deleted":0,"description":"test vote","resultNumber":2,"minVote":10,"anyOption":false,"freezeTime":0,"deposit":"1000","optionNum":4,"canVote":true}',
    );
    assert.equal(option('option1'), counted('0'));
    assert.equal(call(ADMIN, 'getResult'), '[]');
    assert.equal(ledger.iost(ADMIN), (21_000_000_000n - 1000n) * IOST);
    assert.equal(ledger.iost('vote.iost'), 1000n * IOST);
    // The vote on the producers, made at genesis, was free.
    assert.match(ledger.stored('vote.iost', 'voteInfo', '1') ?? '', /"deposit":"0"/);
  });

  test('what a new vote must not be', () => {
    const refused = (settings: object, description = ''): string =>
      ledger.failure('vote.iost', 'newVote', [ADMIN, description, { ...SETTINGS, ...settings }]);
    assert.equal(refused({ resultNumber: 0 }), 'resultNumber not valid.');
    assert.equal(refused({ resultNumber: 2001 }), 'resultNumber not valid.');
    assert.equal(refused({ resultNumber: '2' }), 'resultNumber not valid.');
    assert.equal(refused({ minVote: 0 }), 'minVote not valid.');
    assert.equal(refused({ minVote: 'x' }), 'minVote not valid.');
    assert.equal(refused({ options: 'no' }), 'options not valid.');
    assert.equal(refused({ options: [1] }), 'options has none string value.');
    assert.match(refused({ options: ['x'.repeat(2049)] }), /^option too long/);
    assert.equal(refused({ anyOption: true }), 'anyOption not implemented');
    assert.equal(refused({ freezeTime: -1 }), 'freezeTime not valid.');
    assert.match(refused({}, 'x'.repeat(65_537)), /^description too long/);
    assert.match(
      ledger.failure('vote.iost', 'newVote', ['user_1', '', SETTINGS]),
      /^require auth failed/,
    );
  });

  test('options come and go', () => {
    call(ADMIN, 'addOption', 'option5', true);
    assert.deepEqual(options(), ['option1', 'option2', 'option3', 'option4', 'option5']);
    assert.equal(call(ADMIN, 'getOption', 'option5'), counted('0'));
    call(ADMIN, 'removeOption', 'option2', true);
    assert.deepEqual(options(), ['option1', 'option3', 'option4', 'option5']);
    assert.match(info() ?? '', /"optionNum":4,/);
    assert.equal(refusal(ADMIN, 'addOption', 'option1', true), 'option already exist.');
    assert.equal(refusal(ADMIN, 'removeOption', 'option2', true), 'option not exist');
    assert.equal(refusal(ADMIN, 'getOption', 'option2'), 'option not exist');
    assert.match(refusal('user_1', 'addOption', 'mine', true), /^require auth failed/);
  });

  test('votes add up, by option, by voter and in order', () => {
    ledger.number = 5;
    vote('user_1', 'option3', '5');
    assert.equal(option('option3'), counted('5'));
    assert.equal(votesOf('user_1'), '{"option3":["5",5,"0"]}');
    assert.equal(ranked(), '{}');
    vote('user_1', 'option3', '5');
    assert.match(ranked(), /"option3":"10"/);
    vote('user_1', 'option1', '20');
    assert.equal(votesOf('user_1'), '{"option3":["10",5,"0"],"option1":["20",5,"0"]}');
    vote(ADMIN, 'option3', '100');
    assert.equal(option('option3'), counted('110'));
    assert.equal(
      call(ADMIN, 'getResult'),
      '[{"option":"option3","votes":"110"},{"option":"option1","votes":"20"}]',
    );
    assert.equal(
      call('user_1', 'getVote', 'user_1'),
      '[{"option":"option3","votes":"10","voteTime":5,"clearedVotes":"0"},{"option":"option1","votes":"20","voteTime":5,"clearedVotes":"0"}]',
    );
    assert.equal(call('user_1', 'getVote', 'user_9'), '[]');
    assert.equal(ledger.iost('user_1'), 1970n * IOST);
    assert.equal(ledger.iost('vote.iost'), (1000n + 130n) * IOST);
  });

  const fill = () => {
    vote('user_1', 'option1', '100');
    vote('user_1', 'option2', '100');
    vote(ADMIN, 'option2', '100');
    vote(ADMIN, 'option3', '300');
    vote('user_2', 'option4', '400');
  };

  test('votes that are taken back leave the result', () => {
    fill();
    assert.equal(
      call(ADMIN, 'getResult'),
      '[{"option":"option4","votes":"400"},{"option":"option3","votes":"300"}]',
    );
    unvote(ADMIN, 'option3', '100');
    assert.equal(option('option3'), counted('200'));
    assert.match(votesOf(ADMIN) ?? '', /"option3":\["200",1,"0"\]/);
    unvote(ADMIN, 'option2', '95');
    assert.equal(option('option2'), counted('105'));
    unvote('user_1', 'option2', '100');
    assert.equal(option('option2'), counted('5'));
    assert.equal(votesOf('user_1'), '{"option1":["100",1,"0"]}');
    assert.equal(
      call(ADMIN, 'getResult'),
      '[{"option":"option4","votes":"400"},{"option":"option3","votes":"200"}]',
    );
    assert.equal(ledger.iost('user_1'), 1900n * IOST);
  });

  test('what cannot be voted or taken back', () => {
    vote('user_1', 'option1', '7.5');
    assert.equal(refusal('user_1', 'vote', 'user_1', 'none', '1'), 'option does not exist');
    assert.equal(refusal('user_1', 'vote', 'user_1', 'option1', '0'), 'amount must be positive');
    assert.equal(refusal('user_1', 'vote', 'user_1', 'option1', '-1'), 'amount must be positive');
    assert.equal(refusal('user_1', 'vote', 'user_1', 'option1', 'x'), 'invalid amount x');
    assert.match(refusal('user_1', 'vote', 'user_1', 'option1', '2000'), /^balance not enough/);
    assert.match(refusal('user_1', 'vote', ADMIN, 'option1', '1'), /^require auth failed/);
    assert.equal(refusal('user_2', 'unvote', 'user_2', 'option1', '1'), "account didn't vote.");
    assert.equal(
      refusal('user_1', 'unvote', 'user_1', 'option2', '1'),
      "account didn't vote for this option.",
    );
    assert.equal(
      refusal('user_1', 'unvote', 'user_1', 'option1', '7.50000001'),
      'amount too large. max amount = 7.5',
    );
    assert.equal(ledger.failure('vote.iost', 'getResult', ['99']), 'vote does not exist.');
  });

  test('what is withdrawn stays frozen for as long as the vote says, from the transaction on', () => {
    call(ADMIN, 'setFreezeTime', 604_800);
    assert.match(info() ?? '', /"freezeTime":604800,/);
    vote('user_1', 'option1', '10');
    unvote('user_1', 'option1', '4');
    assert.equal(ledger.iost('user_1'), 1990n * IOST);
    ledger.time += 604_800_000_000_000n - 1n;
    assert.equal(ledger.iost('user_1'), 1990n * IOST);
    ledger.time += 1n;
    assert.equal(ledger.iost('user_1'), 1994n * IOST);
    assert.match(refusal('user_1', 'setFreezeTime', 1), /^require auth failed/);
  });

  test('a deleted vote gives everything back', () => {
    fill();
    const before = ledger.iost(ADMIN);
    call(ADMIN, 'delVote');
    assert.equal(ledger.iost(ADMIN), before + 1000n * IOST);
    assert.equal(refusal('user_1', 'vote', 'user_1', 'option1', '1'), 'vote has been deleted.');
    assert.equal(call(ADMIN, 'getResult'), '[]');
    unvote(ADMIN, 'option2', '95');
    assert.equal(votesOf(ADMIN), '{"option2":["5",1,"0"],"option3":["300",1,"0"]}');
    unvote(ADMIN, 'option2', '5');
    unvote(ADMIN, 'option3', '300');
    assert.equal(votesOf(ADMIN), undefined);
    assert.deepEqual(options(), ['option1', 'option2', 'option4']);
    call(ADMIN, 'removeOption', 'option2', true);
    assert.deepEqual(options(), ['option1', 'option4']);
  });

  test('an option that comes back has its votes, unless they are cleared', () => {
    fill();
    ledger.number += 1;
    call(ADMIN, 'removeOption', 'option1', false);
    assert.equal(option('option1'), counted('100', 1));
    assert.doesNotMatch(ranked(), /option1/);
    assert.equal(refusal('user_1', 'vote', 'user_1', 'option1', '1'), 'option is removed.');
    call(ADMIN, 'addOption', 'option1', false);
    assert.equal(option('option1'), counted('100'));

    call(ADMIN, 'removeOption', 'option1', false);
    call(ADMIN, 'addOption', 'option1', true);
    assert.equal(option('option1'), counted('0', 0, 2));
    // In the block that cleared it a vote counts for nothing, later ones do.
    vote('user_1', 'option1', '100');
    assert.equal(votesOf('user_1'), '{"option1":["200",2,"100"],"option2":["100",1,"0"]}');
    ledger.number += 1;
    vote('user_1', 'option1', '100');
    assert.equal(votesOf('user_1'), '{"option1":["300",3,"200"],"option2":["100",1,"0"]}');
    vote('user_1', 'option1', '100');
    assert.equal(votesOf('user_1'), '{"option1":["400",3,"200"],"option2":["100",1,"0"]}');
    assert.equal(option('option1'), counted('200', 0, 2));
    // What was cleared is withdrawn first.
    unvote('user_1', 'option1', '50');
    assert.equal(votesOf('user_1'), '{"option1":["350",3,"150"],"option2":["100",1,"0"]}');
    assert.equal(option('option1'), counted('200', 0, 2));
    unvote('user_1', 'option1', '200');
    assert.equal(votesOf('user_1'), '{"option1":["150",3,"0"],"option2":["100",1,"0"]}');
    assert.equal(option('option1'), counted('150', 0, 2));
  });

  test('an option in the result goes only by force', () => {
    fill();
    const inResult = "option in result, can't be removed.";
    assert.equal(refusal(ADMIN, 'removeOption', 'option4', false), inResult);
    assert.equal(refusal(ADMIN, 'removeOption', 'option3', false), inResult);
    call(ADMIN, 'removeOption', 'option1', false);
    for (const name of ['option2', 'option3', 'option4']) {
      call(ADMIN, 'removeOption', name, true);
    }
    assert.equal(option('option4'), counted('400', 1));
    assert.equal(ranked(), '{}');
  });

  test('where not everybody may vote the owner of the vote has to agree', () => {
    const settings = { ...SETTINGS, canVote: false };
    id = ledger.act(ADMIN, 'vote.iost', 'newVote', ADMIN, 'test vote', settings);
    assert.equal(id, '3');
    assert.match(refusal('user_1', 'vote', 'user_1', 'option1', '1'), /^require auth failed/);
    vote(ADMIN, 'option1', '1');
    call(ADMIN, 'setCanVote', true);
    vote('user_1', 'option1', '1');
    call(ADMIN, 'setCanVote', false);
    assert.match(refusal('user_1', 'unvote', 'user_1', 'option1', '1'), /^require auth failed/);
  });

  test('names that JavaScript objects have of their own are options like others', () => {
    for (const name of ['__proto__', 'constructor']) {
      call(ADMIN, 'addOption', name, false);
      vote('user_1', name, '12');
      assert.equal(option(name), counted('12'));
      unvote('user_1', name, '12');
    }
    assert.equal(votesOf('user_1'), undefined);
    assert.equal(ranked(), '{}');
  });
});
