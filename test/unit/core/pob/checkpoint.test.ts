/**
 * Goal: a checkpoint is justified by more than two thirds of the votes and by nothing less, and only
 * what no honest candidate says is evidence (protocol.md §2.4; §13, E4).
 * Method: properties against definitions written out here, and real signatures.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import {
  type CheckpointLink,
  type CheckpointVote,
  decodeCheckpointVote,
  encodeCheckpointVote,
  linkDigest,
  linksConflict,
} from '#core/pob/checkpoint.ts';
import {
  decodeCheckpointCertificate,
  encodeCheckpointCertificate,
  isJustifiedBy,
  makeCheckpointCertificate,
} from '#core/pob/checkpoint-certificate.ts';
import {
  decodeCheckpointEvidence,
  encodeCheckpointEvidence,
  verifyCheckpointEvidence,
} from '#core/pob/checkpoint-evidence.ts';
import { Electorate } from '#core/pob/electorate.ts';

const CHAIN_ID = 1020;
const signers = [1, 2, 3, 4].map((fill) => signerOfSeed(new Uint8Array(32).fill(fill)));
const at = (height: number, fill = height) => ({ height, hash: new Uint8Array(32).fill(fill) });
const link = (source: number, target: number, fill = target): CheckpointLink => ({
  source: at(source),
  target: at(target, fill),
});

function voteOf(place: number, links: CheckpointLink, chainId = CHAIN_ID): CheckpointVote {
  const signer = signers[place] as (typeof signers)[number];
  const signature = signer.sign(linkDigest(chainId, links));
  return { ...links, key: signer.publicKey, signature };
}

function certificateOf(places: readonly number[], links: CheckpointLink, electorate: Electorate) {
  const signatures = new Map(
    places.map((place) => [place, voteOf(place, links).signature] as const),
  );
  return makeCheckpointCertificate(links, electorate, signatures);
}

const electorateOf = (weights: readonly bigint[]) =>
  new Electorate(
    weights.map((weight, place) => ({ key: signers[place]?.publicKey as Uint8Array, weight })),
  );

test('exactly two thirds of the votes are not enough, one more is', () => {
  const places = [0, 1, 2];
  const justified = (weights: readonly bigint[]): boolean => {
    const electorate = electorateOf(weights);
    const certificate = certificateOf(places, link(12, 24), electorate);
    return isJustifiedBy(certificate, electorate, CHAIN_ID);
  };
  assert.equal(justified([2n, 2n, 2n, 3n]), false);
  assert.equal(justified([2n, 2n, 3n, 3n]), true);
  assert.equal(justified([0n, 0n, 0n, 1n]), false);
});

test('a certificate is worth nothing with a wrong link, signature, network or bitmap', () => {
  const electorate = electorateOf([1n, 1n, 1n, 1n]);
  const good = certificateOf([0, 1, 3], link(12, 24), electorate);
  const isGood = (changed: object, chainId = CHAIN_ID): boolean =>
    isJustifiedBy({ ...good, ...changed }, electorate, chainId);
  assert.equal(isGood({}), true);
  assert.equal(isGood({ target: at(24, 99) }), false);
  assert.equal(isGood({ source: at(0) }), false);
  assert.equal(isGood({}, CHAIN_ID + 1), false);
  assert.equal(isGood({ signatures: good.signatures.slice(1) }), false);
  assert.equal(isGood({ signatures: [...good.signatures].reverse() }), false);
  assert.equal(isGood({ signers: Uint8Array.of(0b0111) }), false);
  assert.equal(isGood({ signers: Uint8Array.of(0b1_1011) }), false);
  const encoded = encodeCheckpointCertificate(good);
  assert.deepEqual(decodeCheckpointCertificate(encoded), good);
  assert.equal(decodeCheckpointCertificate(encoded.subarray(1)), undefined);
});

test('votes read back, and only votes that lead forward', () => {
  const vote = voteOf(0, link(12, 24));
  assert.deepEqual(decodeCheckpointVote(encodeCheckpointVote(vote)), vote);
  const backward = encodeCheckpointVote({ ...vote, source: at(24) });
  assert.equal(decodeCheckpointVote(backward), undefined);
});

test('links conflict at one height, or where one surrounds the other, whoever is first', () => {
  const height = fc.nat(8);
  const pair = fc.tuple(height, height, height, height, fc.boolean());
  fc.assert(
    fc.property(pair, ([s1, t1, s2, t2, isOther]) => {
      fc.pre(s1 < t1 && s2 < t2);
      const first = link(s1, t1);
      const second = link(s2, t2, isOther ? 99 : t2);
      const isSurrounding = (s1 < s2 && t2 < t1) || (s2 < s1 && t1 < t2);
      const expected = t1 === t2 ? isOther : isSurrounding;
      assert.equal(linksConflict(first, second), expected);
      assert.equal(linksConflict(second, first), expected);
    }),
  );
});

test('evidence proves what one candidate has signed on this network, and nothing else', () => {
  const verify = (first: CheckpointVote, second: CheckpointVote): boolean => {
    const evidence = { first, second };
    const bytes = encodeCheckpointEvidence(evidence);
    assert.deepEqual(decodeCheckpointEvidence(bytes), evidence);
    return verifyCheckpointEvidence(evidence, CHAIN_ID);
  };
  const first = voteOf(0, link(12, 24));
  assert.equal(verify(first, voteOf(0, link(12, 24, 99))), true);
  assert.equal(verify(voteOf(0, link(0, 36)), first), true);
  assert.equal(verify(first, voteOf(0, link(24, 36))), false);
  assert.equal(verify(first, voteOf(1, link(12, 24, 99))), false);
  assert.equal(verify(first, voteOf(0, link(12, 24, 99), 7)), false);
  const forged = { ...voteOf(0, link(12, 24, 99)), signature: first.signature };
  assert.equal(verify(first, forged), false);
});
