/**
 * Goal: the code of a contract is shared by those who call it from other shards: they do not wait for
 * each other, callers on its own shard do not wait for them, and who replaces it does not wait for ever.
 * Method: calls of one contract by another of another shard, each with an entry of its own, in a steady
 * stream; the author replaces the code meanwhile, in each of the ways in which that can be done.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Action } from '#core/chain/transaction.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { publishedId } from '#core/ledger/published-id.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { checkNetwork } from './conservation.ts';
import { shopText } from './equivalence/contract-source.ts';
import { NetworkPromises } from './network-promises.ts';
import { accountKeys } from './random-workload.ts';
import { assertQuiet } from './run-chains.ts';
import { call, SimClient } from './sim-client.ts';
import { SimNetwork } from './sim-network.ts';

const SHARDS = 2;
const CALLER_SHARD = 0;
const CALLEE_SHARD = 1;
const STEP_MS = 50;
const CALLS_A_STEP = 4;

class Scene {
  readonly network: SimNetwork;
  readonly #promises = new NetworkPromises();
  readonly #client: SimClient;
  readonly #users: readonly (readonly string[])[];
  readonly caller: string;
  readonly callee: string;
  /** Of both contracts, whose gates let nobody else pass. */
  readonly author: string;
  readonly #sent: string[] = [];

  /** `seed` also decides when what arrives. */
  constructor(seed: number, authorShard = CALLEE_SHARD) {
    const genesis = readGenesis('dev');
    const promises = this.#promises;
    this.network = new SimNetwork({ seed, shards: SHARDS, genesis, crashesPerSecond: 0, promises });
    this.#client = new SimClient(this.network, SHARDS, accountKeys(genesis));
    const map = ShardMap.balanced(SHARDS);
    const ids = genesis.accounts.map(({ id }) => id);
    this.#users = [0, 1].map((shard) => ids.filter((id) => map.shardOfAccount(id) === shard));
    this.author = this.user(authorShard, 0);
    const shops: string[] = [];
    while (shops[CALLER_SHARD] === undefined || shops[CALLEE_SHARD] === undefined) {
      const actions = [call('system.iost', 'setCode', shopText('first'))];
      const publisher = this.author;
      const id = publishedId(this.#client.send({ publisher, actions, gasLimit: 2_000_000_00n }));
      this.network.run(1000);
      shops[map.shardOfContract(id)] = id;
    }
    [this.caller, this.callee] = shops as [string, string];
  }

  user(shard: number, index: number): string {
    const users = this.#users[shard] as readonly string[];
    return users[index % users.length] as string;
  }

  send(publisher: string, ...actions: readonly Action[]): string {
    const id = hexOf(this.#client.send({ publisher, actions, gasLimit: 3_000_000_00n }));
    this.#sent.push(id);
    return id;
  }

  /** Calls over both contracts, each with an entry of its own that its publisher pays for. */
  stream(steps: number): void {
    for (let step = 0; step < steps; step++) {
      for (let index = 0; index < CALLS_A_STEP; index++) {
        const publisher = this.user(CALLER_SHARD, index);
        const args = [`entry${this.#sent.length}`, 'value', publisher];
        this.send(publisher, call(this.caller, 'relay', this.callee, 'putFor', args));
      }
      const near = this.user(CALLEE_SHARD, step);
      this.send(near, call(this.callee, 'putFor', `near${this.#sent.length}`, 'value', near));
      this.network.run(STEP_MS, () => checkNetwork(this.network));
    }
  }

  update(): Action {
    return call('system.iost', 'updateCode', shopText('second', this.callee), 'please');
  }

  ran(id: string) {
    return this.#promises.ran.get(id);
  }

  /** And everything has ended well. */
  assertReplaced(): void {
    this.network.run(15_000);
    const greeting = this.send(this.user(CALLER_SHARD, 0), call(this.callee, 'hello'));
    this.end();
    assert.match(this.ran(greeting)?.receipt.returns[0] ?? '', /second/);
  }

  /** Everything that was sent has succeeded, and nothing is left of it. */
  end(): void {
    this.network.run(15_000);
    for (const id of this.#sent) assert.equal(this.ran(id)?.receipt.message, '');
    checkNetwork(this.network);
    assertQuiet(this.network);
  }
}

test('calls over shards that touch different entries do not stand in each other’s way', () => {
  const scene = new Scene(1);
  scene.stream(20);
  scene.end();
  const { locks } = scene.network;
  assert.ok(locks.some(({ granted }) => granted > 0));
  assert.ok(
    locks.every(({ refused, retries }) => refused + retries === 0),
    'nobody was refused a key',
  );
});

for (const [where, authorShard] of [
  ['on the shard of the contract', CALLEE_SHARD],
  ['on another shard', CALLER_SHARD],
] as const) {
  test(`code that is called all the time is replaced by an author ${where}`, () => {
    const scene = new Scene(2, authorShard);
    scene.stream(10);
    const update = scene.send(scene.author, scene.update());
    scene.stream(60);
    assert.ok(scene.ran(update) !== undefined, 'it got its turn while the calls went on');
    scene.assertReplaced();
  });
}

test('a transaction at home elsewhere that has only read the code gets it alone to replace it', () => {
  const scene = new Scene(3);
  scene.stream(4);
  scene.send(scene.author, call(scene.caller, 'hello'), scene.update());
  scene.stream(4);
  scene.assertReplaced();
});
