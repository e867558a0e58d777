/** A network of two shards with one contract on it, for what many calls of it come to. */

import { ShardMap } from '#core/eds/shard-map.ts';
import { publishedId } from '#core/ledger/published-id.ts';
import { shopText } from './equivalence/contract-source.ts';
import { keyOf, mixedGenesis, RICH } from './equivalence/mixed-accounts.ts';
import { NetworkPromises } from './network-promises.ts';
import { call, SimClient } from './sim-client.ts';
import { type SimCore, SimNetwork } from './sim-network.ts';

const SHARDS = 2;
const PUBLISHED_AFTER_MS = 3000;

export type SceneOptions = {
  readonly seed: number;
  /** Whether the owner of the contract lives on its shard. */
  readonly isOwnerNear: boolean;
  /** Mean number of crashes per simulated second, once there is a storm. */
  readonly crashesPerSecond: number;
  /** The contract as it is published; the shop of the equivalence runs unless said. */
  readonly text?: string;
  /** One with a seeded bug. */
  readonly core?: SimCore | undefined;
};

export type ContractScene = {
  readonly network: SimNetwork;
  readonly promises: NetworkPromises;
  readonly client: SimClient;
  readonly contract: string;
  readonly owner: string;
  /** Accounts of the other shard than the contract's, without its owner. */
  readonly strangers: readonly string[];
};

/** Calm, with the contract published. */
export function contractScene(options: SceneOptions): ContractScene {
  const { seed, isOwnerNear, crashesPerSecond, text = shopText('hello'), core } = options;
  const map = ShardMap.balanced(SHARDS);
  const promises = new NetworkPromises();
  const genesis = mixedGenesis();
  const network = new SimNetwork({
    seed,
    shards: SHARDS,
    genesis,
    crashesPerSecond,
    promises,
    ...(core === undefined ? {} : { core }),
  });
  network.calm();
  const client = new SimClient(network, SHARDS, new Map(RICH.map((id) => [id, keyOf(id)])));
  for (const owner of RICH) {
    // The name of a contract comes from the transaction, so its shard is found by trying.
    const actions = [call('system.iost', 'setCode', text)];
    const published = client.next({ publisher: owner, actions, gasLimit: 2_000_000_00n });
    const contract = publishedId(published.id);
    const home = map.shardOfContract(contract);
    if ((published.shard === home) !== isOwnerNear) continue;
    network.submit(published.shard, [published]);
    network.run(PUBLISHED_AFTER_MS);
    const strangers = RICH.filter((id) => id !== owner && map.shardOfAccount(id) !== home);
    return { network, promises, client, contract, owner, strangers };
  }
  throw new Error('no contract lands where it is wanted');
}
