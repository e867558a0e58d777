/**
 * What a network of four validators has to survive, one after the other on one network: any one
 * killed, one that sleeps, one cut off, two halves, all killed at once, a wiped disk, a clock that is
 * wrong, two down. Never two final blocks at one height, progress with three, none with two, and
 * recovery without help.
 *
 * Method: real processes; signals; cuts are made on the test's own loopback links; the wrong clock
 * is preloaded. Transfers go on all the time.
 */

import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { CuttableLinks } from '#test/support/cuttable-links.ts';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';
import { TransferDrizzle } from './transfer-drizzle.ts';

const ALL = [0, 1, 2, 3];
const CLOCK = new URL('../support/preload/shifted-clock.ts', import.meta.url).href;
const TEN_MINUTES_MS = 600_000;
const PAUSE_MS = 30_000;
const CUT_MS = 20_000;
/** Longer than any view takes that could still decide something. */
const SETTLE_MS = 3000;
const STALL_MS = 10_000;

type Scene = {
  readonly network: ValidatorProcesses;
  readonly links: CuttableLinks;
  readonly drizzle: TransferDrizzle;
};

const SCENES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'each killed in turn': eachKilled,
  'one sleeps for 30 s': oneSleeps,
  'one is cut off': oneCutOff,
  'two halves': twoHalves,
  'all killed at once': allKilled,
  'a clock is ten minutes ahead': (scene) => clockWrong(scene, TEN_MINUTES_MS),
  'a clock is ten minutes behind': (scene) => clockWrong(scene, -TEN_MINUTES_MS),
  'two are down': twoDown,
  // Last, for whoever has lost its log stays out for the rest of the epoch.
  'a disk is wiped': diskWiped,
};

/** `only`: of the scenes those whose name holds it. */
export async function runNetworkFaults(only = ''): Promise<void> {
  const network = await ValidatorProcesses.prepare({ validators: ALL.length, shards: 2 });
  const links = await CuttableLinks.between(network);
  const drizzle = new TransferDrizzle(ALL.map((index) => network.rpc(index)));
  try {
    for (const index of ALL) network.start(index);
    await network.progress(ALL, 3);
    drizzle.start();
    for (const [name, play] of Object.entries(SCENES)) {
      if (!name.includes(only)) continue;
      const startedMs = performance.now();
      await play({ network, links, drizzle });
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      console.log(`  ${name}: ${seconds} s, ${drizzle.sent} transfers sent so far`);
    }
    await drizzle.stop();
    await network.progress(ALL, 3);
    const codes = await Promise.all(ALL.map((index) => network.end(index, 'SIGTERM')));
    assert.deepEqual(codes, [0, 0, 0, 0]);
    const blocks = await network.agree(ALL);
    network.trustEachOther();
    console.log(`  one history of at least ${blocks} blocks per chain`);
  } finally {
    await drizzle.stop();
    links.close();
    await network.remove();
  }
}

function others(one: number): readonly number[] {
  return ALL.filter((index) => index !== one);
}

async function eachKilled({ network }: Scene): Promise<void> {
  for (const victim of ALL) {
    await network.end(victim, 'SIGKILL');
    await network.progress(others(victim), 3);
    network.start(victim);
    await network.inStep([victim]);
  }
}

async function oneSleeps({ network }: Scene): Promise<void> {
  network.pause(1);
  await Promise.all([sleep(PAUSE_MS), network.progress(others(1), 5)]);
  network.resume(1);
  await network.inStep(ALL);
  await network.progress(ALL, 3);
}

async function oneCutOff({ network, links }: Scene): Promise<void> {
  links.cutOff([2]);
  await sleep(SETTLE_MS);
  const stalled = await network.heights(2);
  await Promise.all([sleep(CUT_MS), network.progress(others(2), 5)]);
  assert.deepEqual(await network.heights(2), stalled, 'alone nothing is decided');
  links.cutOff([]);
  await network.inStep(ALL);
  await network.progress(ALL, 3);
}

async function twoHalves({ network, links }: Scene): Promise<void> {
  links.cutOff([0, 1]);
  await sleep(SETTLE_MS);
  const stalled = await Promise.all(ALL.map((index) => network.heights(index)));
  await sleep(STALL_MS);
  const later = await Promise.all(ALL.map((index) => network.heights(index)));
  assert.deepEqual(later, stalled, 'neither half decides anything');
  links.cutOff([]);
  await network.progress(ALL, 3);
}

async function allKilled({ network }: Scene): Promise<void> {
  await Promise.all(ALL.map((index) => network.end(index, 'SIGKILL')));
  for (const index of ALL) network.start(index);
  await network.progress(ALL, 3);
}

async function diskWiped({ network }: Scene): Promise<void> {
  await network.end(3, 'SIGKILL');
  await network.progress(others(3), 3);
  network.wipe(3);
  network.start(3);
  await network.inStep([3]);
  await network.progress(ALL, 3);
  assert.deepEqual(await network.voters(3), new Map(network.actors.map((name) => [name, 0])));
  // It follows, but its vote does not count: with it, two that have theirs are too few.
  await network.end(0, 'SIGKILL');
  await sleep(SETTLE_MS);
  const stalled = await network.heights(1);
  await sleep(STALL_MS);
  assert.deepEqual(await network.heights(1), stalled, 'who has lost its log does not vote');
  network.start(0);
  await network.inStep([0]);
  await network.progress(ALL, 3);
}

async function clockWrong({ network }: Scene, shiftMs: number): Promise<void> {
  await network.end(0, 'SIGTERM');
  network.start(0, [], { NODE_OPTIONS: `--import ${CLOCK}`, TEST_CLOCK_SHIFT_MS: String(shiftMs) });
  await network.progress(others(0), 10);
  await network.end(0, 'SIGTERM');
  network.start(0);
  await network.inStep([0]);
  await network.progress(ALL, 3);
}

async function twoDown({ network }: Scene): Promise<void> {
  await network.end(1, 'SIGKILL');
  await network.end(2, 'SIGKILL');
  await sleep(SETTLE_MS);
  const stalled = await network.heights(0);
  await sleep(STALL_MS);
  assert.deepEqual(await network.heights(0), stalled, 'two decide nothing');
  network.start(1);
  network.start(2);
  await network.inStep(ALL);
  await network.progress(ALL, 3);
}
