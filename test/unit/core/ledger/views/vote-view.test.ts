import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StateValue } from '#core/ledger/state-value.ts';
import {
  candidateBonusView,
  producerView,
  voterBonusView,
  votesOf,
} from '#core/ledger/views/vote-view.ts';
import { twoChainSource } from '#test/support/view-source.ts';

const text = (value: string): StateValue => ({ kind: 'string', value, payer: 'p' });
const PRODUCER = {
  pubkey: 'KEY',
  loc: 'here',
  url: 'http://x',
  netId: 'net',
  isProducer: true,
  status: 1,
  online: true,
};
const ROOT = new Map<string, StateValue>([
  ['m-vote_producer.iost-producerTable-prod1', text(JSON.stringify(PRODUCER))],
  ['m-vote_producer.iost-producerTable-prod2', text(JSON.stringify(PRODUCER))],
  ['m-vote.iost-v_1-prod1', text('{"votes":"2100000.5","deleted":0,"clearTime":-1}')],
  ['m-vote.iost-u_1-user_0', text('{"prod1":["100",1,"0"],"prod2":["50",1,"0"]}')],
  ['m-vote_producer.iost-voterCoef-prod1', text('"0.0333333333333333333333333333333333"')],
  ['m-vote_producer.iost-v_prod1-user_0', text('"1.2"')],
  ['b-vote_producer.iost-candCoef', text('"0.00001"')],
  ['m-vote_producer.iost-candMask-prod1', text('"1"')],
]);
const SOURCE = twoChainSource(new Map(), ROOT);
const EMPTY = twoChainSource(new Map(), new Map());

describe('votes and producers', () => {
  test('a network without votes answers empty, or refuses as the reference does', () => {
    assert.deepEqual(votesOf(EMPTY, 'user_0'), []);
    assert.deepEqual(voterBonusView(EMPTY, 'user_0'), { bonus: '0', detail: [] });
    assert.equal(candidateBonusView(EMPTY, 'prod1'), '0');
    const producer = producerView(EMPTY, 'prod1');
    assert.equal(!producer.ok && producer.failure.message, "can't get producer info");
    const voteless = producerView(SOURCE, 'prod2');
    assert.equal(!voteless.ok && voteless.failure.message, "can't get producer vote info");
  });

  test('a producer and its votes', () => {
    const producer = producerView(SOURCE, 'prod1');
    assert.deepEqual(producer.ok && producer.value, {
      publicKey: 'KEY',
      location: 'here',
      url: 'http://x',
      netId: 'net',
      isProducer: true,
      status: 'APPROVED',
      online: true,
      votes: '2100000.5',
    });
  });

  test('bonus is coefficient × votes − mask, cut to 8 decimals, and only where positive', () => {
    assert.deepEqual(voterBonusView(SOURCE, 'user_0'), {
      bonus: '2.13333333',
      detail: [['prod1', '2.13333333']],
    });
    assert.equal(candidateBonusView(SOURCE, 'prod1'), '20.000005');
  });

  test('a candidate below the threshold earns nothing', () => {
    const few = new Map(ROOT);
    few.set('m-vote.iost-v_1-prod1', text('{"votes":"2099999.9"}'));
    assert.equal(candidateBonusView(twoChainSource(new Map(), few), 'prod1'), '0');
  });
});
