/**
 * Rewards in the state of the root chain (protocol.md §12.3). In the storage of `pob.iost`, JSON text
 * with amounts in the smallest unit of IOST:
 *
 *   rewards                released since genesis, and what of it is still to be distributed
 *   reward <account>       earned by the node and not withdrawn: its own, and for its voters
 *
 * The tokens lie with `pob.iost` from the genesis on. Nothing moves when a period ends; a node takes its
 * reward by `withdrawReward`, and its voters' part then goes to their bonus pool.
 */

import { base58Encode } from '../crypto/base58.ts';
import type { StateReader } from '../ledger/ports.ts';
import { mapKey, valueKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { Turns } from './candidate.ts';
import { readElectorate } from './checkpoint-state.ts';
import { isSlashed, POB_CONTRACT, readJson, readSeat, writeJson } from './pob-state.ts';
import {
  distribute,
  type NodeReward,
  type NodeWork,
  type RewardPolicy,
  releasedIn,
} from './rewards.ts';

export type RewardTotals = { readonly released: bigint; readonly dust: bigint };
export type Reward = Pick<NodeReward, 'own' | 'voters'>;

type StoredTotals = { readonly released: string; readonly dust: string };
type StoredReward = { readonly own: string; readonly voters: string };

const TOTALS = valueKey(POB_CONTRACT, 'rewards');
const rewardKey = (account: string): string => mapKey(POB_CONTRACT, 'reward', account);

export function readRewardTotals(state: StateReader): RewardTotals {
  const { released, dust } = readJson<StoredTotals>(state, TOTALS) ?? { released: '0', dust: '0' };
  return { released: BigInt(released), dust: BigInt(dust) };
}

/** Earned and not withdrawn. */
export function readReward(state: StateReader, account: string): Reward {
  const stored = readJson<StoredReward>(state, rewardKey(account)) ?? { own: '0', voters: '0' };
  return { own: BigInt(stored.own), voters: BigInt(stored.voters) };
}

/** All of it has been withdrawn. */
export function clearReward(state: StateOverlay, account: string): void {
  state.delete(rewardKey(account));
}

/** `turns` by account, of the committee of the period that ends; who is in `gone` gets nothing. */
export function rewardPeriod(
  state: StateOverlay,
  period: number,
  {
    turns,
    gone,
  }: { readonly turns: ReadonlyMap<string, Turns>; readonly gone: ReadonlySet<string> },
  policy: RewardPolicy,
): void {
  const before = readRewardTotals(state);
  const released = releasedIn(BigInt(period), policy);
  const work = workOf(state, period, turns).filter(
    ({ account }) => !gone.has(account) && !isSlashed(state, account),
  );
  const { rewards, dust } = distribute(released, before.dust, work, policy);
  for (const { account, own, voters } of rewards) {
    if (own + voters === 0n) continue;
    const reward = readReward(state, account);
    const stored = { own: `${reward.own + own}`, voters: `${reward.voters + voters}` };
    writeJson(state, rewardKey(account), stored);
  }
  writeJson(state, TOTALS, { released: `${before.released + released}`, dust: `${dust}` });
}

/** Votes are those frozen before the period; only blocks of the root chain are counted here. */
function workOf(
  state: StateReader,
  period: number,
  turns: ReadonlyMap<string, Turns>,
): readonly NodeWork[] {
  const votes = new Map<string, bigint>();
  for (const { key, weight } of readElectorate(state, period)?.electors ?? []) {
    const account = readSeat(state, base58Encode(key));
    if (account !== undefined) votes.set(account, (votes.get(account) ?? 0n) + weight);
  }
  const accounts = [...new Set([...votes.keys(), ...turns.keys()])].sort();
  return accounts.map((account) => ({
    account,
    blocks: BigInt(turns.get(account)?.blocks ?? 0),
    votes: votes.get(account) ?? 0n,
    contribution: 0n,
  }));
}
