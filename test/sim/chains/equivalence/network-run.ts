/** Runs a plan on a network of shards and waits for quiet after every round. */

import { strict as assert } from 'node:assert';
import { hexOf } from '#core/crypto/hex.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import { SimFailure } from '../../sim-failure.ts';
import { checkNetwork } from '../conservation.ts';
import { NetworkPromises } from '../network-promises.ts';
import { type SimCore, SimNetwork, START_MS } from '../sim-network.ts';
import { mixedGenesis } from './mixed-accounts.ts';
import { comparableState, type RunOutcome } from './outcomes.ts';
import { type Plan, ROUND_MS } from './rounds.ts';

/** Slow, but a "no" of another shard still counts for less than a round (facts.ts). */
const IDLE_MS = 800;
/** A round has to be over by then: frozen amounts mature after it. */
const QUIET_BY_MS = 4000;

export type NetworkOutcome = RunOutcome & {
  readonly digest: string;
  /** By number of the transaction: the height of the block in which it ran. */
  readonly heights: readonly (number | undefined)[];
};

type NetworkRun = {
  readonly shards: number;
  readonly seed: number;
  readonly core: SimCore | undefined;
};

export function runOnShards(plan: Plan, { shards, seed, core }: NetworkRun): NetworkOutcome {
  const promises = new NetworkPromises();
  const network = new SimNetwork({
    seed,
    shards,
    genesis: mixedGenesis(),
    crashesPerSecond: 0,
    limits: { idleIntervalMs: IDLE_MS },
    promises,
    ...(core === undefined ? {} : { core }),
  });
  const map = ShardMap.balanced(shards);
  const ids: string[] = [];
  try {
    for (const [index, round] of plan.rounds.entries()) {
      const start = START_MS + index * ROUND_MS;
      network.run(start - network.nowMs);
      for (const { transaction, id, bytes } of round) {
        network.submit(map.shardOfAccount(transaction.publisher), [{ id, bytes }]);
        ids.push(hexOf(id));
      }
      network.run(QUIET_BY_MS);
      for (const { number, chain } of network.chains.values()) {
        assert.equal(chain?.status.poolCount, 0, `round ${index} is over on chain ${number}`);
      }
    }
    network.run(ROUND_MS - QUIET_BY_MS);
    checkNetwork(network);
    promises.assertEnded(ids);
  } catch (error) {
    throw new SimFailure(error, network.chart);
  } finally {
    network.close();
  }
  const states = [...network.chains.values()].map(({ storage }) =>
    [...storage.allState()].map(([key, bytes]) => [key, decodeStateValue(bytes)] as const),
  );
  return {
    receipts: ids.map((id) => promises.ran.get(id)?.receipt),
    heights: ids.map((id) => promises.ran.get(id)?.height),
    ...comparableState(states, BigInt(network.nowMs) * 1_000_000n),
    digest: network.digest,
  };
}
