/** The supervisor with real threads: start, backpressure, death, restart, giving up, ordered stop. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActorKind } from '#actors/runtime/actor.ts';
import {
  floodRow,
  linkRow,
  pacedRow,
  relayRow,
  SupervisedNode,
  times,
} from '#test/support/supervised-node.ts';

const KINDS: readonly ActorKind[] = ['ring-driven', 'event-loop'];
const FAST_RESTARTS = { failuresMax: 4, windowMs: 60_000, backoffMsMin: 5, backoffMsMax: 20 };

for (const kind of KINDS) {
  test(`actors: a cycle of full rings: nothing lost, no deadlock (${kind})`, async () => {
    const count = 6000;
    const node = new SupervisedNode({
      topology: {
        actors: [
          floodRow('source', { to: 'first', count, payloadBytes: 300 }, { kind }),
          relayRow('first', { forwardTo: ['second'], answerTo: [] }, { kind, stopStage: 1 }),
          relayRow(
            'second',
            { forwardTo: [], answerTo: ['source'], workMicros: 5 },
            { kind, stopStage: 2 },
          ),
        ],
        links: [
          linkRow('source', 'first', 'work'),
          linkRow('first', 'second', 'work'),
          linkRow('second', 'source', 'reply'),
        ],
      },
    });
    assert.equal(await node.supervisor.start(), true);
    assert.deepEqual(node.supervisor.health(), { ready: true, reasons: [], details: {} });
    const done = await node.lineOf('flood complete');
    assert.ok(Number(done.fields['congestions']) > 0, 'the rings were full at times');
    node.supervisor.stop('test over');
    assert.deepEqual(await node.supervisor.finished, { code: 0, reason: 'test over', fix: '' });
    const stopped = node.lines.filter((line) => line.text === 'stopped').map((line) => line.actor);
    assert.deepEqual(stopped, ['source', 'first', 'second'], 'stage by stage');
  });
}

test('actors: stop under load: what was sent is answered before the threads end', async () => {
  const node = new SupervisedNode({
    topology: {
      actors: [
        floodRow('source', { to: 'slow', count: 1e9, payloadBytes: 200 }),
        relayRow('slow', { forwardTo: [], answerTo: ['source'], workMicros: 20 }, { stopStage: 1 }),
      ],
      links: [linkRow('source', 'slow', 'work'), linkRow('slow', 'source', 'reply')],
    },
  });
  await node.supervisor.start();
  await new Promise((resolve) => setTimeout(resolve, 100));
  node.supervisor.stop('test over');
  assert.equal((await node.supervisor.finished).code, 0);
  const last = await node.lineOf('stopped', 'source');
  assert.ok(Number(last.fields['sent']) > 100);
  assert.equal(last.fields['answered'], last.fields['sent']);
});

test('actors: sends from onStop: delivered, however full the ring', async () => {
  const lastRequests = 600;
  const node = new SupervisedNode({
    topology: {
      actors: [
        relayRow('leaver', { forwardTo: ['slow'], answerTo: [], lastRequests }),
        relayRow('slow', { forwardTo: [], answerTo: [], workMicros: 50 }, { stopStage: 1 }),
      ],
      links: [linkRow('leaver', 'slow', 'work')],
    },
  });
  await node.supervisor.start();
  node.supervisor.stop('test over');
  assert.equal((await node.supervisor.finished).code, 0);
  assert.equal((await node.lineOf('stopped', 'slow')).fields['next'], lastRequests);
});

// Broken, every round trip would wait for the loop's heartbeat: 300 × 250 ms.
test('actors: sends from Node’s own callbacks: leave at once', { timeout: 30_000 }, async () => {
  const node = new SupervisedNode({
    topology: {
      actors: [
        pacedRow('caller', { to: 'callee', count: 300 }),
        relayRow('callee', { forwardTo: [], answerTo: ['caller'] }),
      ],
      links: [linkRow('caller', 'callee', 'work'), linkRow('callee', 'caller', 'reply')],
    },
  });
  await node.supervisor.start();
  await node.lineOf('paced complete');
  node.supervisor.stop('test over');
  assert.equal((await node.supervisor.finished).code, 0);
});

test('actors: a peer of an earlier stage has stopped: its full ring holds nothing up', async () => {
  const node = new SupervisedNode({
    stopMsMax: 6000,
    topology: {
      actors: [
        relayRow('early', { forwardTo: [], answerTo: [] }),
        floodRow('source', { to: 'relay', count: 1e9, payloadBytes: 200 }, { stopStage: 1 }),
        relayRow(
          'relay',
          { forwardTo: ['early'], answerTo: ['source'], workMicros: 20 },
          { stopStage: 2 },
        ),
      ],
      links: [
        linkRow('source', 'relay', 'work', { bytes: 1 << 17 }),
        linkRow('relay', 'source', 'reply'),
        linkRow('relay', 'early', 'work', { bytes: 1024, messageBytesMax: 500 }),
      ],
    },
  });
  await node.supervisor.start();
  await new Promise((resolve) => setTimeout(resolve, 100));
  node.supervisor.stop('test over');
  assert.deepEqual(await node.supervisor.finished, { code: 0, reason: 'test over', fix: '' });
});

const MISHAPS = ['throw', 'exit', 'reject', 'hang'] as const;

for (const what of MISHAPS) {
  test(`supervisor: an actor dies (${what}): it starts again and all requests are answered`, async () => {
    const count = 3000;
    // A rejected promise kills after the turn: by then number 1500 may be answered, never to return.
    const deaths = what === 'throw' || what === 'exit' ? 2 : 1;
    const kind = what === 'reject' ? 'event-loop' : 'ring-driven';
    const mishap = { at: 1500, what, left: times(deaths) };
    const node = new SupervisedNode({
      restartLimits: FAST_RESTARTS,
      ...(what === 'hang' ? { stallMsMax: 1500 } : {}),
      topology: {
        actors: [
          floodRow('source', { to: 'frail', count, payloadBytes: 100 }),
          relayRow(
            'frail',
            { forwardTo: [], answerTo: ['source'], mishap },
            { kind, stopStage: 1 },
          ),
        ],
        links: [linkRow('source', 'frail', 'work'), linkRow('frail', 'source', 'reply')],
      },
    });
    const failures: (number | undefined)[] = [];
    node.supervisor.events.on('actorFailed', (_actor, _reason, delayMs) => failures.push(delayMs));
    assert.equal(await node.supervisor.start(), true);
    await node.lineOf('flood complete');
    assert.deepEqual(failures, [5, 10].slice(0, deaths), 'backoff doubles');
    const [, frail] = node.supervisor.metrics();
    assert.equal(frail?.restartCount, deaths);
    assert.equal(node.lines.filter((line) => line.text === 'peer restarted').length, deaths);
    node.supervisor.stop('test over');
    assert.equal((await node.supervisor.finished).code, 0);
  });
}

test('supervisor: an actor cannot start twice: the third start serves', async () => {
  const node = new SupervisedNode({
    restartLimits: FAST_RESTARTS,
    topology: {
      actors: [
        floodRow('source', { to: 'late', count: 50, payloadBytes: 10 }),
        relayRow('late', { forwardTo: [], answerTo: ['source'], startFailuresLeft: times(2) }),
      ],
      links: [linkRow('source', 'late', 'work'), linkRow('late', 'source', 'reply')],
    },
  });
  assert.equal(await node.supervisor.start(), true);
  await node.lineOf('flood complete');
  node.supervisor.stop('test over');
  assert.equal((await node.supervisor.finished).code, 0);
});

test('supervisor: an actor keeps dying: the node ends with reason and code 70', async () => {
  const node = new SupervisedNode({
    restartLimits: FAST_RESTARTS,
    topology: {
      actors: [
        relayRow('broken', { forwardTo: [], answerTo: [], startFailuresLeft: times(100) }),
        relayRow('other', { forwardTo: [], answerTo: [] }, { stopStage: 1 }),
      ],
      links: [],
    },
  });
  assert.equal(await node.supervisor.start(), false);
  const exit = await node.supervisor.finished;
  assert.equal(exit.code, 70);
  assert.match(exit.reason, /actor broken died 4 times .* cannot start yet/);
  await node.lineOf('stopped', 'other');
});

const ENDINGS = [
  { what: 'fatal', onFailure: 'restart', code: 78, reason: /^the disk is full$/, fix: 'make room' },
  {
    what: 'throw',
    onFailure: 'restart-node',
    code: 70,
    reason: /frail died: mishap at 10/,
    fix: '',
  },
] as const;

for (const { what, onFailure, code, reason, fix } of ENDINGS) {
  test(`supervisor: a death that no restart cures (${what}, ${onFailure}): exit ${code}`, async () => {
    const mishap = { at: 10, what, left: times(1) };
    const node = new SupervisedNode({
      topology: {
        actors: [
          floodRow('source', { to: 'frail', count: 100, payloadBytes: 10 }),
          relayRow('frail', { forwardTo: [], answerTo: ['source'], mishap }, { onFailure }),
        ],
        links: [linkRow('source', 'frail', 'work'), linkRow('frail', 'source', 'reply')],
      },
      stopMsMax: 3500,
    });
    await node.supervisor.start();
    const exit = await node.supervisor.finished;
    assert.equal(exit.code, code);
    assert.match(exit.reason, reason);
    assert.equal(exit.fix, fix);
  });
}

test('supervisor: an actor that never drains: finished anyway, and the exit code says so', async () => {
  const node = new SupervisedNode({
    stopMsMax: 3200,
    topology: {
      actors: [relayRow('stubborn', { forwardTo: [], answerTo: [], stubborn: true })],
      links: [],
    },
  });
  await node.supervisor.start();
  node.supervisor.stop('test over');
  const exit = await node.supervisor.finished;
  assert.equal(exit.code, 70);
  assert.match(exit.reason, /stubborn did not drain in time/);
  assert.ok(
    node.lines.some((line) => line.text === 'stopped'),
    'onStop was called all the same',
  );
});

test('supervisor: force during a stop: threads end at once, with a failure code', async () => {
  const node = new SupervisedNode({
    topology: {
      actors: [
        relayRow('stubborn', { forwardTo: [], answerTo: [], stubborn: true }),
        relayRow('asleep', { forwardTo: [], answerTo: [] }, { stopStage: 1 }),
      ],
      links: [],
    },
  });
  await node.supervisor.start();
  node.supervisor.stop('first signal');
  node.supervisor.force('second signal');
  assert.deepEqual(await node.supervisor.finished, {
    code: 1,
    reason: 'forced: second signal',
    fix: '',
  });
});

test('supervisor: metrics: loop numbers and registered ones arrive', async () => {
  const count = 500;
  const node = new SupervisedNode({
    topology: {
      actors: [
        floodRow('source', { to: 'sink', count, payloadBytes: 10 }),
        relayRow('sink', { forwardTo: [], answerTo: ['source'] }),
      ],
      links: [linkRow('source', 'sink', 'work'), linkRow('sink', 'source', 'reply')],
    },
  });
  await node.supervisor.start();
  await node.lineOf('flood complete');
  await new Promise((resolve) => setTimeout(resolve, 400));
  const [source, sink] = node.supervisor.metrics();
  assert.ok(source !== undefined && sink !== undefined);
  assert.deepEqual(sink.custom, [
    { type: 'counter', name: 'handled_total', help: 'Requests handled', label: null, value: count },
  ]);
  assert.ok(source.loop.messagesOut >= count && source.loop.messagesIn >= count);
  assert.equal(sink.loop.queueBytes, 0);
  assert.equal(sink.loop.messagesDropped, 0);
  node.supervisor.stop('test over');
  await node.supervisor.finished;
});
