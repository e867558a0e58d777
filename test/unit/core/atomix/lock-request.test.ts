import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { keysWith } from '#core/atomix/lock-request.ts';
import { anchorOf, balanceKey, freezeKey } from '#core/ledger/state-key.ts';

describe('which keys are locked together', () => {
  test('a vote by a contract asks for the producer and the election at once', () => {
    assert.deepEqual(keysWith('m-vote_producer.iost-producerTable-alice'), [
      'b-vote_producer.iost-voteId',
      'm-vote.iost-owner-1',
      'm-vote.iost-v_1-alice',
      'm-vote.iost-voteInfo-1',
      'm-vote_producer.iost-producerTable-alice',
      'm-vote_producer.iost-voterCoef-alice',
    ]);
  });

  test('ranks and bonus of the candidates go together, and only with each other', () => {
    const ranks = keysWith('m-vote.iost-preResult-1');
    assert.deepEqual(keysWith('b-vote_producer.iost-candCoef'), ranks);
    assert.equal(ranks.length, 4);
    assert.deepEqual(keysWith('m-vote.iost-preResult-2'), ['m-vote.iost-preResult-2']);
  });

  test('what is locked together lies on one chain', () => {
    for (const key of [
      'm-token.iost-TBalice-ram',
      'm-token.iost-TIiost-supply',
      'b-ram.iost-leftSpace',
      'b-vote_producer.iost-voteId',
      'm-vote_producer.iost-producerTable-alice',
    ]) {
      const anchors = new Set(keysWith(key).map(anchorOf));
      assert.equal(anchors.size, 1, key);
    }
  });

  // A key of the home chain in a request kills every validator that runs the transaction.
  test('and that whatever the names are', () => {
    const name = fc.oneof(
      fc.constantFrom('user_0', 'ContractA', 'token.iost', '-', 'a-b', 'x-y-z', '__proto__', ''),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(name, name, (holder, token) => {
        for (const missing of [balanceKey(holder, token), freezeKey(holder, token)]) {
          const keys = keysWith(missing);
          assert.ok(keys.includes(missing));
          assert.deepEqual([...new Set(keys.map(anchorOf))], [anchorOf(missing)]);
        }
      }),
    );
  });
});
