/**
 * Entry of every worker thread: builds the actor from its wiring, runs it to its end, and says how
 * it ended. An exception anywhere is reported to the supervisor, then ends the thread.
 */

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '#core/assert.ts';
import { Doorbell } from '#ipc/doorbell.ts';
import type { Actor, ActorFactory } from './actor.ts';
import { runBlocking } from './blocking-driver.ts';
import { EventLoopDriver } from './event-loop-driver.ts';
import { LoopContext } from './loop-context.ts';
import { RunLoop } from './run-loop.ts';
import type { PeerRelink, WorkerWiring } from './wiring.ts';

/** How long the last messages may take to fit into the rings of slow peers. */
const LAST_FLUSH_MS_MAX = 1000;
const LAST_FLUSH_STEP_MS = 2;

await run(workerData as WorkerWiring);

async function run(wiring: WorkerWiring): Promise<void> {
  const context = new LoopContext(wiring);
  process.on('uncaughtExceptionMonitor', (error) => context.tellFailure(error));
  const actor = await createActor(wiring);
  await actor.onStart(context);
  const loop = new RunLoop({ context, actor, tickMs: wiring.tickMs, takeRelinks });
  const doorbell = new Doorbell(wiring.doorbell);
  context.tellSupervisor({ kind: 'actorReady' });
  context.publishMetrics();
  if (wiring.kind === 'ring-driven') runBlocking(loop, doorbell, wiring.inbound.length);
  else await runOnEventLoop(loop, doorbell, context);
  await actor.onStop();
  await flushLast(loop);
  context.publishMetrics();
  context.tellSupervisor({ kind: 'actorStopped' });
  await flushLast(loop);
  // Whatever the actor left open (a socket, a pool) must not keep the thread alive.
  process.exit(0);
}

async function createActor(wiring: WorkerWiring): Promise<Actor> {
  const module = (await import(wiring.module)) as {
    readonly createActor?: ActorFactory<unknown, never>;
  };
  assert(typeof module.createActor === 'function', `${wiring.module} exports createActor`);
  return module.createActor(wiring.options) as unknown as Actor;
}

function runOnEventLoop(loop: RunLoop, doorbell: Doorbell, context: LoopContext): Promise<void> {
  return new Promise((resolve) => {
    const driver = new EventLoopDriver(loop, doorbell, resolve);
    context.onTurnWanted = driver.wantTurn;
    driver.wantTurn();
  });
}

/** Ring-driven threads never serve their port's event, so both kinds fetch posts like this. */
function takeRelinks(): readonly PeerRelink[] {
  assert(parentPort !== null, 'an actor runs in a worker thread');
  const relinks: PeerRelink[] = [];
  for (;;) {
    const received = receiveMessageOnPort(parentPort) as { message: PeerRelink } | undefined;
    if (received === undefined) return relinks;
    relinks.push(received.message);
  }
}

async function flushLast(loop: RunLoop): Promise<void> {
  const steps = LAST_FLUSH_MS_MAX / LAST_FLUSH_STEP_MS;
  for (let step = 0; step < steps && !loop.isFlushed(); step += 1) {
    await new Promise((resolve) => setTimeout(resolve, LAST_FLUSH_STEP_MS));
  }
}
