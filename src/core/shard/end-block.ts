/** What every block does at its end, by its height: the root counts turns, a closing block names its heirs. */

import { assert } from '../assert.ts';
import { epochOf, isClosing } from '../chain/epochs.ts';
import type { NextGroup } from '../chain/next-group.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import { closePeriod, type PobRules } from '../pob/close-period.ts';
import { countTurn } from '../pob/count-turn.ts';
import { expireEpochs, noteEpochEnd } from '../pob/evidence-window.ts';
import { epochBlocksOf, groupOf, type NetworkGroups, registerGroup } from './network-groups.ts';

export type EndRules = {
  readonly chain: number;
  /** Every other chain. */
  readonly peers: readonly number[];
  readonly groups: NetworkGroups;
  readonly pob: PobRules | undefined;
};

/** The group that follows, if the block, which is of `view`, closes an epoch. */
export function endBlock(
  environment: LedgerEnvironment,
  view: number,
  { chain, peers, groups, pob }: EndRules,
): NextGroup | undefined {
  const { overlay: state, block } = environment;
  const height = block.number;
  const epochBlocks = epochBlocksOf(groups, chain);
  const epoch = epochOf(height, epochBlocks);
  const group = groupOf(groups, state, chain, epoch);
  assert(group !== undefined, 'a chain knows its own group');
  if (pob !== undefined) countTurn(state, view, group.members.length);
  if (!isClosing(height, epochBlocks)) return undefined;
  if (pob !== undefined) {
    noteEpochEnd(state, chain, epoch, block.time);
    const { unbondingSeconds } = pob.policy;
    for (const each of [chain, ...peers]) expireEpochs(state, each, block.time, unbondingSeconds);
  }
  const members =
    pob === undefined
      ? group.members.map((key) => ({ key, weight: 1n }))
      : closePeriod(environment, pob);
  const next = { chainId: groups.chainId, chain, epoch: epoch + 1, members };
  registerGroup(state, next);
  return next;
}
