/**
 * Registration and the count of the votes by vote_producer.iost, with the figures of the reference's
 * vote_producer_test (spec go-iost §6.12, §7, §9.3).
 */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { fieldsOf } from '#core/ledger/map-index.ts';
import { ADMIN, Governance, USERS } from '#test/support/governance.ts';
import { publicKeyOf } from '#test/support/ledger-simulator.ts';

const NEWCOMERS = USERS.slice(6);
const STAT_INTERVAL = 1200;
const PENALTY_BLOCKS = 144 * STAT_INTERVAL;
const keysOf = (...users: readonly number[]): string =>
  JSON.stringify(users.map((user) => publicKeyOf(`user_${user}`)));

describe('registration of producers', () => {
  let ledger: Governance;
  beforeEach(() => {
    ledger = new Governance();
  });

  const entry = (account: string) => ledger.stored('vote_producer.iost', 'producerTable', account);
  const refusal = (publisher: string, action: string, ...args: unknown[]): string =>
    ledger.failure('vote_producer.iost', action, args, publisher);
  const details = (account: string, status: number, online: boolean): string =>
    JSON.stringify({
      pubkey: publicKeyOf(account),
      loc: 'loc',
      url: 'url',
      netId: 'netId',
      isProducer: true,
      status,
      online,
    });

  test('genesis has its producers in the order of their keys', () => {
    assert.equal(
      ledger.stored('vote_producer.iost', 'pendingProducerList'),
      keysOf(0, 3, 1, 4, 5, 2),
    );
    assert.equal(ledger.stored('vote_producer.iost', 'producerNumber'), '6');
    assert.equal(ledger.stored('vote_producer.iost', 'voteId'), '1');
    assert.deepEqual(fieldsOf(ledger.base.get('m-vote.iost-v_1')), USERS.slice(0, 6));
    assert.equal(
      ledger.stored('vote_producer.iost', 'producerKeyToId', publicKeyOf('user_3')),
      '"user_3"',
    );
    assert.equal(refusal(ADMIN, 'initProducer', 'user_7', 'key'), 'init out of genesis block');
    assert.equal(refusal(ADMIN, 'initAdmin', 'user_7'), 'init out of genesis block');
  });

  test('apply, approve, log in and out', () => {
    const receipt = ledger.succeed(
      'vote_producer.iost',
      'applyRegister',
      ['user_6', publicKeyOf('user_6'), 'loc', 'url', 'netId', true],
      'user_6',
    );
    assert.deepEqual(receipt.receipts, [
      {
        funcName: 'vote_producer.iost/applyRegister',
        content: JSON.stringify(['user_6', publicKeyOf('user_6'), 'loc', 'url', 'netId', true]),
      },
    ]);
    assert.ok((receipt.ramUsage.find(([payer]) => payer === 'user_6')?.[1] ?? 0n) > 0n);
    assert.equal(entry('user_6'), details('user_6', 0, false));
    assert.equal(
      ledger.stored('vote.iost', 'v_1', 'user_6'),
      '{"votes":"0","deleted":0,"clearTime":-1}',
    );
    assert.equal(ledger.produce('user_6', 'getProducer', 'user_6'), details('user_6', 0, false));
    ledger.produce(ADMIN, 'approveRegister', 'user_6');
    ledger.produce('user_6', 'logInProducer', 'user_6');
    assert.equal(entry('user_6'), details('user_6', 1, true));
    assert.equal(
      ledger.produce('user_6', 'getProducer', 'user_6'),
      `${details('user_6', 1, true).slice(0, -1)},"voteInfo":{"votes":"0","deleted":0,"clearTime":-1}}`,
    );
    ledger.produce('user_6', 'logOutProducer', 'user_6');
    assert.equal(entry('user_6'), details('user_6', 1, false));
    assert.match(
      ledger.stored('vote_producer.iost', 'producerMap') ?? '',
      /"user_6":\{"pubkey":"[^"]+","isProducer":true,"status":1,"online":false\}/,
    );
  });

  test('what is refused', () => {
    ledger.register('user_6');
    const again = ['user_6', publicKeyOf('user_7'), '', '', '', true];
    assert.equal(refusal('user_6', 'applyRegister', ...again), 'producer exists');
    const taken = ['user_7', publicKeyOf('user_6'), '', '', '', true];
    assert.equal(
      refusal('user_7', 'applyRegister', ...taken),
      'pubkey is used by another producer',
    );
    assert.equal(
      refusal('user_7', 'approveRegister', 'user_6'),
      'require auth failed. ret = false',
    );
    assert.equal(refusal('user_7', 'logInProducer', 'user_6'), 'require auth failed.');
    assert.equal(refusal('user_7', 'logInProducer', 'user_7'), 'producer not exists, user_7');
    assert.equal(refusal('user_7', 'logOutProducer', 'user_7'), 'producer not exists');
    assert.equal(refusal('user_7', 'getProducer', 'user_7'), 'producer not exists');
    assert.equal(refusal(ADMIN, 'approveRegister', 'user_7'), 'producer not exists');
    assert.equal(refusal(ADMIN, 'approveUnregister', 'user_6'), 'producer not unapplied');
    assert.equal(
      refusal('user_3', 'updateProducer', 'user_3', 'other', '', '', ''),
      "account in producerList, can't change pubkey",
    );
    assert.equal(
      refusal('user_6', 'updateProducer', 'user_6', publicKeyOf('user_3'), '', '', ''),
      'pubkey is used by another producer',
    );
    ledger.produce(ADMIN, 'forceUnregister', 'user_3');
    assert.equal(
      refusal('user_3', 'unregister', 'user_3'),
      "producer in pending list or in current list, can't unregister",
    );
  });

  test('the administrator may act for a producer, its vote permission is enough', () => {
    ledger.register('user_6');
    ledger.produce(ADMIN, 'logInProducer', 'user_6');
    assert.equal(entry('user_6'), details('user_6', 0, true));
    ledger.succeed('vote_producer.iost', 'logOutProducer', ['user_6'], 'user_7', {
      signers: ['user_6@vote'],
      signedBy: ['user_6'],
    });
    assert.equal(entry('user_6'), details('user_6', 0, false));
  });

  test('a key can be changed while it is in no list', () => {
    ledger.enlist('user_6');
    ledger.produce('user_6', 'updateProducer', 'user_6', publicKeyOf('user_7'), 'l', 'u', 'n');
    assert.equal(
      entry('user_6'),
      details('user_7', 1, true).replace(
        '"loc","url":"url","netId":"netId"',
        '"l","url":"u","netId":"n"',
      ),
    );
    assert.equal(
      ledger.stored('vote_producer.iost', 'producerKeyToId', publicKeyOf('user_6')),
      undefined,
    );
    assert.equal(
      ledger.stored('vote_producer.iost', 'producerKeyToId', publicKeyOf('user_7')),
      '"user_6"',
    );
  });

  test('unregistering ends the registration and keeps the votes of the voters', () => {
    ledger.enlist('user_6');
    ledger.produce(ADMIN, 'vote', ADMIN, 'user_6', '5');
    assert.equal(refusal('user_6', 'unregister', 'user_6'), 'producer can not unregister');
    ledger.produce('user_6', 'applyUnregister', 'user_6');
    assert.equal(entry('user_6'), details('user_6', 2, true));
    assert.equal(refusal('user_6', 'applyUnregister', 'user_6'), 'producer not approved');
    ledger.produce(ADMIN, 'approveUnregister', 'user_6');
    assert.equal(entry('user_6'), details('user_6', 3, true));
    const before = ledger.base.get('m-token.iost-TBuser_6-ram');
    ledger.produce('user_6', 'unregister', 'user_6');
    assert.equal(entry('user_6'), undefined);
    const after = ledger.base.get('m-token.iost-TBuser_6-ram');
    assert.ok(before?.kind === 'int' && after?.kind === 'int' && after.value > before.value);
    assert.equal(
      ledger.stored('vote.iost', 'v_1', 'user_6'),
      '{"votes":"5","deleted":1,"clearTime":-1}',
    );
    assert.equal(refusal(ADMIN, 'vote', ADMIN, 'user_6', '1'), 'producer not exists');
    ledger.produce(ADMIN, 'unvote', ADMIN, 'user_6', '5');
    assert.equal(ledger.produce(ADMIN, 'getVote', ADMIN), '[]');
    ledger.enlist('user_6');
    assert.equal(entry('user_6'), details('user_6', 1, true));
  });

  test('votes are stored, shown and limited as in the reference', () => {
    const receipt = ledger.succeed('vote_producer.iost', 'vote', [
      ADMIN,
      'user_1',
      '20000000.123456789',
    ]);
    assert.equal(receipt.returns[0], '[""]');
    assert.deepEqual(receipt.receipts.at(-1), {
      funcName: 'vote_producer.iost/vote',
      content: '["user_0","user_1","20000000.12345678"]',
    });
    assert.equal(
      ledger.produce(ADMIN, 'getVote', ADMIN),
      '[{"option":"user_1","votes":"20000000.12345678","voteTime":1,"clearedVotes":"0"}]',
    );
    const tooMuch = ledger.failure('vote_producer.iost', 'vote', [ADMIN, 'user_1', '5'], ADMIN, {
      fields: { amountLimits: [{ token: 'iost', value: '4' }] },
    });
    assert.match(tooMuch, /^token iost exceed amountLimit in tx/);
    assert.equal(
      ledger.failure('vote.iost', 'vote', ['1', 'user_0', 'user_1', '5']),
      'require auth failed. ret = false',
    );
    assert.equal(
      ledger.failure('vote_producer.iost', 'vote', ['user_0', 'x', '5']),
      'producer not exists',
    );
    ledger.produce(ADMIN, 'switchOff', true);
    ledger.produce(ADMIN, 'unvote', ADMIN, 'user_1', '20000000.12345678');
    assert.equal(ledger.produce(ADMIN, 'getVote', ADMIN), '[]');
  });
});

describe('the count of the votes', () => {
  let ledger: Governance;
  beforeEach(() => {
    ledger = new Governance();
    for (const user of NEWCOMERS) ledger.enlist(user);
    for (const [index, user] of USERS.entries()) {
      ledger.produce(ADMIN, 'vote', ADMIN, user, String((index + 2) * 10_000_000));
    }
  });

  const stored = (key: string) => ledger.stored('vote_producer.iost', key);
  const producedBy = (users: readonly string[]) => {
    const produced = Object.fromEntries(users.map((user) => [publicKeyOf(user), 6]));
    ledger.base.set('b-base.iost-witness_produced', {
      kind: 'string',
      value: JSON.stringify(produced),
      payer: 'base.iost',
    });
  };
  const stat = (producing: readonly string[] = USERS) => {
    producedBy(producing);
    ledger.number = ledger.number === 1 ? STAT_INTERVAL : ledger.number + STAT_INTERVAL;
    ledger.act(ADMIN, 'base.iost', 'stat');
  };

  test('only base.iost may ask for it', () => {
    assert.match(ledger.failure('vote_producer.iost', 'stat', []), /^require auth failed/);
  });

  test('seats go to the highest scores, who pay a tenth of the mean for them', () => {
    stat();
    assert.equal(stored('currentProducerList'), keysOf(0, 3, 1, 4, 5, 2));
    assert.equal(stored('pendingProducerList'), keysOf(9, 8, 7, 6, 5, 4));
    assert.equal(
      stored('producerScores'),
      '{"user_9":"103500000.00000000","user_8":"93500000.00000000","user_7":"83500000.00000000","user_6":"73500000.00000000","user_5":"63500000.00000000","user_4":"53500000.00000000","user_3":"50000000","user_2":"40000000","user_1":"30000000","user_0":"20000000"}',
    );

    // Who asks to leave keeps its seat until that is approved.
    ledger.produce('user_9', 'applyUnregister', 'user_9');
    stat();
    assert.equal(stored('currentProducerList'), keysOf(9, 8, 7, 6, 5, 4));
    assert.equal(stored('pendingProducerList'), keysOf(9, 8, 7, 6, 5, 4));
    assert.equal(
      stored('producerScores'),
      '{"user_9":"200890000.00000000","user_8":"180890000.00000000","user_7":"160890000.00000000","user_6":"140890000.00000000","user_5":"120890000.00000000","user_4":"100890000.00000000","user_3":"100000000","user_2":"80000000","user_1":"60000000","user_0":"40000000"}',
    );

    ledger.produce(ADMIN, 'approveUnregister', 'user_9');
    stat();
    assert.equal(stored('pendingProducerList'), keysOf(8, 7, 6, 5, 4, 3));
    assert.equal(
      stored('producerScores'),
      '{"user_8":"263951666.66666666","user_7":"233951666.66666666","user_6":"203951666.66666666","user_5":"173951666.66666666","user_4":"143951666.66666666","user_3":"133061666.66666666","user_2":"120000000","user_1":"90000000","user_0":"60000000"}',
    );

    for (const user of ['user_8', 'user_3']) {
      ledger.produce(user, 'applyUnregister', user);
      ledger.produce(ADMIN, 'approveUnregister', user);
    }
    stat();
    assert.equal(stored('pendingProducerList'), keysOf(7, 6, 5, 4, 2, 1));
    assert.equal(
      stored('producerScores'),
      '{"user_7":"303725857.14285713","user_6":"263725857.14285713","user_5":"223725857.14285713","user_4":"183725857.14285713","user_2":"139774190.47619047","user_1":"99774190.47619047","user_0":"80000000"}',
    );

    // Where too few are left, those who leave keep their seats.
    for (const user of [0, 1, 4, 5, 6, 7]) {
      ledger.produce(ADMIN, 'forceUnregister', `user_${user}`);
    }
    stat();
    assert.equal(stored('pendingProducerList'), keysOf(2, 7, 6, 5, 4, 1));
    assert.equal(stored('producerScores'), '{"user_2":"161796771.42857142"}');
  });

  test('who is offline, no producer or short of votes gets no seat', () => {
    ledger.produce('user_9', 'logOutProducer', 'user_9');
    ledger.produce(ADMIN, 'unvote', ADMIN, 'user_8', '98000000');
    stat();
    assert.equal(stored('pendingProducerList'), keysOf(7, 6, 5, 4, 3, 2));
    // Offline: nothing is added, but what was there is kept.
    assert.match(stored('producerScores') ?? '', /"user_9":"0"/);
    assert.doesNotMatch(stored('producerScores') ?? '', /user_8/);
  });

  test('who has a seat and makes no block loses it and half of its score', () => {
    stat();
    stat(USERS.filter((user) => user !== 'user_5'));
    // user_5 had made blocks before, so that it was to make some now.
    assert.equal(stored('pendingProducerList'), keysOf(9, 8, 7, 6, 4, 3));
    // (63.5 + 70) million, halved.
    assert.match(stored('producerScores') ?? '', /"user_5":"66750000.00000000"/);
    assert.equal(stored('witnessWatched'), '{"user_5":{"bn":2400,"count":1}}');
    stat();
    assert.equal(stored('witnessWatched'), '{"user_5":{"bn":2400,"count":1}}');
  });

  test('three intervals without a block, and it is left out for 144 of them', () => {
    for (const user of USERS.slice(1, 6)) ledger.produce(ADMIN, 'unvote', ADMIN, user, '20000000');
    for (const user of NEWCOMERS) ledger.produce(user, 'logOutProducer', user);
    const lazy = USERS.filter((user) => user !== 'user_5');
    for (let count = 0; count < 3; count++) stat(lazy);
    const until = 3 * STAT_INTERVAL + PENALTY_BLOCKS;
    assert.equal(stored('witnessPenality'), `{"user_5":${until}}`);
    assert.equal(stored('witnessWatched'), '{}');
    const before = JSON.parse(stored('producerScores') ?? '{}')['user_5'];
    stat();
    // Barred, it earns no score.
    const after = JSON.parse(stored('producerScores') ?? '{}')['user_5'] ?? '0';
    assert.ok(Number(after) <= Number(before));
    ledger.number = until;
    stat();
    assert.equal(stored('witnessPenality'), '{}');
  });
});
