/**
 * Goal: validators with chains of their own agree on every block and on what follows from it,
 * whatever is late, lost, stopped or cut off, and who was away catches up.
 * Method: whole chains of several validators in virtual time, under random load.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { checkNetwork } from '../chains/conservation.ts';
import { accountKeys, RandomWorkload } from '../chains/random-workload.ts';
import { SimClient } from '../chains/sim-client.ts';
import { Prng } from '../prng.ts';
import { type Hosted, ValidatorNetwork } from './validator-network.ts';

const CHAINS = [0, 1, ROOT_CHAIN];
/** Records of what has not ended. */
const LEFT_OVER = /^x-(reserved|pending|locks|waiters|retries)/;

class Scene {
  readonly network: ValidatorNetwork;
  readonly #random: Prng;
  readonly #client: SimClient;
  readonly #workload: RandomWorkload;

  constructor(seed: number, lossPerMille = 0, validators = 4) {
    const genesis = readGenesis('dev');
    this.network = new ValidatorNetwork({
      seed,
      validators,
      shards: 2,
      genesis,
      delayMs: 40,
      lossPerMille,
    });
    this.#random = new Prng(seed, 1);
    this.#workload = new RandomWorkload(this.#random, genesis, this.network);
    this.#client = new SimClient(this.network, 2, accountKeys(genesis));
  }

  load(ms: number): void {
    for (let at = 0; at < ms; at += 100) {
      for (let count = this.#random.below(5); count > 0; count--) {
        this.#client.send(this.#workload.next());
      }
      this.network.run(100);
    }
  }

  heights(validator: number): readonly number[] {
    return CHAINS.map((chain) => this.network.height(validator, chain));
  }

  /** One history, of which some have seen more. */
  assertAgreed(): void {
    for (const chain of CHAINS) {
      const histories = this.network.hosted.map((_, index) => this.network.hashes(index, chain));
      const longest = histories.reduce((best, each) => (each.length > best.length ? each : best));
      for (const each of histories) assert.deepEqual(each, longest.slice(0, each.length));
    }
    checkNetwork({ chains: this.#newest() });
  }

  /** Each chain as the validator has it that is furthest. */
  #newest(): Map<number, Hosted> {
    const newest = new Map<number, Hosted>();
    for (const chain of CHAINS) {
      const copies = this.network.hosted.map((chains) => chains.get(chain) as Hosted);
      const height = Math.max(
        ...copies.map(({ validator }) => this.network.height(validator, chain)),
      );
      const best = copies.find(({ validator }) => this.network.height(validator, chain) === height);
      newest.set(chain, best as Hosted);
    }
    return newest;
  }

  assertProgress(validators: readonly number[], ms: number, blocks: number): void {
    const before = validators.map((validator) => this.heights(validator));
    this.load(ms);
    for (const [index, validator] of validators.entries()) {
      for (const [chain, height] of this.heights(validator).entries()) {
        const gained = height - (before[index]?.[chain] as number);
        assert.ok(gained >= blocks, `validator ${validator} gained ${gained} of chain ${chain}`);
      }
    }
    this.assertAgreed();
  }

  /** Left alone, the network runs whatever was sent: every message arrives and is believed. */
  assertSettles(): void {
    this.network.run(20_000);
    this.assertAgreed();
    for (const chains of this.network.hosted) {
      for (const { chain, machine, storage } of chains.values()) {
        assert.equal(machine?.status.poolCount, 0, `the pool of chain ${chain} is empty`);
        for (const [key] of storage.allState()) {
          assert.ok(!LEFT_OVER.test(key), `${key} of chain ${chain} is no more`);
        }
      }
    }
  }
}

for (const seed of [1, 2, 3]) {
  test(`validators: four agree and run every transaction (seed=${seed})`, () => {
    const scene = new Scene(seed);
    scene.assertProgress([0, 1, 2, 3], 4000, 8);
    scene.assertSettles();
  });

  test(`validators: messages that get lost only cost time (seed=${seed})`, () => {
    const scene = new Scene(seed, 100);
    scene.assertProgress([0, 1, 2, 3], 8000, 3);
    scene.network.lossPerMille = 0;
    scene.assertSettles();
  });

  test(`validators: three go on, two stop, all recover (seed=${seed})`, () => {
    const scene = new Scene(seed);
    scene.load(1500);
    scene.network.stop(seed % 4);
    const others = [0, 1, 2, 3].filter((each) => each !== seed % 4);
    scene.assertProgress(others, 10_000, 8);
    scene.network.stop((seed + 1) % 4);
    scene.load(500);
    const stalled = scene.heights((seed + 2) % 4);
    scene.load(3000);
    assert.deepEqual(scene.heights((seed + 2) % 4), stalled, 'two of four decide nothing');
    scene.network.start((seed + 1) % 4);
    scene.network.start(seed % 4);
    scene.load(20_000);
    assert.ok(scene.network.fetches.length > 0, 'who was away fetched blocks');
    scene.assertProgress([0, 1, 2, 3], 4000, 4);
    const newest = Math.max(...[0, 1, 2, 3].map((each) => scene.network.height(each, 0)));
    assert.ok(scene.network.height(seed % 4, 0) >= newest - 3, 'who was away is back');
  });

  test(`validators: cut in two halves nothing is decided, healed it goes on (seed=${seed})`, () => {
    const scene = new Scene(seed);
    scene.load(1500);
    scene.network.cutOff([0, 1]);
    scene.load(500);
    const stalled = scene.heights(0);
    scene.load(4000);
    assert.deepEqual(scene.heights(0), stalled);
    scene.network.cutOff([]);
    scene.network.run(10_000);
    scene.assertProgress([0, 1, 2, 3], 4000, 4);
  });

  test(`validators: all restart at once, again and again (seed=${seed})`, () => {
    const scene = new Scene(seed);
    for (let round = 0; round < 6; round++) {
      scene.load(300 + 130 * round);
      for (let each = 0; each < 4; each++) scene.network.stop(each);
      for (let each = 0; each < 4; each++) scene.network.start(each);
      scene.assertAgreed();
    }
    scene.network.run(10_000);
    scene.assertProgress([0, 1, 2, 3], 4000, 4);
  });
}
