/** The run loop on one thread, turn by turn, with the test holding the other ends of the rings. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor } from '#actors/runtime/actor.ts';
import {
  type ActorToSupervisor,
  SUPERVISOR,
  type SupervisorToActor,
} from '#actors/runtime/control-protocol.ts';
import { LinkTable } from '#actors/runtime/link-table.ts';
import { LoopContext } from '#actors/runtime/loop-context.ts';
import { RunLoop, VISIT_MESSAGES_MAX } from '#actors/runtime/run-loop.ts';
import type { PeerRelink } from '#actors/runtime/wiring.ts';
import type { Message } from '#ipc/frame.ts';
import { createCounters } from '#ipc/shared-counters.ts';
import type { LinkRow } from '#node/topology-types.ts';
import { TopologyWiring } from '#node/wire-topology.ts';
import { linkRow, relayRow } from '#test/support/supervised-node.ts';

type Numbered = { readonly kind: 'numbered'; readonly number: number; readonly bytes: Uint8Array };

class ProbeActor implements Actor<Numbered> {
  readonly calls: string[] = [];
  context: LoopContext | undefined;
  drained = true;
  forward = false;

  onStart(): void {}
  onMessage({ number, bytes }: Numbered, from: string): void {
    this.calls.push(`${from} ${number}`);
    if (this.forward)
      this.context?.sender<Numbered>('sink').send({ kind: 'numbered', number, bytes });
  }
  onTimer(id: string): void {
    this.calls.push(`timer ${id}`);
  }
  onTurnEnd(): void {
    this.calls.push('end');
  }
  onCongestion(congested: boolean): void {
    this.calls.push(congested ? 'congested' : 'flowing');
  }
  onPeerRestarted(peer: string): void {
    this.calls.push(`${peer} restarted`);
  }
  onDrain(): void {
    this.calls.push('drain');
  }
  isDrained(): boolean {
    return this.drained;
  }
  onStop(): void {}
  take(): string[] {
    return this.calls.splice(0);
  }
}

const LINKS: readonly LinkRow[] = [
  linkRow('one', 'probe', 'work', { bytes: 1 << 16 }),
  linkRow('two', 'probe', 'work', { bytes: 1 << 16 }),
  linkRow('sink', 'probe', 'reply'),
  linkRow('probe', 'sink', 'work'),
];

function createProbe() {
  const topology = {
    actors: ['one', 'two', 'sink', 'probe'].map((name) =>
      relayRow(name, { forwardTo: [], answerTo: [] }),
    ),
    links: LINKS,
  };
  const wiring = new TopologyWiring(topology);
  const context = new LoopContext({
    name: 'probe',
    module: '',
    kind: 'ring-driven',
    options: {},
    tickMs: 100,
    logLevel: 'info',
    doorbell: wiring.doorbellOf('probe'),
    counters: createCounters(),
    ...wiring.linksOf('probe'),
  });
  const actor = new ProbeActor();
  actor.context = context;
  const posted: PeerRelink[] = [];
  const time = { perReadMs: 0, nowMs: 0 };
  const loop = new RunLoop({
    context,
    actor,
    tickMs: 100,
    takeRelinks: () => posted.splice(0),
    monotonicMs: () => (time.nowMs += time.perReadMs),
  });
  const ends = new Map(
    ['one', 'two', 'sink', SUPERVISOR].map((name) => {
      const { inbound, outbound } = wiring.linksOf(name);
      return [name, new LinkTable(inbound, outbound, () => {})];
    }),
  );
  const end = (name: string): LinkTable => ends.get(name) ?? assert.fail(`no end ${name}`);
  return { wiring, context, actor, loop, posted, end, time };
}

function send(table: LinkTable, numbers: readonly number[], byteCount = 0): void {
  const bytes = new Uint8Array(byteCount);
  for (const number of numbers) {
    table.sender<Numbered>('probe', '').send({ kind: 'numbered', number, bytes });
  }
  table.flush();
}

function tell(table: LinkTable, message: SupervisorToActor): void {
  table.sender<SupervisorToActor>('probe', '').send(message);
  table.flush();
}

function readAll(table: LinkTable, priority: 'control' | 'reply' | 'work'): Message[] {
  const messages: Message[] = [];
  for (const receiver of table.receivers(priority)) {
    if (receiver.peer !== 'probe') continue;
    for (let message = receiver.next(); message !== undefined; message = receiver.next()) {
      messages.push(message);
    }
    receiver.release();
  }
  return messages;
}

test('run loop: nothing to do: no turn end; a message or a request: one', () => {
  const { actor, loop, context, end } = createProbe();
  assert.equal(loop.hasWork(), false);
  loop.turn();
  assert.deepEqual(actor.take(), []);
  send(end('one'), [1, 2]);
  assert.equal(loop.hasWork(), true);
  loop.turn();
  assert.deepEqual(actor.take(), ['one 1', 'one 2', 'end']);
  assert.equal(loop.hasWork(), false);
  context.requestTurn();
  assert.equal(loop.hasWork(), true);
  loop.turn();
  assert.deepEqual(actor.take(), ['end']);
});

test('run loop: replies are read before work', () => {
  const { actor, loop, end } = createProbe();
  send(end('one'), [1]);
  send(end('sink'), [2]);
  loop.turn();
  assert.deepEqual(actor.take(), ['sink 2', 'one 1', 'end']);
});

test('run loop: one busy link: the others get their turn after a bounded number of messages', () => {
  const { actor, loop, end } = createProbe();
  send(
    end('one'),
    Array.from({ length: 200 }, (_, number) => number),
  );
  send(end('two'), [7]);
  loop.turn();
  const calls = actor.take();
  assert.ok(calls.includes('two 7'));
  assert.equal(calls.filter((call) => call.startsWith('one')).length, VISIT_MESSAGES_MAX);
  assert.equal(loop.hasWork(), true, 'the rest comes in later turns');
});

test('run loop: slow messages: the turn ends soon, but every link has its first message read', () => {
  const { actor, loop, end, time } = createProbe();
  time.perReadMs = 10;
  send(end('one'), [1, 2, 3]);
  send(end('two'), [4, 5]);
  loop.turn();
  assert.deepEqual(actor.take().sort(), ['end', 'one 1', 'two 4']);
  loop.turn();
  assert.deepEqual(actor.take().sort(), ['end', 'one 2', 'two 5']);
});

test('run loop: outbound link overflows: work is held back, replies are read, then all goes on', () => {
  const { actor, loop, end, context } = createProbe();
  actor.forward = true;
  send(
    end('one'),
    Array.from({ length: 40 }, (_, number) => number),
    300,
  );
  loop.turn();
  assert.equal(context.congested, true);
  const before = actor.take();
  assert.equal(before.at(-1), 'congested');
  assert.ok(before.length < 20, 'reading stopped at the first overflow');
  actor.forward = false;
  send(end('sink'), [99]);
  assert.equal(loop.hasWork(), true, 'a reply is work');
  loop.turn();
  assert.deepEqual(actor.take(), ['sink 99', 'end']);
  assert.equal(loop.hasWork(), false, 'held work does not keep the thread awake');
  assert.ok(readAll(end('sink'), 'work').length > 0);
  assert.equal(loop.hasWork(), true, 'room in the full ring does wake it');
  loop.turn();
  assert.deepEqual(actor.take(), ['flowing']);
  loop.turn();
  assert.equal(actor.take().length, 40 - (before.length - 2) + 1, 'the rest, and the turn end');
});

test('run loop: timers: fire once, when due', () => {
  const { actor, loop, context } = createProbe();
  const nowMs = context.clock.nowMs();
  context.setTimer('late', nowMs + 60_000);
  context.setTimer('due', nowMs);
  assert.equal(loop.nextDueMs, nowMs);
  loop.turn();
  assert.deepEqual(actor.take(), ['timer due', 'end']);
  assert.equal(loop.nextDueMs, nowMs + 60_000);
  loop.turn();
  assert.deepEqual(actor.take(), []);
});

test('run loop: drain: said once, when nothing is unread and the actor agrees; then it goes on', () => {
  const { actor, loop, end, context } = createProbe();
  const supervisor = end(SUPERVISOR);
  actor.drained = false;
  tell(supervisor, { kind: 'drain' });
  loop.turn();
  assert.deepEqual(actor.take(), ['drain', 'end']);
  assert.deepEqual(readAll(supervisor, 'control'), []);
  actor.drained = true;
  send(end('one'), [1]);
  context.holdWork(true);
  loop.turn();
  assert.deepEqual(readAll(supervisor, 'control'), [], 'a message is unread');
  context.holdWork(false);
  loop.turn();
  assert.deepEqual(readAll(supervisor, 'control'), [{ kind: 'actorDrained' }]);
  send(end('one'), [2]);
  loop.turn();
  assert.deepEqual(actor.take(), ['one 1', 'end', 'one 2', 'end']);
  assert.deepEqual(readAll(supervisor, 'control'), [], 'not twice');
  assert.equal(loop.finished, false);
  tell(supervisor, { kind: 'finish' });
  loop.turn();
  assert.equal(loop.finished, true);
});

test('run loop: a peer died: its rings are replaced, and the actor is told', () => {
  const { actor, loop, end, wiring, posted } = createProbe();
  send(end('sink'), [1]);
  const relink = wiring.renewLinksOf('sink').get('probe');
  assert.ok(relink !== undefined);
  posted.push(relink);
  tell(end(SUPERVISOR), { kind: 'relink', peer: 'sink' });
  loop.turn();
  assert.deepEqual(actor.take(), ['sink restarted', 'end'], 'what was unread is gone');
  const { inbound, outbound } = wiring.linksOf('sink');
  const successor = new LinkTable(inbound, outbound, () => {});
  send(successor, [2]);
  actor.forward = true;
  loop.turn();
  assert.deepEqual(actor.take(), ['sink 2', 'end']);
  assert.equal(readAll(successor, 'work').length, 1, 'and sends reach the successor');
});

test('run loop: a peer stopped for good: its full ring does not hold anything up', () => {
  const { actor, loop, end, context } = createProbe();
  actor.forward = true;
  send(
    end('one'),
    Array.from({ length: 40 }, (_, number) => number),
    300,
  );
  loop.turn();
  assert.equal(context.congested, true);
  tell(end(SUPERVISOR), { kind: 'peerStopped', peer: 'sink' });
  loop.turn();
  assert.equal(context.congested, false);
  loop.turn();
  assert.ok(actor.take().includes('one 39'));
});

test('context: what an actor cannot get right by luck is asserted', () => {
  const { context } = createProbe();
  assert.throws(() => context.sender('stranger'), /the topology has a link to stranger/);
  context.metrics.counter('seen_total', 'Seen');
  assert.throws(() => context.metrics.gauge('seen_total', 'Seen'), /registered once/);
  assert.throws(() => context.metrics.gauge('Bad-Name', ''), /lower case/);
  assert.throws(() => context.metrics.histogram('h', '', [2, 1]), /ascend/);
  assert.deepEqual(context.outboundPeers, ['sink']);
  assert.deepEqual(context.inboundPeers, ['one', 'two', 'sink']);
});

test('context: log records, health, metrics and failures reach the supervisor, cut to size', () => {
  const { context, loop, end } = createProbe();
  const supervisor = end(SUPERVISOR);
  context.log.debug('not at this level');
  context.log.info('x'.repeat(100_000), { height: 5n, long: '東'.repeat(100_000) });
  context.setHealth({ ready: false, reason: 'replaying' });
  context.tellFailure(context.fatal('disk full', { code: 'retry', fix: 'make room' }));
  loop.turn();
  const [record, ...others] = readAll(supervisor, 'reply') as unknown as { text: string }[];
  assert.equal(record?.text.length, 8193);
  assert.deepEqual(others, []);
  const events = readAll(supervisor, 'control') as unknown as ActorToSupervisor[];
  assert.deepEqual(events[0], { kind: 'healthChanged', ready: false, reason: 'replaying' });
  assert.ok(events[1]?.kind === 'actorFailed');
  assert.deepEqual(events[1].fatal, { code: 'retry', fix: 'make room' });
});
