import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '#core/bft/block.ts';
import type { BftEffect, LogRecord } from '#core/bft/effects.ts';
import { type BftSettings, DEFAULT_DELTA } from '#core/bft/settings.ts';
import { Simplex } from '#core/bft/simplex.ts';
import { verifyCertificate } from '#core/chain/certificate.ts';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { GENESIS, makeBlock, readBlock } from './test-block.ts';

const signer = signerOfSeed(new Uint8Array(32).fill(7));
const group = { chainId: 1020, chain: 0, epoch: 0, members: [signer.publicKey] };
const settings: BftSettings<Block> = {
  group,
  member: 0,
  mayVote: true,
  final: GENESIS,
  records: [],
  blockIntervalMs: 200,
  delta: DEFAULT_DELTA,
  payloadBytesMax: 1000,
  ports: {
    sign: signer.sign,
    verify: (publicKey, message, signature) => verifyEd25519(signature, message, publicKey),
    readBlock,
  },
};

function kinds(effects: readonly BftEffect<Block>[]): string[] {
  return effects.map((effect) => effect.kind);
}

function pick<Kind extends BftEffect<Block>['kind']>(
  effects: readonly BftEffect<Block>[],
  kind: Kind,
): Extract<BftEffect<Block>, { kind: Kind }> {
  const found = effects.find((effect) => effect.kind === kind);
  assert.ok(found !== undefined, `no effect ${kind}`);
  return found as Extract<BftEffect<Block>, { kind: Kind }>;
}

test('a group of one: one write per block, then notarized, final and the next build at once', () => {
  const bft = new Simplex(settings);
  const started = bft.handle({ kind: 'started' }, 1000);
  assert.deepEqual(kinds(started), ['buildProposal']);
  const build = pick(started, 'buildProposal');
  assert.deepEqual([build.view, build.notBeforeMs], [1, 200]);
  const block = makeBlock(build.parent, 1000);
  const built = bft.handle({ kind: 'proposalBuilt', view: 1, block }, 1000);
  assert.deepEqual(kinds(built), ['persist']);
  const { token, records } = pick(built, 'persist');
  const done = bft.handle({ kind: 'persisted', token }, 1001);
  assert.deepEqual(kinds(done), [
    'blockNotarized',
    'blockFinalized',
    'dropRecords',
    'buildProposal',
  ]);
  const final = pick(done, 'blockFinalized');
  assert.equal(final.block, block);
  assert.ok(verifyCertificate(group, final.certificate));
  assert.deepEqual(final.certificate.blockHash, block.hash);
  const next = pick(done, 'buildProposal');
  assert.deepEqual([next.view, next.parent.hash, next.notBeforeMs], [2, block.hash, 1200]);
  const { belowKey } = pick(done, 'dropRecords');
  assert.ok(records.every((record) => record.key > belowKey));
});

test('a crash after the write and before the block is stored: the same block becomes final', () => {
  const bft = new Simplex(settings);
  const build = pick(bft.handle({ kind: 'started' }, 1000), 'buildProposal');
  const block = makeBlock(build.parent, 1000);
  const built = bft.handle({ kind: 'proposalBuilt', view: 1, block }, 1000);
  const records: readonly LogRecord[] = pick(built, 'persist').records;

  const again = new Simplex({ ...settings, records });
  const restarted = again.handle({ kind: 'started' }, 5000);
  assert.deepEqual(kinds(restarted), ['checkBlock', 'persist']);
  assert.deepEqual(pick(restarted, 'checkBlock').block.hash, block.hash);
  const checked = again.handle(
    { kind: 'blockChecked', view: 1, hash: block.hash, valid: true },
    5000,
  );
  assert.deepEqual(pick(checked, 'blockFinalized').block.hash, block.hash);
  assert.equal(pick(checked, 'buildProposal').view, 2);
});

test('a log that was lost: the member follows and signs nothing', () => {
  const bft = new Simplex({ ...settings, mayVote: false });
  assert.deepEqual(bft.handle({ kind: 'started' }, 1000), []);
});
