import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, FinalBlock } from '#core/bft/block.ts';
import type { BftEffect } from '#core/bft/effects.ts';
import { verifyEvidence } from '#core/bft/evidence.ts';
import { VIEW_WINDOW } from '#core/bft/message-gate.ts';
import type { BftMessage, Proposal, Vote, VoteKind } from '#core/bft/messages.ts';
import { type BftSettings, DEFAULT_DELTA } from '#core/bft/settings.ts';
import { Simplex } from '#core/bft/simplex.ts';
import { proposalDigest, voteDigest } from '#core/bft/statement.ts';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { GENESIS, makeBlock, readBlock } from './test-block.ts';

const signers = [1, 2, 3, 4].map((number) => signerOfSeed(new Uint8Array(32).fill(number)));
const group = {
  chainId: 1020,
  chain: 0,
  epoch: 0,
  members: signers.map((signer) => signer.publicKey),
};
const place = { chain: 0, epoch: 0 };
const verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
  verifyEd25519(signature, message, publicKey);

/** Member 3, which leads view 4, started at 1000 ms. */
function start(change: Partial<BftSettings<Block>> = {}): Simplex<Block> {
  const bft = new Simplex<Block>({
    group,
    member: 3,
    mayVote: true,
    final: GENESIS,
    records: [],
    blockIntervalMs: 0,
    delta: DEFAULT_DELTA,
    payloadBytesMax: 1000,
    ports: { sign: (signers[3] as (typeof signers)[0]).sign, verify, readBlock },
    ...change,
  });
  bft.handle({ kind: 'started' }, 1000);
  return bft;
}

function voteOf(member: number, kind: VoteKind, view: number, block?: Block): Vote {
  const vote = { kind, ...place, view, blockHash: block?.hash, member };
  const signature = signers[member]?.sign(voteDigest(group, vote)) as Uint8Array;
  return { ...vote, signature };
}

function proposalOf(view: number, block: Block, parent: FinalBlock): Proposal {
  const { parentHash, height, hash, payload } = block;
  const statement = {
    ...place,
    view,
    parentView: parent.view,
    parentHash,
    height,
    blockHash: hash,
  };
  const signature = signers[view - 1]?.sign(proposalDigest(group, statement)) as Uint8Array;
  return { kind: 'proposal', ...statement, payload, signature };
}

function send(bft: Simplex<Block>, from: number, message: BftMessage): readonly BftEffect<Block>[] {
  return bft.handle({ kind: 'messageReceived', from, message }, 1000);
}

function kindsOf(effects: readonly BftEffect<Block>[]): string[] {
  return effects.map((effect) => effect.kind).filter((kind) => kind !== 'setTimer');
}

function saidIn(effects: readonly BftEffect<Block>[]): string[] {
  return effects.flatMap((effect) => (effect.kind === 'broadcast' ? [effect.message.kind] : []));
}

const block = makeBlock(GENESIS, 1000);
const other = makeBlock(GENESIS, 1000, 1);

test('votes for a proposal after it is checked, and says so after the vote is on disk', () => {
  const bft = start();
  const arrived = send(bft, 0, proposalOf(1, block, GENESIS));
  assert.deepEqual(kindsOf(arrived), ['checkBlock']);
  const { hash } = block;
  const checked = bft.handle({ kind: 'blockChecked', view: 1, hash, valid: true }, 1000);
  assert.deepEqual(kindsOf(checked), ['persist']);
  assert.deepEqual(saidIn(bft.handle({ kind: 'persisted', token: 1 }, 1000)), ['notarize']);
});

test('does not vote for a block that the host finds invalid, nor for a second one of the view', () => {
  const bft = start();
  send(bft, 0, proposalOf(1, block, GENESIS));
  const { hash } = block;
  const checked = bft.handle({ kind: 'blockChecked', view: 1, hash, valid: false }, 1000);
  assert.deepEqual(checked, []);
  const second = send(bft, 0, proposalOf(1, other, GENESIS));
  assert.deepEqual(kindsOf(second), ['evidence']);
});

test('two proposals and two votes of one member are evidence that others can check', () => {
  const bft = start();
  send(bft, 0, proposalOf(1, block, GENESIS));
  const effects = [
    ...send(bft, 0, proposalOf(1, other, GENESIS)),
    ...send(bft, 1, voteOf(1, 'notarize', 1, block)),
    ...send(bft, 2, voteOf(1, 'notarize', 1, other)),
    ...send(bft, 2, voteOf(2, 'nullify', 1)),
    ...send(bft, 2, voteOf(2, 'notarize', 1, block)),
    ...send(bft, 2, voteOf(2, 'finalize', 1, block)),
    ...send(bft, 2, voteOf(2, 'finalize', 1, other)),
  ];
  const proofs = effects.flatMap((effect) => (effect.kind === 'evidence' ? [effect.evidence] : []));
  assert.deepEqual(
    proofs.map((proof) => (proof.kind === 'twoCertificates' ? -1 : proof.member)),
    [0, 1, 2],
  );
  for (const proof of proofs) {
    assert.ok(verifyEvidence(group, proof, verify));
    assert.equal(verifyEvidence({ ...group, epoch: 1 }, proof, verify), false);
    if (proof.kind === 'twoCertificates') continue;
    assert.equal(verifyEvidence(group, { ...proof, member: 3 }, verify), false);
    const same = { ...proof, second: proof.first } as typeof proof;
    assert.equal(verifyEvidence(group, same, verify), false);
  }
});

test('nullify beside notarize is what an honest member may do', () => {
  const bft = start();
  const effects = [
    ...send(bft, 1, voteOf(1, 'notarize', 1, block)),
    ...send(bft, 1, voteOf(1, 'nullify', 1)),
  ];
  assert.ok(effects.every((effect) => effect.kind !== 'evidence'));
});

test('signatures, authors and groups are checked; only the sender is blamed', () => {
  const bft = start();
  const vote = voteOf(1, 'notarize', 1, block);
  const forged = { ...vote, member: 2 };
  assert.deepEqual(
    send(bft, 0, forged).map((effect) => effect.kind === 'misbehaviour' && effect.member),
    [0],
  );
  assert.deepEqual(send(bft, 0, { ...vote, epoch: 1 }), []);
  assert.deepEqual(send(bft, 0, { ...vote, chain: 1 }), []);
  assert.deepEqual(kindsOf(send(bft, 0, { ...vote, member: 9 })), ['misbehaviour']);
  assert.deepEqual(kindsOf(send(bft, 0, { ...vote, blockHash: undefined })), ['misbehaviour']);
  const swapped = { ...proposalOf(1, block, GENESIS), payload: other.payload };
  assert.deepEqual(kindsOf(send(bft, 2, swapped)), ['misbehaviour']);
  const wrongLeader = { ...proposalOf(1, block, GENESIS), view: 2 };
  assert.deepEqual(kindsOf(send(bft, 1, wrongLeader)), ['misbehaviour']);
  assert.deepEqual(send(bft, 3, vote), [], 'nobody speaks in our name');
});

test('memory is bounded: a flood of votes for all views holds only the window', () => {
  const bft = start();
  for (let view = 1; view <= 3000; view++) {
    for (const kind of ['notarize', 'finalize'] as const) {
      send(bft, 1, voteOf(1, kind, view, view % 2 === 0 ? block : other));
    }
    if (view % 500 === 0) send(bft, 1, proposalOf(2, makeBlock(GENESIS, view), GENESIS));
  }
  assert.ok(bft.status.viewsHeld <= VIEW_WINDOW + 2);
});

test('a view without a proposal is nullified after 2Δ, once, and never finalized by us', () => {
  const bft = start();
  assert.deepEqual(kindsOf(bft.handle({ kind: 'timerFired' }, 1999)), []);
  assert.deepEqual(kindsOf(bft.handle({ kind: 'timerFired' }, 2000)), ['persist']);
  assert.deepEqual(saidIn(bft.handle({ kind: 'persisted', token: 1 }, 2000)), ['nullify']);
  const effects = [0, 1, 2].flatMap((member) =>
    send(bft, member, voteOf(member, 'notarize', 1, block)),
  );
  const said = [...saidIn(effects), ...saidIn(bft.handle({ kind: 'persisted', token: 2 }, 2000))];
  assert.deepEqual(said, ['certificate']);
  assert.equal(bft.status.view, 2);
});

test('a finalized block that was never seen is asked for, executed, and then final', () => {
  const bft = start();
  for (const member of [0, 1, 2]) send(bft, member, voteOf(member, 'notarize', 1, block));
  for (const member of [0, 1, 2]) send(bft, member, voteOf(member, 'finalize', 1, block));
  assert.equal(bft.status.finalHeight, 0);
  const asked = bft.handle({ kind: 'timerFired' }, 1800).find((effect) => effect.kind === 'sendTo');
  assert.ok(asked?.kind === 'sendTo' && asked.message.kind === 'fetch');
  assert.deepEqual(asked.message.wants, [{ view: 1, what: 'body' }]);
  const reply = { kind: 'fetchReply', ...place, certificates: [] } as const;
  const effects = send(bft, 1, { ...reply, proposals: [proposalOf(1, block, GENESIS)] });
  assert.deepEqual(kindsOf(effects), ['checkBlock']);
  const { hash } = block;
  const checked = bft.handle({ kind: 'blockChecked', view: 1, hash, valid: true }, 1800);
  assert.ok(kindsOf(checked).includes('blockFinalized'));
  assert.equal(bft.status.finalHeight, 1);
});

test('a certified block that is invalid here stops the instance instead of forking it', () => {
  const bft = start();
  send(bft, 0, proposalOf(1, block, GENESIS));
  const { hash } = block;
  bft.handle({ kind: 'blockChecked', view: 1, hash, valid: false }, 1000);
  const effects = [0, 1, 2].flatMap((member) =>
    send(bft, member, voteOf(member, 'notarize', 1, block)),
  );
  assert.ok(effects.some((effect) => effect.kind === 'halted'));
  assert.deepEqual(bft.handle({ kind: 'timerFired' }, 9000), []);
});

test('a member whose log is lost follows and says nothing', () => {
  const bft = start({ mayVote: false });
  const effects = [
    ...send(bft, 0, proposalOf(1, block, GENESIS)),
    ...bft.handle({ kind: 'timerFired' }, 5000),
  ];
  assert.ok(effects.every((effect) => effect.kind !== 'broadcast'));
});
