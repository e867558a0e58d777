/**
 * Goal: what the root does by itself reaches the shards, and tokens add up all the while.
 * Method: an idle network until the votes are counted for the first time; contributions are issued
 * then and arrive at the account of the maker of blocks, whichever shard it lives on.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { balanceKey } from '#core/ledger/state-key.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { checkNetwork } from './conservation.ts';
import { NetworkPromises } from './network-promises.ts';
import { SimNetwork } from './sim-network.ts';

const STAT_BLOCKS = 1200;
const STEP_MS = 5000;
/** 3.28… `contribute` a block. */
const RATE_MIN = 328_000_000n;

test('contributions reach their shard when votes are counted', () => {
  const network = new SimNetwork({
    seed: 1,
    shards: 2,
    genesis: readGenesis('dev'),
    crashesPerSecond: 0,
    limits: { idleIntervalMs: 100 },
    promises: new NetworkPromises(),
  });
  const key = balanceKey('producer000', 'contribute');
  const read = (chain: number, name: string) => {
    const bytes = network.chains.get(chain)?.storage.readState(name);
    return bytes === undefined ? undefined : decodeStateValue(bytes);
  };
  const issued = (): bigint => {
    const entry = [0, 1].map((shard) => read(shard, key)).find((value) => value !== undefined);
    return entry?.kind === 'int' ? entry.value : 0n;
  };
  const rootHeight = (): number => network.chains.get(ROOT_CHAIN)?.storage.head()?.height ?? 0;
  while (rootHeight() < STAT_BLOCKS - 60) network.run(STEP_MS);
  assert.ok(rootHeight() < STAT_BLOCKS);
  assert.equal(issued(), 0n);
  checkNetwork(network);
  while (rootHeight() < STAT_BLOCKS + 20) network.run(STEP_MS);
  assert.ok(issued() > BigInt(STAT_BLOCKS - 1) * RATE_MIN, `${issued()}`);
  assert.equal(read(ROOT_CHAIN, 'm-bonus.iost-earned-producer000')?.kind, 'string');
  checkNetwork(network);
});
