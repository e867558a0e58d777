/** Goal: evidence travels in one form only, and says whom it is about. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Evidence } from '#core/bft/evidence.ts';
import { decodeEvidence, encodeEvidence, placeOf } from '#core/bft/evidence-codec.ts';
import type { Vote } from '#core/bft/messages.ts';

const signature = new Uint8Array(64).fill(3);
const hash = (fill: number) => new Uint8Array(32).fill(fill);
const vote = (fill: number, epoch = 4): Vote => ({
  kind: 'finalize',
  chain: 255,
  epoch,
  view: 9,
  blockHash: hash(fill),
  member: 2,
  signature,
});
const statement = (fill: number) => ({
  kind: 'proposal' as const,
  chain: 1,
  epoch: 0,
  view: 5,
  parentView: 4,
  parentHash: hash(8),
  height: 7,
  blockHash: hash(fill),
  signature,
});
const certificate = (fill: number) => ({
  kind: 'finalization' as const,
  chain: 1,
  epoch: 0,
  view: 5,
  blockHash: hash(fill),
  signers: Uint8Array.of(7),
  signatures: [signature, signature, signature],
});

const EVIDENCE: readonly Evidence[] = [
  { kind: 'twoVotes', member: 2, first: vote(1), second: vote(2) },
  { kind: 'twoProposals', member: 1, first: statement(1), second: statement(2) },
  { kind: 'twoCertificates', first: certificate(1), second: certificate(2) },
];

for (const evidence of EVIDENCE) {
  test(`${evidence.kind} reads back, and nothing else does`, () => {
    const bytes = encodeEvidence(evidence);
    assert.deepEqual(decodeEvidence(bytes), evidence);
    assert.deepEqual(placeOf(evidence), {
      chain: evidence.first.chain,
      epoch: evidence.first.epoch,
    });
    assert.equal(decodeEvidence(bytes.subarray(0, -1)), undefined);
    assert.equal(decodeEvidence(Uint8Array.of(...bytes, 0)), undefined);
    assert.equal(decodeEvidence(Uint8Array.of(99, ...bytes.subarray(1))), undefined);
  });
}

test('two statements about different groups are no evidence', () => {
  const mixed = { kind: 'twoVotes', member: 2, first: vote(1), second: vote(2, 5) } as const;
  assert.equal(decodeEvidence(encodeEvidence(mixed)), undefined);
  const other = { kind: 'twoVotes', member: 1, first: vote(1), second: vote(2) } as const;
  assert.equal(decodeEvidence(encodeEvidence(other)), undefined);
});
