/**
 * Audits a data directory: every chain in it is run again from genesis (core/shard/replay.ts). Only
 * reads, so it may run beside a node, but then ends where the chain stood when it came to the end.
 */

import { chainsOf, executionRules } from '#actors/chain/chain-settings.ts';
import { assert } from '#core/assert.ts';
import { base58Decode } from '#core/crypto/base58.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { policyOf } from '#core/pob/policy.ts';
import { genesisCommits } from '#core/shard/genesis-commits.ts';
import { type ReplayEnd, replayChain } from '#core/shard/replay.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import { chainName } from '#io/lmdb/data-directory.ts';
import { StorageFailure } from '#io/lmdb/storage-failure.ts';
import type { NodeConfig } from './config/schema.ts';
import { type GenesisFile, readGenesis } from './read-genesis.ts';
import { StartRefusal } from './start-refusal.ts';

export type ChainReplay = {
  /** `root` or `shard-N`. */
  readonly chain: string;
  readonly transactions: number;
  readonly end: ReplayEnd;
};

type ReplayConfig = Pick<NodeConfig, 'dataDir' | 'shards' | 'genesis' | 'network'>;

/** One chain after the other. Throws `StartRefusal` where the directory is not one of this network. */
export function* replayData(config: ReplayConfig): Generator<ChainReplay> {
  const { shards } = config;
  const file = readGenesis(config.genesis);
  const commits = genesisCommits({
    genesis: file.genesis,
    chainId: config.network.chainId,
    contracts: builtinContracts(),
    shards: ShardMap.balanced(shards),
  });
  const network = {
    shards,
    chainId: config.network.chainId,
    policy: policyOf(file.genesis.pob),
    validators: file.genesis.witnesses.map(
      ({ signatureKey }) => base58Decode(signatureKey) as Uint8Array,
    ),
  };
  for (const chain of chainsOf(shards)) {
    const storage = openChain(config, file, chain);
    const genesis = commits.find((commit) => commit.chain === chain);
    assert(genesis !== undefined, 'genesis covers every chain');
    const replay = replayChain({ rules: executionRules(chain, network), genesis, storage });
    let transactions = 0;
    let step = replay.next();
    for (; step.done !== true; step = replay.next()) transactions += step.value.transactions;
    void storage.close();
    yield { chain: chainName(chain), transactions, end: step.value };
  }
}

function openChain(
  { dataDir, shards }: ReplayConfig,
  file: GenesisFile,
  chain: number,
): ChainReader {
  try {
    const reader = ChainReader.open(dataDir, chain);
    const meta = reader.meta();
    if (meta.shards === shards && meta.genesis === file.id) return reader;
    throw new StorageFailure(
      'wrong-shards',
      `${dataDir} was made for ${meta.shards} shard(s)${meta.genesis === file.id ? '' : ' and another genesis'}`,
      'give the same --profile, --config and --set as to the node that made it',
    );
  } catch (error) {
    if (!(error instanceof StorageFailure)) throw error;
    throw new StartRefusal(error.message, { fix: error.fix, error });
  }
}
