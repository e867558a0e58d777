/**
 * Goal: an operator reads how far a chain is, how long it will take, and why it does not get on.
 * Method: the state machine is told what peers say; no network, no clock.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ChainSync } from '#core/sync/chain-sync.ts';
import type { SyncEffect, SyncEvent } from '#core/sync/sync-events.ts';
import { UNTOLD } from '#core/sync/sync-peers.ts';
import { describeSync, SyncProgress } from '#core/sync/sync-status.ts';

const HASH = new Uint8Array(32);

class Subject {
  height = 100;
  flushedHeight = 100;
  nowMs = 1_000_000;
  readonly sync: ChainSync;

  constructor(isMember: boolean) {
    this.sync = new ChainSync({
      chain: 0,
      groupFor: () => ({ chainId: 1, chain: 0, epoch: 0, members: [HASH] }),
      isClosing: () => false,
      isMember: () => isMember,
      tip: () => ({
        final: { hash: HASH, height: this.height },
        flushedHeight: this.flushedHeight,
      }),
    });
  }

  tell(event: SyncEvent): readonly SyncEffect[] {
    return this.sync.handle(event, this.nowMs);
  }

  wait(ms: number): readonly SyncEffect[] {
    const effects: SyncEffect[] = [];
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs += 500;
      effects.push(...this.tell({ kind: 'timerFired' }));
    }
    return effects;
  }

  get words(): string {
    return describeSync(this.sync.status(this.nowMs));
  }
}

test('an observer is in step once peers have said that there is nothing newer', () => {
  const subject = new Subject(false);
  assert.equal(subject.words, 'block 100, waits for a peer to say how far it is');
  subject.tell({ kind: 'peerHead', peer: 1, height: UNTOLD });
  assert.equal(subject.sync.status(subject.nowMs).state, 'waiting');
  subject.tell({ kind: 'peerHead', peer: 1, height: 100 });
  assert.equal(subject.words, 'block 100, in step with its peers');
  const effects = subject.tell({ kind: 'peerHead', peer: 1, height: 102 });
  assert.ok(effects.some(({ kind }) => kind === 'wantHeaders'));
  assert.equal(subject.words, 'block 100, in step with its peers', 'some blocks are always new');
});

test('a member leaves a few blocks to consensus and asks for many', () => {
  const subject = new Subject(true);
  assert.deepEqual(subject.tell({ kind: 'peerHead', peer: 1, height: 110 }), []);
  assert.equal(subject.sync.status(subject.nowMs).state, 'current');
  const effects = subject.tell({ kind: 'peerHead', peer: 1, height: 120 });
  assert.ok(effects.some(({ kind }) => kind === 'wantHeaders'));
  assert.match(subject.words, /^catching up block 100 of 120/);
});

test('a member asks as soon as consensus says that it is behind', () => {
  const subject = new Subject(true);
  subject.tell({ kind: 'peerHead', peer: 1, height: 103 });
  const effects = subject.tell({ kind: 'behind' });
  assert.deepEqual(effects[0], { kind: 'wantHeaders', peer: 1, request: 1, fromHeight: 101 });
});

test('who does not get on says why', () => {
  const silent = new Subject(false);
  silent.tell({ kind: 'peerHead', peer: 1, height: 500 });
  const effects = silent.wait(20_000);
  assert.ok(effects.some((effect) => effect.kind === 'report' && effect.offence === 'silence'));
  assert.equal(
    silent.words,
    'stuck at block 100 of 500: a peer did not answer when asked for headers from 101',
  );
  const disk = new Subject(false);
  disk.flushedHeight = 0;
  disk.tell({ kind: 'peerHead', peer: 1, height: 500 });
  disk.wait(20_000);
  assert.equal(disk.words, 'stuck at block 100 of 500: the disk does not keep up');
  const alone = new Subject(true);
  alone.tell({ kind: 'behind' });
  alone.wait(20_000);
  assert.equal(alone.words, 'stuck at block 100 of 100: no peer is connected');
});

test('a peer that does not answer gets a rest, and another is asked', () => {
  const subject = new Subject(false);
  const first = subject.tell({ kind: 'peerHead', peer: 1, height: 500 });
  assert.ok(first.some((effect) => effect.kind === 'wantHeaders' && effect.peer === 1));
  subject.tell({ kind: 'peerHead', peer: 2, height: 500 });
  const later = subject.wait(9000);
  assert.ok(later.some((effect) => effect.kind === 'wantHeaders' && effect.peer === 2));
});

test('an answer that nobody asked for, or of somebody else, is nothing', () => {
  const subject = new Subject(false);
  subject.tell({ kind: 'peerHead', peer: 1, height: 500 });
  const junk = { headers: [new Uint8Array(3)], proofs: [new Uint8Array(3)] };
  for (const [peer, request] of [
    [2, 1],
    [1, 7],
  ] as const) {
    const effects = subject.tell({ kind: 'headers', peer, request, ...junk });
    assert.equal(
      effects.some(({ kind }) => kind === 'report'),
      false,
    );
  }
  const effects = subject.tell({ kind: 'headers', peer: 1, request: 1, ...junk });
  assert.ok(effects.some((effect) => effect.kind === 'report' && effect.offence === 'junk'));
});

test('the pace and the time that is left follow from the last seconds', () => {
  const progress = new SyncProgress();
  for (let second = 0; second <= 20; second++) {
    progress.note(second * 1000, second * 50, 2000 + second * 10, true);
  }
  assert.equal(progress.blocksPerSecond, 50);
  // 1,200 blocks are left, and each second 40 fewer.
  assert.equal(progress.etaMs, 30_000);
  assert.equal(
    describeSync({
      state: 'syncing',
      height: 1000,
      target: 2200,
      blocksPerSecond: progress.blocksPerSecond,
      etaMs: progress.etaMs,
      reason: '',
    }),
    'catching up block 1000 of 2200, 50 blocks/s, about 30 s left',
  );
});
