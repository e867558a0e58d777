/** The load generator's arithmetic, against a node that is a few lines of this file. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoadRun, steadyRate } from '../../../bench/macro/load-run.ts';
import type { Submitter } from '../../../bench/macro/submitter.ts';

function idsOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const id = new Uint8Array(32);
    new DataView(id.buffer).setUint32(0, index + 1);
    return id;
  });
}

/** Notes what it is given; the test commits it. */
class ScriptedNode implements Submitter {
  readonly batch: number;
  room = Number.POSITIVE_INFINITY;
  readonly calls: [number, number][] = [];
  sent = 0;

  constructor(batch: number) {
    this.batch = batch;
  }

  load(): void {}

  submit(from: number, to: number): void {
    assert.equal(from, this.sent, 'in order, each once');
    this.calls.push([from, to]);
    this.sent = to;
    this.room -= to - from;
  }

  close(): void {}
}

test('a closed loop keeps to its window and sends whole batches', async () => {
  const node = new ScriptedNode(10);
  const ids = idsOf(95);
  const run = new LoadRun({ transactions: 95, rate: 0, window: 40 }, node, ids, []);
  const finished = run.run();
  assert.equal(node.sent, 40);
  run.onBlock(9, undefined);
  assert.equal(node.sent, 40, 'nine committed make no room for a batch of ten');
  run.onBlock(1, undefined);
  assert.equal(node.sent, 50);
  for (let committed = 10; committed < 95; committed += 5) {
    run.onBlock(5, undefined);
    assert.ok(node.sent - committed - 5 <= 40, 'never more than the window under way');
  }
  const result = await finished;
  assert.equal(result.committed, 95);
  assert.equal(result.rejected, 0);
  assert.deepEqual(node.calls.at(-1), [90, 95], 'the last batch is what is left');
});

test('a window smaller than a batch is sent as a whole', async () => {
  const node = new ScriptedNode(256);
  const run = new LoadRun({ transactions: 30, rate: 0, window: 20 }, node, idsOf(30), []);
  const finished = run.run();
  assert.equal(node.sent, 20);
  run.onBlock(20, undefined);
  assert.equal(node.sent, 30);
  run.onBlock(10, undefined);
  assert.equal((await finished).committed, 30);
});

test('what is rejected leaves the window and is told by reason', async () => {
  const node = new ScriptedNode(1);
  const run = new LoadRun({ transactions: 4, rate: 0, window: 2 }, node, idsOf(4), []);
  const finished = run.run();
  run.onRejected('no gas');
  run.onRejected('no gas');
  assert.equal(node.sent, 4);
  run.onBlock(1, undefined);
  run.onRejected('too old');
  const { committed, rejected, rejections } = await finished;
  assert.deepEqual({ committed, rejected }, { committed: 1, rejected: 3 });
  assert.deepEqual(rejections, [
    ['no gas', 2],
    ['too old', 1],
  ]);
});

test('an open loop counts from the time at which it meant to send, not from when it could', async () => {
  const node = new ScriptedNode(100);
  node.room = 0;
  const ids = idsOf(10);
  // All ten are due within 10 ms, and the node takes nothing for 120 ms.
  const run = new LoadRun({ transactions: 10, rate: 1000, window: 0 }, node, ids, []);
  const finished = run.run();
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.equal(node.sent, 0);
  node.room = 10;
  run.pump();
  assert.equal(node.sent, 10);
  run.onBlock(10, Buffer.concat(ids));
  const { openLoop } = await finished;
  assert.ok((openLoop?.latencyMs.p50 as number) >= 100);
  assert.ok((openLoop?.sendLagP99Ms as number) >= 100);
});

test('a run ends when those followed are irreversible, and fails when one of them failed', async () => {
  const ids = idsOf(2);
  const [first, second] = ids as [Uint8Array, Uint8Array];
  const good = { statusCode: 0, message: '' };
  const start = () => {
    const run = new LoadRun({ transactions: 2, rate: 0, window: 2 }, new ScriptedNode(1), ids, [
      second,
    ]);
    return { run, finished: run.run() };
  };
  const calm = start();
  calm.run.onBlock(2, undefined);
  calm.run.onStatus({ hash: second, status: 'PACKED', receipt: good });
  calm.run.onStatus({ hash: first, status: 'IRREVERSIBLE', receipt: good });
  const pending = Symbol('pending');
  assert.equal(await Promise.race([calm.finished, Promise.resolve(pending)]), pending);
  calm.run.onStatus({ hash: second, status: 'IRREVERSIBLE', receipt: good });
  assert.equal((await calm.finished).followed, 1);

  const failing = start();
  const receipt = { statusCode: 4, message: 'balance not enough' };
  failing.run.onStatus({ hash: second, status: 'PACKED', receipt });
  await assert.rejects(failing.finished, /a committed transfer failed: balance not enough/);
});

test('the steady rate is that of the middle, while the loop was full', () => {
  // 100 a second in the middle; the first and the last 200 come ten times as fast.
  const marks = [{ atMs: 0, committed: 0 }];
  let atMs = 0;
  for (let committed = 10; committed <= 1000; committed += 10) {
    atMs += committed <= 200 || committed > 800 ? 10 : 100;
    marks.push({ atMs, committed });
  }
  assert.equal(Math.round(steadyRate(marks, 1000, 200)), 100);
  assert.ok(steadyRate(marks, 1000, 400) > 110, 'no middle: all but the first fifth');
  const idle = { atMs: -5000, committed: 0 };
  const open = steadyRate([idle, ...marks], 1000, 0);
  assert.equal(open, steadyRate(marks, 1000, 400), 'blocks before an open loop do not count');
  assert.equal(steadyRate([], 0, 10), 0);
  assert.equal(steadyRate([{ atMs: 5, committed: 10 }], 10, 1), 0, 'one block has no rate');
});
