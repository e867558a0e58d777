/**
 * A committee of seventeen processes under light load: how long a transaction takes to be final, and
 * whether all of them have one history in the end.
 */

import { strict as assert } from 'node:assert';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';
import { LoadClient } from '../../bench/macro/load-client.ts';
import { residentMemory } from '../../bench/macro/resident-memory.ts';
import { threadTimes } from '../../bench/macro/thread-times.ts';

const VALIDATORS = 17;
const SHARDS = 1;
/** Of the bench genesis. */
const ACCOUNTS = 10_000;
const TRANSFERS_PER_SECOND = 10;
const SECONDS_PER_JOB = 60;
const FINAL_MS_MAX = 2000;
/** Seventeen nodes that share two processors are no faster for a faster beat. */
const SETTINGS = [
  '--profile',
  'bench',
  '--set',
  'block.intervalMs=500',
  '--set',
  'root.intervalMs=1000',
];
/** On a busy machine; each writes its genesis and compiles its code. */
const BOOT_MS_MAX = 60_000;
const POLL_MS = 100;
const BLOCKS_BEFORE_LOAD = 5;
/** One that is stopped before the others may miss as many blocks as they make meanwhile. */
const LAG_BLOCKS_MAX = 50;

/** Throws where a minute's median is not below two seconds, or where two histories differ. */
export async function runCommittee(minutes: number): Promise<void> {
  const network = await ValidatorProcesses.prepare({
    validators: VALIDATORS,
    shards: SHARDS,
    network: 'bench',
  });
  const indexes = network.validators.map(({ index }) => index);
  let client: LoadClient | undefined;
  try {
    await startAll(network, indexes);
    const urls = indexes.map((index) => network.rpc(index));
    const mix = { accounts: ACCOUNTS, shards: SHARDS, crossShardShare: 0 };
    client = new LoadClient({
      urls,
      workload: 'transfer',
      transport: 'websocket',
      connections: 1,
      ...mix,
    });
    for (let minute = 1; minute <= minutes; minute++) {
      const before = cpuSeconds(network, indexes);
      const medianMs = await loadForAMinute(client, minute);
      showCost(network, indexes, cpuSeconds(network, indexes) - before);
      assert.ok(medianMs < FINAL_MS_MAX, `the median is not below ${FINAL_MS_MAX} ms`);
    }
    await network.progress(indexes, 2);
    const codes = await Promise.all(indexes.map((index) => network.end(index, 'SIGTERM')));
    assert.deepEqual(new Set(codes), new Set([0]));
    for (const chain of network.chains) await expectOneHistory(network, chain);
  } finally {
    client?.kill();
    await network.remove();
  }
}

/**
 * As many at a time as there are processors: all at once they would keep each other from answering in
 * time. Ready is none before a quorum is there.
 */
async function startAll(network: ValidatorProcesses, indexes: readonly number[]): Promise<void> {
  const startedMs = performance.now();
  const atOnce = availableParallelism();
  for (let from = 0; from < indexes.length; from += atOnce) {
    const next = indexes.slice(from, from + atOnce);
    for (const index of next) network.start(index, SETTINGS);
    await Promise.all(next.map((index) => booted(network, index)));
    console.log(`  ${from + next.length} of ${indexes.length} run, ${secondsSince(startedMs)} s`);
  }
  await network.ready(indexes);
  console.log(`  all are ready after ${secondsSince(startedMs)} s`);
  // Leaders that were not there yet have taught the others to wait long for them.
  await network.progress(indexes, BLOCKS_BEFORE_LOAD);
  console.log(`  all chains run after ${secondsSince(startedMs)} s`);
}

async function booted(network: ValidatorProcesses, index: number): Promise<void> {
  const deadline = performance.now() + BOOT_MS_MAX;
  while ((await network.heights(index)).size <= SHARDS) {
    assert.ok(performance.now() < deadline, `validator ${index} does not start`);
    await sleep(POLL_MS);
  }
}

function secondsSince(startMs: number): string {
  return ((performance.now() - startMs) / 1000).toFixed(0);
}

function cpuSeconds(network: ValidatorProcesses, indexes: readonly number[]): number {
  const times = indexes.flatMap((index) => [...(threadTimes(network.pid(index))?.values() ?? [])]);
  return times.reduce((sum, { micros }) => sum + micros, 0) / 1e6;
}

function showCost(network: ValidatorProcesses, indexes: readonly number[], seconds: number): void {
  const bytes = indexes.reduce((sum, index) => sum + residentMemory(network.pid(index)).bytes, 0);
  const memory = `${(bytes / 2 ** 30).toFixed(1)} GiB in all`;
  console.log(`    ${seconds.toFixed(0)} s of processor time, ${memory}`);
}

/** Median of the time to final, in ms. */
async function loadForAMinute(client: LoadClient, minute: number): Promise<number> {
  const transactions = TRANSFERS_PER_SECOND * SECONDS_PER_JOB;
  const job = { transactions, rate: TRANSFERS_PER_SECOND, window: 0 };
  const { committed, rejected, openLoop } = await client.run(job, () => {});
  assert.deepEqual([committed, rejected], [transactions, 0]);
  assert.ok(openLoop !== undefined, 'an open loop has latencies');
  const { p50, p99, max } = openLoop.latencyMs;
  console.log(
    `  minute ${minute}: final after ${Math.round(p50)} ms (median), ${Math.round(p99)} (99 %), ${Math.round(max)} (longest)`,
  );
  return p50;
}

async function expectOneHistory(network: ValidatorProcesses, chain: number): Promise<void> {
  const histories = await Promise.all(
    network.validators.map(({ index }) => network.hashes(index, chain)),
  );
  const longest = histories.reduce((best, each) => (each.length > best.length ? each : best));
  for (const each of histories) {
    assert.deepEqual(each, longest.slice(0, each.length), 'one history');
    assert.ok(longest.length - each.length <= LAG_BLOCKS_MAX, 'and nobody far behind');
  }
  console.log(`  chain ${chain}: ${longest.length} blocks, the same on all ${VALIDATORS}`);
}
