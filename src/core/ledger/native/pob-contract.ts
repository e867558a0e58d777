/**
 * pob.iost: what a candidate says to Proof-of-Believability, that it is there (protocol.md §3.2), and
 * that it takes its reward (§12.3). Everything else follows from blocks and votes.
 */

import { POB_CONTRACT, readCandidate, readCommittee, writeCandidate } from '../../pob/pob-state.ts';
import { clearReward, readReward } from '../../pob/reward-state.ts';
import { FAILURE } from '../contract-failure.ts';
import { COST } from '../costs.ts';
import { formatDecimal } from '../decimal.ts';
import type { Host } from '../host.ts';
import { canUpdate } from './can-update.ts';
import { IOST_DECIMALS, payIost } from './iost-amount.ts';
import { defineContract, type NativeAbi } from './native-contract.ts';

/** The account has a candidacy and its operator is awake; counts for the running period. */
const heartbeat: NativeAbi = {
  name: 'heartbeat',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    const account = String(id);
    if (!host.requireAuth(account, 'active')) host.fail(FAILURE.permission);
    host.charge(2 * COST.get + COST.put);
    const candidate = readCandidate(host.state, account);
    const committee = readCommittee(host.state);
    if (candidate === undefined || committee === undefined) {
      return host.fail(`${account} is no candidate`);
    }
    writeCandidate(host.state, account, { ...candidate, heardIn: committee.period });
    return [];
  },
};

/** Pays a node what it has earned; the part of its voters goes to their bonus. */
const withdrawReward: NativeAbi = {
  name: 'withdrawReward',
  args: ['string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, [id]) {
    const account = String(id);
    if (!host.requireAuth(account, 'active')) host.fail(FAILURE.permission);
    host.charge(COST.get + COST.put);
    const { own, voters } = readReward(host.state, account);
    if (own + voters === 0n) return host.fail(`${account} has no reward to withdraw`);
    clearReward(host.state, account);
    const left = payVoters(host, account, voters);
    if (own + left > 0n) payIost(host, POB_CONTRACT, account, iostText(own + left));
    host.receipt(JSON.stringify([account, iostText(own + left), iostText(voters - left)]));
    return [];
  },
};

/** What could not be paid: nobody votes for the node any more. */
function payVoters(host: Host, account: string, amount: bigint): bigint {
  if (amount === 0n) return 0n;
  const args = [account, iostText(amount), POB_CONTRACT];
  const [taken] = host.call('vote_producer.iost', 'topupVoterBonus', args, true) ?? [];
  return taken === 'true' ? 0n : amount;
}

function iostText(units: bigint): string {
  return formatDecimal(units, IOST_DECIMALS);
}

export const pobContract = defineContract(POB_CONTRACT, '1.0.0', 'native', [
  heartbeat,
  withdrawReward,
  canUpdate,
]);
