/**
 * Which group signs for which chain in which epoch, as far as one chain's state tells. The first
 * group of every chain is that of the genesis. A committee of the root chain is registered by the
 * closing block before it; a shard keeps its group until another one is registered for its epoch.
 */

import type { FinalityCheck } from '../atomix/channel.ts';
import { epochOf } from '../chain/epochs.ts';
import { decodeFinalityProof, isProvenFinal } from '../chain/finality-proof.ts';
import { asGroup, decodeNextGroup, encodeNextGroup, type NextGroup } from '../chain/next-group.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { Court } from '../pob/slashing.ts';

/** The same on every node of the network: it follows from the genesis. */
export type NetworkGroups = {
  readonly chainId: number;
  /** Ed25519 keys, in leader order. */
  readonly members: readonly Uint8Array[];
  /** Blocks of one epoch of the root chain, and of a shard. */
  readonly rootEpochBlocks: number;
  readonly shardEpochBlocks: number;
};

/** BOUND: committees of the root chain that are remembered: a week of periods of ten minutes. */
const COMMITTEES_KEPT = 1024;

const groupKey = (chain: number, epoch: number): string => `x-group-${chain}-${epoch}`;

export function epochBlocksOf(groups: NetworkGroups, chain: number): number {
  return chain === ROOT_CHAIN ? groups.rootEpochBlocks : groups.shardEpochBlocks;
}

/** `undefined` where it is not known here, or not any more. */
export function groupOf(
  groups: NetworkGroups,
  state: StateReader,
  chain: number,
  epoch: number,
): ValidatorGroup | undefined {
  const registered = readGroup(state, chain, epoch);
  if (registered !== undefined) return asGroup(registered);
  if (chain === ROOT_CHAIN && epoch > 0) return undefined;
  return { chainId: groups.chainId, chain, epoch, members: groups.members };
}

/** The group as its closing block stated it. */
export function readGroup(state: StateReader, chain: number, epoch: number): NextGroup | undefined {
  const value = state.get(groupKey(chain, epoch));
  return value?.kind === 'bytes' ? decodeNextGroup(value.value) : undefined;
}

export function registerGroup(state: StateOverlay, group: NextGroup): void {
  const { chain, epoch } = group;
  state.put(groupKey(chain, epoch), { kind: 'bytes', value: encodeNextGroup(group) });
  if (epoch > COMMITTEES_KEPT) state.delete(groupKey(chain, epoch - COMMITTEES_KEPT));
}

/** The court of the root chain with this state. */
export function courtOf(groups: NetworkGroups, state: StateReader): Court {
  return {
    chainId: groups.chainId,
    periodBlocks: groups.rootEpochBlocks,
    groupOf: (chain, epoch) => groupOf(groups, state, chain, epoch),
  };
}

/**
 * Believes exactly the group of the epoch that the block belongs to: what an old group signs beyond
 * its closing block is of no worth, whenever it is shown.
 */
export function finalityCheck(
  groups: NetworkGroups,
  find: (chain: number, epoch: number) => ValidatorGroup | undefined,
): FinalityCheck {
  return ({ chain, height }, hash, bytes) => {
    const proof = decodeFinalityProof(bytes);
    if (proof === undefined || height < 1) return false;
    const { epoch } = proof.certificate;
    if (epoch !== epochOf(height, epochBlocksOf(groups, chain))) return false;
    const group = find(chain, epoch);
    return group !== undefined && isProvenFinal(group, hash, proof);
  };
}

/** Believes the groups that are registered in `state`. */
export function finalityIn(groups: NetworkGroups, state: StateReader): FinalityCheck {
  return finalityCheck(groups, (chain, epoch) => groupOf(groups, state, chain, epoch));
}
