/** One simulated run of a network of chains under random load and crashes, checked all the way. */

import { strict as assert } from 'node:assert';
import { hexOf } from '#core/crypto/hex.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { Prng } from '../prng.ts';
import { SimFailure } from '../sim-failure.ts';
import { checkNetwork } from './conservation.ts';
import { NetworkPromises } from './network-promises.ts';
import { accountKeys, RandomWorkload } from './random-workload.ts';
import { SimClient } from './sim-client.ts';
import { type SimCore, SimNetwork, type SimOptions } from './sim-network.ts';

export type ChainsRun = {
  readonly seed: number;
  readonly shards: number;
  readonly crashesPerSecond: number;
  /** Steps of 100 ms with up to 6 transactions each. */
  readonly steps: number;
  readonly network?: Pick<SimOptions, 'limits' | 'window' | 'delayMs' | 'relay'>;
  /** Shortest and longest life of a transaction in ms; 90 s unless said. */
  readonly lifetimesMs?: readonly [low: number, high: number];
  /** Few accounts that act for each other most of the time. */
  readonly isContended?: boolean;
  /** Send about every second transaction again, once or more, at any later time. */
  readonly resubmits?: boolean;
};

export type ChainsOutcome = {
  /** Digest of the whole history: the same for the same run. */
  readonly digest: string;
  readonly events: number;
  readonly crashes: number;
  readonly transactions: number;
  /** Transactions that got a receipt. */
  readonly ran: number;
};

/** Records of what has not ended: reservations, locks, runs that wait for something. */
const LEFT_OVER = /^x-(reserved|pending|locks|waiters|retries|fences)/;
const SETTLE_MS = 20_000;
/** Runs that fight for the same locks give way and wait longer each time, at most until they expire. */
const SETTLES_MAX = 12;
const CROSSLINKED_MS = 2000;

/** Throws `SimFailure` when an invariant does not hold. `core`: one with a seeded bug. */
export function runChains(run: ChainsRun, core?: SimCore): ChainsOutcome {
  const simulation = new ChainsSimulation(run, core);
  try {
    return simulation.run();
  } catch (error) {
    throw new SimFailure(error, simulation.chart);
  }
}

class ChainsSimulation {
  readonly #run: ChainsRun;
  readonly #random: Prng;
  readonly #promises = new NetworkPromises();
  readonly #network: SimNetwork;
  readonly #client: SimClient;
  readonly #workload: RandomWorkload;
  readonly #ids: string[] = [];
  /** Heights on the disks when they were looked at last. */
  #checked = '';

  constructor(run: ChainsRun, core: SimCore | undefined) {
    const { seed, shards, crashesPerSecond } = run;
    const genesis = readGenesis('dev');
    this.#run = run;
    this.#random = new Prng(seed, 1);
    this.#network = new SimNetwork({
      seed,
      shards,
      genesis,
      crashesPerSecond,
      promises: this.#promises,
      ...(core === undefined ? {} : { core }),
      ...run.network,
    });
    this.#workload = new RandomWorkload(this.#random, genesis, this.#network, run.isContended);
    this.#client = new SimClient(this.#network, shards, accountKeys(genesis));
  }

  get chart(): readonly string[] {
    return this.#network.chart;
  }

  run(): ChainsOutcome {
    for (let step = 0; step < this.#run.steps; step++) {
      for (let count = this.#random.below(7); count > 0; count--) this.#send();
      if (this.#run.resubmits === true) {
        for (let count = this.#random.below(4); count > 0; count--) this.#sendAgain();
      }
      this.#network.run(100, this.#check);
    }
    this.#network.calm();
    this.#settle();
    checkNetwork(this.#network);
    assertQuiet(this.#network);
    this.#promises.assertEnded(this.#ids);
    this.#network.close();
    const { events, crashes } = this.#network.counts;
    const transactions = this.#ids.length;
    return {
      digest: this.#network.digest,
      events,
      crashes,
      transactions,
      ran: this.#promises.ran.size,
    };
  }

  #settle(): void {
    const settlesMax = this.#run.isContended ? SETTLES_MAX : 1;
    for (let count = 0; count < settlesMax; count++) {
      this.#network.run(SETTLE_MS, this.#check);
      if (isQuiet(this.#network)) break;
    }
    this.#network.run(CROSSLINKED_MS, this.#check);
  }

  #send(): void {
    const transaction = this.#workload.next();
    const { lifetimesMs } = this.#run;
    const lifetime =
      lifetimesMs === undefined ? {} : { lifetimeMs: this.#random.between(...lifetimesMs) };
    this.#ids.push(hexOf(this.#client.send({ ...transaction, ...lifetime })));
  }

  #sendAgain(): void {
    const count = this.#ids.length;
    if (count > 0) this.#client.sendAgain(this.#random.below(count));
  }

  /** What is looked at is on disk, so it can only have changed where a block was flushed. */
  readonly #check = (): void => {
    const heights = [...this.#network.chains.values()].map(({ storage }) => storage.head()?.height);
    const flushed = heights.join();
    if (flushed === this.#checked) return;
    this.#checked = flushed;
    checkNetwork(this.#network);
  };
}

function isQuiet(network: SimNetwork): boolean {
  try {
    assertQuiet(network);
    return true;
  } catch {
    return false;
  }
}

/** Every transaction has ended: nothing waits in a pool, no reservation is open. */
export function assertQuiet(network: SimNetwork): void {
  for (const { number, chain, storage } of network.chains.values()) {
    assert.equal(chain?.status.poolCount, 0, `the pool of chain ${number} is empty`);
    for (const [key] of storage.allState()) {
      assert.ok(!LEFT_OVER.test(key), `${key} of chain ${number} is no more`);
    }
  }
}
