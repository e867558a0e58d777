/** Contract runs that the node does not repeat because the process has died of them, as the data has it. */

import { chainsOf } from '#actors/chain/chain-settings.ts';
import { forgiveDeaths, recordedDeaths } from '#io/iosvm/run-mark.ts';
import { chainName, runMarkPath } from '#io/lmdb/data-directory.ts';
import type { NodeConfig } from './config/schema.ts';

export type DeadlyRun = {
  /** `root` or `shard-N`. */
  readonly chain: string;
  /** Hash in Base58. */
  readonly transaction: string;
  readonly deaths: number;
};

type Data = Pick<NodeConfig, 'dataDir' | 'shards'>;

export function deadlyRuns({ dataDir, shards }: Data): readonly DeadlyRun[] {
  return chainsOf(shards).flatMap((chain) =>
    [...recordedDeaths(runMarkPath(dataDir, chain))].map(([transaction, deaths]) => ({
      chain: chainName(chain),
      transaction,
      deaths,
    })),
  );
}

/** Lets a transaction run again, from the next start on. Answers the chains that had given it up. */
export function forgiveRun({ dataDir, shards }: Data, id: Uint8Array): readonly string[] {
  return chainsOf(shards)
    .filter((chain) => forgiveDeaths(runMarkPath(dataDir, chain), id))
    .map(chainName);
}
