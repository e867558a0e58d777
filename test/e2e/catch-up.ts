/**
 * How fast a node with an empty disk catches up, compared with the chain it follows.
 *
 * Method: a producer makes thousands of blocks as fast as it can; then it goes on at the usual pace
 * under a few transfers while an observer fetches everything from it, by real processes and TLS.
 */

import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';
import { TransferDrizzle } from './transfer-drizzle.ts';

const PRODUCER = 0;
const POLL_MS = 200;
const SPEEDUP_MIN = 5;
const FAST = ['--set', 'block.intervalMs=1', '--set', 'block.idleIntervalMs=1'];
const ALWAYS = ['--set', 'p2p.enable="always"'];
/** A shard under load makes a block every 100 ms (config/default.json). */
const BUSY = ['--set', 'block.idleIntervalMs=100'];

/** Throws where the observer is not five times as fast as the chain. */
export async function runCatchUp(blocks: number, shards: number): Promise<void> {
  const network = await ValidatorProcesses.prepare({ validators: 1, shards });
  const observer = await network.addObserver();
  const drizzle = new TransferDrizzle([network.rpc(PRODUCER)]);
  try {
    network.start(PRODUCER, [...FAST, '--set', 'root.intervalMs=1']);
    await reached(network, PRODUCER, blocks);
    await network.end(PRODUCER, 'SIGKILL');
    network.start(PRODUCER, [...ALWAYS, ...BUSY]);
    await network.ready([PRODUCER]);
    drizzle.start();
    const chainFrom = await shardHeight(network, PRODUCER);
    const startedMs = performance.now();
    network.start(observer);
    while ((await shardHeight(network, observer)) < (await shardHeight(network, PRODUCER)) - 2) {
      await sleep(POLL_MS);
      console.log(`  ${await words(network, observer)}`);
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const chainTo = await shardHeight(network, PRODUCER);
    const chainSpeed = (chainTo - chainFrom) / seconds;
    const speed = chainTo / seconds;
    console.log(
      `  ${chainTo} blocks of each of ${shards} shard(s) in ${seconds.toFixed(1)} s, start of the ` +
        `process included: ${speed.toFixed(0)} blocks/s, the chain ${chainSpeed.toFixed(1)}`,
    );
    assert.ok(
      speed >= SPEEDUP_MIN * chainSpeed,
      `${(speed / chainSpeed).toFixed(1)} times as fast`,
    );
    await drizzle.stop();
    await Promise.all([PRODUCER, observer].map((index) => network.end(index, 'SIGTERM')));
    await network.agree([PRODUCER, observer]);
  } finally {
    await drizzle.stop();
    await network.remove();
  }
}

async function reached(network: ValidatorProcesses, index: number, height: number): Promise<void> {
  for (let at = 0; at < height; at = await shardHeight(network, index)) await sleep(POLL_MS * 5);
}

/** The lowest of all shards. */
async function shardHeight(network: ValidatorProcesses, index: number): Promise<number> {
  const heights = [...(await network.heights(index))].filter(([chain]) => chain !== 'consensus');
  return heights.length < network.size.shards ? 0 : Math.min(...heights.map(([, at]) => at));
}

/** What the node itself says about its first shard. */
async function words(network: ValidatorProcesses, index: number): Promise<string> {
  try {
    const response = await fetch(`${network.telemetry(index)}/readyz`);
    const { details } = (await response.json()) as { details: Record<string, string> };
    return details['shard-0'] ?? 'starting';
  } catch {
    return 'starting';
  }
}
