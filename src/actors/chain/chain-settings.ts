/** Composes the settings of a chain from the options of its thread and its storage. */

import { signatureProblem } from '#core/chain/transaction-signatures.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import type { ContractEngine } from '#core/ledger/engine.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { voteTable } from '#core/pob/vote-table.ts';
import type { ExecutionRules } from '#core/shard/block-execution.ts';
import type { ChainSettings, ChainStorage } from '#core/shard/chain-settings.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import type { RunMark } from '#io/iosvm/run-mark.ts';
import type { ChainOptions } from './chain-options.ts';

/** `mark`: remembers what the process died of. */
export function contractEngine(options: ChainOptions, mark?: RunMark): IosvmEngine {
  const { contractConsole, packingLimitMs } = options;
  const marked = mark === undefined ? {} : { mark };
  return new IosvmEngine({ console: contractConsole, packingLimitMs, ...marked });
}

export function chainSettings(
  options: ChainOptions,
  storage: ChainStorage,
  engine: ContractEngine = contractEngine(options),
): ChainSettings {
  return {
    rules: executionRules(options.chain, options, engine),
    signer: signerOfSeed(options.seed),
    isSigned: (transaction) => signatureProblem(transaction) === undefined,
    delta: options.delta,
    limits: options.limits,
    mempool: options.mempool,
    window: options.window,
    cachedValues: options.cachedValues,
    storage,
  };
}

/** What decides about every block of a network, beside the genesis state. */
export type NetworkRules = Pick<ChainOptions, 'shards' | 'chainId' | 'validators' | 'policy'>;

/** What execution on one chain of a network rests on. */
export function executionRules(
  chain: number,
  network: NetworkRules,
  engine: ContractEngine = new IosvmEngine(),
): ExecutionRules {
  const { shards, chainId, validators, policy } = network;
  return {
    placement: new ChainPlacement(ShardMap.balanced(shards), chain),
    groups: {
      chainId,
      members: validators,
      rootEpochBlocks: policy.periodBlocks,
      shardEpochBlocks: policy.shardEpochBlocks,
    },
    pob: chain === ROOT_CHAIN ? { policy, table: voteTable } : undefined,
    contracts: builtinContracts(),
    engine,
    peers: chainsOf(shards).filter((each) => each !== chain),
  };
}

/** Every chain of a network, shards first. */
export function chainsOf(shards: number): readonly number[] {
  return [...Array(shards).keys(), ROOT_CHAIN];
}
