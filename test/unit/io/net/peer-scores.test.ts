/** Goal: offences add up, fade, and end in bans that grow; what is remembered is bounded. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { OFFENCE_POINTS, type Offence, PeerScores } from '#io/net/peer-scores.ts';

const MINUTE = 60_000;

test('a violation bans at once, and each ban is twice as long', () => {
  const scores = new PeerScores();
  const first = scores.report('a', 'violation', 'a second hello', 0);
  assert.deepEqual(first, { reason: 'a second hello', ms: MINUTE, untilMs: MINUTE });
  assert.equal(scores.report('a', 'violation', 'again', 1), undefined, 'it is banned already');
  assert.equal(scores.banOf('a', MINUTE - 1)?.reason, 'a second hello');
  assert.equal(scores.banOf('a', MINUTE), undefined);
  assert.equal(scores.report('a', 'violation', 'again', MINUTE)?.ms, 2 * MINUTE);
  assert.equal(scores.banOf('b', 0), undefined);
  let nowMs = 10 * MINUTE;
  for (let count = 0; count < 20; count++) {
    nowMs += 60 * MINUTE;
    scores.report('a', 'violation', 'again', nowMs);
  }
  assert.equal(scores.banOf('a', nowMs)?.ms, 60 * MINUTE, 'an hour at most');
});

test('small offences fade before they add up', () => {
  const scores = new PeerScores();
  for (let count = 0; count < 50; count++) {
    assert.equal(scores.report('slow', 'silence', 'late', count * 2 * MINUTE), undefined);
  }
  for (let count = 0; count < 9; count++) {
    assert.equal(scores.report('dead', 'silence', 'late', 0), undefined);
  }
  assert.ok(scores.report('dead', 'silence', 'late', 0) !== undefined);
  assert.equal(scores.bans(0).get('dead')?.reason, 'late');
  assert.equal(scores.bans(MINUTE).size, 0);
});

test('a ban comes exactly when the points of one moment reach the limit', () => {
  const offences = fc.constantFrom(...(Object.keys(OFFENCE_POINTS) as Offence[]));
  fc.assert(
    fc.property(fc.array(offences, { maxLength: 60 }), (list) => {
      const scores = new PeerScores();
      let points = 0;
      for (const offence of list) {
        const ban = scores.report('peer', offence, 'why', 5);
        points += OFFENCE_POINTS[offence];
        if ((ban !== undefined) !== points >= 100) return false;
        if (ban !== undefined) return true;
      }
      return true;
    }),
  );
});

test('strangers in any number do not fill the memory, and push out the oldest only', () => {
  const scores = new PeerScores();
  scores.report('old', 'violation', 'why', 0);
  for (let count = 0; count < 5000; count++) scores.report(`peer ${count}`, 'excess', 'why', 1);
  assert.equal(scores.banOf('old', 2), undefined);
  scores.report('new', 'violation', 'why', 2);
  for (let count = 0; count < 4000; count++) scores.report(`other ${count}`, 'excess', 'why', 3);
  assert.ok(scores.banOf('new', 4) !== undefined);
});
