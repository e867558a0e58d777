import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPERVISOR } from '#actors/runtime/control-protocol.ts';
import { LOG_LANE, LoopContext } from '#actors/runtime/loop-context.ts';
import { RunLoop } from '#actors/runtime/run-loop.ts';
import type { LinkPriority, LinkWiring } from '#actors/runtime/wiring.ts';
import { createDoorbell } from '#ipc/doorbell.ts';
import { LinkSender } from '#ipc/link.ts';
import { createRing } from '#ipc/ring-layout.ts';
import { createCounters } from '#ipc/shared-counters.ts';

function wire(peer: string, priority: LinkPriority, lane = ''): LinkWiring {
  return {
    peer,
    lane,
    ring: createRing(4096),
    peerDoorbell: createDoorbell(),
    messageBytesMax: 1024,
    overflowBytesMax: 65_536,
    delivery: 'reliable',
    priority,
  };
}

function sendTo({ ring, peerDoorbell, ...wiring }: LinkWiring, kind: string): void {
  const watch = { onDirty: () => {}, onCongestion: () => {} };
  const sender = new LinkSender({ ...wiring, ring, peerDoorbell, watch });
  sender.send({ kind });
  sender.flush();
}

test('held work stays in its ring while replies are read, and is read after the release', () => {
  const work = wire('rpc', 'work');
  const reply = wire('storage', 'reply');
  const context = new LoopContext({
    name: 'verifier',
    module: '',
    kind: 'event-loop',
    options: null,
    tickMs: 100,
    logLevel: 'info',
    doorbell: createDoorbell(),
    counters: createCounters(),
    inbound: [work, reply],
    outbound: [wire(SUPERVISOR, 'control'), wire(SUPERVISOR, 'control', LOG_LANE)],
  });
  const received: string[] = [];
  const actor = {
    onStart: () => {},
    onMessage: ({ kind }: { readonly kind: string }) => received.push(kind),
    onStop: () => {},
  };
  const loop = new RunLoop({ context, actor, tickMs: 100, takeRelinks: () => [] });
  let turnsWanted = 0;
  context.onTurnWanted = () => {
    turnsWanted += 1;
  };
  context.holdWork(true);
  assert.equal(turnsWanted, 0);
  sendTo(work, 'work');
  assert.ok(!loop.hasWork(), 'the loop may sleep on held work');
  sendTo(reply, 'reply');
  assert.ok(loop.hasWork());
  loop.turn();
  assert.deepEqual(received, ['reply']);
  assert.ok(!loop.hasWork());
  context.holdWork(false);
  assert.ok(turnsWanted > 0 && loop.hasWork());
  loop.turn();
  assert.deepEqual(received, ['reply', 'work']);
});
