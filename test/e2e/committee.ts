/**
 * A committee of seventeen processes under light load: how long a transaction takes to be final, and
 * whether all of them have one history in the end.
 */

import { strict as assert } from 'node:assert';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';
import { LoadClient } from '../../bench/macro/load-client.ts';

const VALIDATORS = 17;
const SHARDS = 1;
/** Of the bench genesis. */
const ACCOUNTS = 10_000;
const TRANSFERS_PER_SECOND = 10;
const SECONDS_PER_JOB = 60;
const FINAL_MS_MAX = 2000;
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
    for (const index of indexes) network.start(index, ['--profile', 'bench']);
    await network.ready(indexes);
    const urls = indexes.map((index) => network.rpc(index));
    const mix = { accounts: ACCOUNTS, shards: SHARDS, crossShardShare: 0 };
    client = new LoadClient({
      urls,
      workload: 'transfer',
      transport: 'websocket',
      connections: 1,
      ...mix,
    });
    for (let minute = 1; minute <= minutes; minute++) await loadForAMinute(client, minute);
    await network.progress(indexes, 2);
    const codes = await Promise.all(indexes.map((index) => network.end(index, 'SIGTERM')));
    assert.deepEqual(new Set(codes), new Set([0]));
    for (const chain of network.chains) await expectOneHistory(network, chain);
  } finally {
    client?.kill();
    await network.remove();
  }
}

async function loadForAMinute(client: LoadClient, minute: number): Promise<void> {
  const transactions = TRANSFERS_PER_SECOND * SECONDS_PER_JOB;
  const job = { transactions, rate: TRANSFERS_PER_SECOND, window: 0 };
  const { committed, rejected, openLoop } = await client.run(job, () => {});
  assert.deepEqual([committed, rejected], [transactions, 0]);
  assert.ok(openLoop !== undefined, 'an open loop has latencies');
  const { p50, p99, max } = openLoop.latencyMs;
  console.log(
    `  minute ${minute}: final after ${Math.round(p50)} ms (median), ${Math.round(p99)} (99 %), ${Math.round(max)} (longest)`,
  );
  assert.ok(p50 < FINAL_MS_MAX, `the median is not below ${FINAL_MS_MAX} ms`);
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
