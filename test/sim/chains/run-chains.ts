/** One simulated run of a network of chains under random load and crashes, checked all the way. */

import { strict as assert } from 'node:assert';
import { readGenesis } from '#test/support/genesis.ts';
import { Prng } from '../prng.ts';
import { checkNetwork } from './conservation.ts';
import { accountKeys, RandomWorkload } from './random-workload.ts';
import { SimClient } from './sim-client.ts';
import { SimNetwork } from './sim-network.ts';

export type ChainsRun = {
  readonly seed: number;
  readonly shards: number;
  readonly crashesPerSecond: number;
  /** Steps of 100 ms with up to 6 transactions each. */
  readonly steps: number;
  /** Check every so many events; 1 is every event. */
  readonly checkEvery: number;
};

export type ChainsOutcome = {
  /** Digest of the whole history: the same for the same run. */
  readonly digest: string;
  readonly events: number;
  readonly crashes: number;
  readonly transactions: number;
};

const SETTLE_MS = 20_000;

export function runChains(run: ChainsRun): ChainsOutcome {
  const genesis = readGenesis('dev');
  const network = new SimNetwork({
    seed: run.seed,
    shards: run.shards,
    genesis,
    crashesPerSecond: run.crashesPerSecond,
  });
  const random = new Prng(run.seed, 1);
  const workload = new RandomWorkload(random, genesis);
  const client = new SimClient(network, run.shards, accountKeys(genesis));
  let events = 0;
  let transactions = 0;
  const check = (): void => {
    events += 1;
    if (events % run.checkEvery === 0) checkNetwork(network);
  };
  for (let step = 0; step < run.steps; step++) {
    for (let count = random.below(7); count > 0; count--) {
      client.send(workload.next());
      transactions += 1;
    }
    network.run(100, check);
  }
  network.calm();
  network.run(SETTLE_MS, check);
  checkNetwork(network);
  assertQuiet(network);
  return { digest: network.digest, ...network.counts, transactions };
}

/** Every transaction has ended: nothing waits in a pool, no reservation is open. */
function assertQuiet(network: SimNetwork): void {
  for (const { number, chain, storage } of network.chains.values()) {
    assert.equal(chain?.status.poolCount, 0, `the pool of chain ${number} is empty`);
    for (const [key] of storage.allState()) {
      assert.ok(!key.startsWith('x-reserved-'), `${key} of chain ${number} is settled`);
      assert.ok(!key.startsWith('x-waiting-'), `${key} of chain ${number} has run`);
    }
  }
}
