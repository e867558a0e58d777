/**
 * Goal: votes for checkpoints take no more memory than there are candidates, whoever sends what, and
 * a node that followed a committee that lied stops and says so.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { type CheckpointLink, encodeCheckpointVote, linkDigest } from '#core/pob/checkpoint.ts';
import { noteTarget, writeElectors } from '#core/pob/checkpoint-state.ts';
import type { ChainEffect } from '#core/shard/chain-effects.ts';
import { CheckpointVotes } from '#core/shard/checkpoint-votes.ts';

const CHAIN_ID = 1020;
const PERIOD = 12;
const PEER = 5;
const signers = [1, 2, 3, 4, 5].map((fill) => signerOfSeed(new Uint8Array(32).fill(fill)));
const at = (height: number, fill = height) => ({ height, hash: new Uint8Array(32).fill(fill) });

/** A node whose key is the first of four candidates with one vote each, right after block 13. */
function node() {
  const state = new StateOverlay({ get: () => undefined }, { self: 255, chainOf: () => 255 });
  state.begin();
  const electors = signers.slice(0, 4).map(({ publicKey: key }) => ({ key, weight: 1n }));
  for (const period of [0, 1]) writeElectors(state, period, electors, []);
  noteTarget(state, at(0), PERIOD);
  noteTarget(state, at(PERIOD), PERIOD);
  const effects: ChainEffect[] = [];
  const [signer] = signers as [(typeof signers)[number]];
  const groups = { chainId: CHAIN_ID, members: [], rootEpochBlocks: PERIOD, shardEpochBlocks: 1 };
  const emit = (effect: ChainEffect) => void effects.push(effect);
  const votes = new CheckpointVotes({ groups, signer, flushed: state, emit }, PERIOD + 1);
  return { votes, effects, state };
}

function vote(place: number, link: CheckpointLink): Uint8Array {
  const signer = signers[place] as (typeof signers)[number];
  const signature = signer.sign(linkDigest(CHAIN_ID, link));
  return encodeCheckpointVote({ ...link, key: signer.publicKey, signature });
}

const kinds = (effects: readonly ChainEffect[]) => effects.map(({ kind }) => kind);

test('a candidate votes by itself, and three of four make a certificate', () => {
  const { votes, effects, state } = node();
  votes.onFlushed(PERIOD + 1);
  assert.deepEqual(kinds(effects), ['spreadCheckpointVote', 'spreadCheckpointVote']);
  const link = { source: at(0), target: at(PERIOD) };
  assert.deepEqual(votes.certificates(state), []);
  votes.offer(vote(1, link), PEER);
  assert.deepEqual(votes.certificates(state), []);
  votes.offer(vote(2, { ...link, source: at(0, 9) }), PEER);
  assert.deepEqual(votes.certificates(state), [], 'votes from another source do not count');
  votes.offer(vote(3, link), PEER);
  assert.equal(votes.certificates(state).length, 1);
  assert.equal(votes.status?.percent, 100);
});

test('a vote is passed on once, to all but who sent it', () => {
  const { votes, effects } = node();
  const bytes = vote(1, { source: at(0), target: at(PERIOD) });
  votes.offer(bytes, PEER);
  votes.offer(bytes, PEER + 1);
  assert.deepEqual(effects, [{ kind: 'spreadCheckpointVote', vote: bytes, from: PEER }]);
});

test('strangers, other heights and bad signatures leave nothing behind', () => {
  const { votes, effects } = node();
  const link = { source: at(0), target: at(PERIOD) };
  votes.offer(vote(4, link), PEER);
  for (const height of [1, PERIOD - 1, 3 * PERIOD, 1000 * PERIOD]) {
    votes.offer(vote(1, { source: at(0), target: at(height) }), PEER);
  }
  assert.deepEqual(effects, []);
  const forged = vote(1, link);
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  votes.offer(forged, PEER);
  votes.offer(forged.subarray(1), PEER);
  assert.deepEqual(kinds(effects), ['junkFrom', 'junkFrom']);
  assert.equal(votes.status?.percent, 0);
});

test('who votes twice is told of once, and its other votes do not matter', () => {
  const { votes } = node();
  const second = (fill: number) => vote(1, { source: at(0), target: at(PERIOD, fill) });
  assert.equal(votes.offer(second(PERIOD), PEER), undefined);
  assert.ok(votes.offer(second(98), PEER) !== undefined);
  assert.equal(votes.offer(second(99), PEER), undefined);
});

test('a vote around one for the period before is evidence', () => {
  const { votes } = node();
  assert.equal(votes.offer(vote(1, { source: at(6), target: at(PERIOD) }), PEER), undefined);
  const around = { source: at(0), target: at(2 * PERIOD) };
  assert.ok(votes.offer(vote(1, around), PEER) !== undefined);
});

test('two thirds of the votes for another block stop the node', () => {
  const { votes, effects } = node();
  const other = { source: at(0), target: at(PERIOD, 77) };
  for (const place of [1, 2]) votes.offer(vote(place, other), PEER);
  assert.ok(!kinds(effects).includes('halted'));
  votes.offer(vote(3, other), PEER);
  const halted = effects.find((each) => each.kind === 'halted');
  assert.match(halted?.reason ?? '', /stand by 4d4d.* as root block 12/);
});
