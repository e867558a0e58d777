/** Composes the settings of a chain from the options of its thread and its storage. */

import { signatureProblem } from '#core/chain/transaction-signatures.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { ChainSettings, ChainStorage } from '#core/shard/chain-settings.ts';
import type { ChainOptions } from './chain-options.ts';

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
    isSigned: (transaction) => signatureProblem(transaction) === undefined,
    delta: options.delta,
    limits: options.limits,
    mempool: options.mempool,
    window: options.window,
    cachedValues: options.cachedValues,
    storage,
  };
}

function sameKey(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
