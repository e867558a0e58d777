/** Opens the stored data of a chain and starts its state machine upon it. */

import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { Chain } from '#core/shard/chain.ts';
import type { ChainSettings, ChainStorage } from '#core/shard/chain-settings.ts';
import { ChainReader } from '#io/lmdb/chain-reader.ts';
import type { ChainOptions } from './chain-options.ts';
import { joinRecords } from './vote-records.ts';

export function openChain(options: ChainOptions): { chain: Chain; reader: ChainReader } {
  const reader = ChainReader.open(options.dataDir, options.chain);
  return { chain: new Chain(chainSettings(options, storageOf(reader))), reader };
}

export function chainSettings(options: ChainOptions, storage: ChainStorage): ChainSettings {
  const { chain, shards, chainId } = options;
  const chains = [...Array(shards).keys(), ROOT_CHAIN];
  const signer = signerOfSeed(options.seed);
  const groups = new Map(
    chains.map((each) => [each, { chainId, chain: each, epoch: 0, members: options.validators }]),
  );
  return {
    rules: {
      placement: new ChainPlacement(ShardMap.balanced(shards), chain),
      contracts: builtinContracts(),
      engine: undefined,
      peers: chains.filter((each) => each !== chain),
    },
    groups,
    member: options.validators.findIndex((key) => sameKey(key, signer.publicKey)),
    mayVote: true,
    signer,
    delta: options.delta,
    limits: options.limits,
    mempool: options.mempool,
    window: options.window,
    cachedValues: options.cachedValues,
    storage,
  };
}

function storageOf(reader: ChainReader): ChainStorage {
  return {
    readState: (key) => reader.state(key),
    allState: () => reader.allState(),
    head: () => reader.head(),
    block: (height) => reader.block(height),
    transactionIds: (height) => reader.transactionIds(height),
    votes: () => joinRecords(reader.votes()),
  };
}

function sameKey(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
