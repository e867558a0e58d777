/** Composes the settings of a chain from the options of its thread and its storage. */

import { signatureProblem } from '#core/chain/transaction-signatures.ts';
import type { ValidatorGroup } from '#core/chain/validator-group.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { ExecutionRules } from '#core/shard/block-execution.ts';
import type { ChainSettings, ChainStorage } from '#core/shard/chain-settings.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import type { ChainOptions } from './chain-options.ts';

export function chainSettings(options: ChainOptions, storage: ChainStorage): ChainSettings {
  const { chain, shards, contractConsole } = options;
  const signer = signerOfSeed(options.seed);
  return {
    rules: executionRules(chain, shards, { console: contractConsole }),
    groups: validatorGroups(options),
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

/** What execution on one chain of a network rests on. */
export function executionRules(
  chain: number,
  shards: number,
  engine: { readonly console: boolean } = { console: false },
): ExecutionRules {
  return {
    placement: new ChainPlacement(ShardMap.balanced(shards), chain),
    contracts: builtinContracts(),
    engine: new IosvmEngine(engine),
    peers: chainsOf(shards).filter((each) => each !== chain),
  };
}

/** The registered group of every chain. */
export function validatorGroups(
  network: Pick<ChainOptions, 'shards' | 'chainId' | 'validators'>,
): ReadonlyMap<number, ValidatorGroup> {
  const { chainId, validators } = network;
  return new Map(
    chainsOf(network.shards).map((chain) => [
      chain,
      { chainId, chain, epoch: 0, members: validators },
    ]),
  );
}

/** Every chain of a network, shards first. */
export function chainsOf(shards: number): readonly number[] {
  return [...Array(shards).keys(), ROOT_CHAIN];
}

function sameKey(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
