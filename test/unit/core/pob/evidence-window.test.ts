/**
 * Goal: evidence is good for as long as stake is within reach and not longer, whatever chain it is
 * about, and what is remembered for it stays bounded.
 * Method: the rules on a state of their own, and the court with a shard's evidence.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { encodeEvidence } from '#core/bft/evidence-codec.ts';
import type { Vote } from '#core/bft/messages.ts';
import { voteDigest } from '#core/bft/statement.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { expireEpochs, isExpired, noteEpochEnd } from '#core/pob/evidence-window.ts';
import { writeSeats } from '#core/pob/pob-state.ts';
import { judge } from '#core/pob/slashing.ts';

const SHARD = 1;
const WEEK_SECONDS = 604_800;
const SECOND = 1_000_000_000n;
const KEPT = 4096;

function emptyState(): StateOverlay {
  const state = new StateOverlay({ get: () => undefined }, { self: 255, chainOf: () => 255 });
  state.begin();
  return state;
}

const countOf = (state: StateOverlay): number => {
  state.commit();
  return [...state.changes().values()].filter((value) => value !== undefined).length;
};

test('an epoch expires a week after its end, not a nanosecond before', () => {
  const state = emptyState();
  noteEpochEnd(state, SHARD, 0, 100n * SECOND);
  noteEpochEnd(state, SHARD, 1, 200n * SECOND);
  const due = (100n + BigInt(WEEK_SECONDS)) * SECOND;
  expireEpochs(state, SHARD, due, WEEK_SECONDS);
  assert.equal(isExpired(state, SHARD, 0), false);
  expireEpochs(state, SHARD, due + 1n, WEEK_SECONDS);
  assert.equal(isExpired(state, SHARD, 0), true);
  assert.equal(isExpired(state, SHARD, 1), false);
  assert.equal(isExpired(state, SHARD, 2), false, 'an epoch that runs');
  assert.equal(isExpired(state, SHARD + 1, 0), false, 'another chain');
});

test('what is remembered is bounded, however short the epochs are', () => {
  const state = emptyState();
  for (let epoch = 0; epoch < 3 * KEPT; epoch++) {
    noteEpochEnd(state, SHARD, epoch, BigInt(epoch));
    expireEpochs(state, SHARD, BigInt(epoch), WEEK_SECONDS);
  }
  assert.equal(isExpired(state, SHARD, 2 * KEPT - 1), true);
  assert.equal(isExpired(state, SHARD, 2 * KEPT), false);
  assert.equal(countOf(state), KEPT + 1);
});

test('the court does not hear of a shard what comes too late', () => {
  const state = emptyState();
  const liar = signerOfSeed(new Uint8Array(32).fill(9));
  writeSeats(state, [{ account: 'liar', publicKey: base58Encode(liar.publicKey) }]);
  const group = { chainId: 1020, chain: SHARD, epoch: 0, members: [liar.publicKey] };
  const vote = (fill: number): Vote => {
    const blockHash = new Uint8Array(32).fill(fill);
    const digest = voteDigest(group, { kind: 'finalize', view: 5, blockHash });
    const place = { chain: SHARD, epoch: 0, view: 5, blockHash, member: 0 };
    return { kind: 'finalize', ...place, signature: liar.sign(digest) };
  };
  const lie = { kind: 'twoVotes', member: 0, first: vote(1), second: vote(2) } as const;
  const evidence = encodeEvidence(lie);
  const court = { chainId: 1020, periodBlocks: 12, groupOf: () => group };
  assert.deepEqual(judge(state, evidence, court), { offence: 'E3', accounts: ['liar'] });
  noteEpochEnd(state, SHARD, 0, 0n);
  assert.ok(judge(state, evidence, court) !== undefined, 'the epoch ended just now');
  expireEpochs(state, SHARD, BigInt(WEEK_SECONDS + 1) * SECOND, WEEK_SECONDS);
  assert.equal(judge(state, evidence, court), undefined);
});
