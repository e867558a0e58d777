/**
 * The ABIs of vote_producer.iost by which bonuses come in and go out (spec go-iost §6.12). Of what a
 * candidate withdraws half goes to its voters.
 */

import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { IOST_DECIMALS, payIost, readIostAmount } from '../iost-amount.ts';
import { METHOD_GAS } from '../javascript-cost.ts';
import type { Fields } from '../json-storage.ts';
import type { NativeAbi, ReturnValues } from '../native-contract.ts';
import {
  candidateEarning,
  candidateVotes,
  feedCandidates,
  feedVoters,
  voterEarning,
  votesFor,
} from './bonus-pools.ts';
import { CONTRACT, voteIdOf } from './producer-table.ts';
import { requireRepresentative } from './registration.ts';

const WITHDRAW_PERMISSION = 'operate';
const HALVES = ExactDecimal.of('2');
const NOTHING: ReturnValues = [''];

const topupCandidateBonus: NativeAbi = {
  name: 'topupCandidateBonus',
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [text, payer] = args as [string, string];
    host.charge(METHOD_GAS);
    const votes = candidateVotes(host);
    if (!votes.isPositive()) return ['false'];
    const amount = readIostAmount(host, text);
    payIost(host, payer, CONTRACT, amount.toString());
    feedCandidates(host, amount, votes, payer);
    host.receipt(JSON.stringify([amount.toString(), payer]));
    return ['true'];
  },
};

const topupVoterBonus: NativeAbi = {
  name: 'topupVoterBonus',
  args: ['string', 'string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [producer, text, payer] = args as [string, string, string];
    host.charge(METHOD_GAS);
    const amount = readIostAmount(host, text);
    if (!payVoters(host, producer, amount, payer)) return ['false'];
    host.receipt(JSON.stringify([producer, amount.toString(), payer]));
    return ['true'];
  },
};

/** False where the producer has no votes: nothing is paid then. */
function payVoters(host: Host, producer: string, amount: ExactDecimal, payer: string): boolean {
  const votes = votesFor(host, producer);
  if (!votes.isPositive()) return false;
  payIost(host, payer, CONTRACT, amount.toString());
  feedVoters(host, producer, amount, votes, payer);
  return true;
}

const getCandidateBonus: NativeAbi = {
  name: 'getCandidateBonus',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [producer]) {
    host.charge(METHOD_GAS);
    return [candidateEarning(host, String(producer), false).toFixed(IOST_DECIMALS)];
  },
};

const candidateWithdraw: NativeAbi = {
  name: 'candidateWithdraw',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    const producer = String(id);
    host.charge(METHOD_GAS);
    requireRepresentative(host, producer, WITHDRAW_PERMISSION);
    const earned = candidateEarning(host, producer, true);
    if (!earned.isPositive()) return NOTHING;
    const own = earned.dividedBy(HALVES).toFixed(IOST_DECIMALS);
    const voters = earned.minus(ExactDecimal.of(own)).toFixed(IOST_DECIMALS);
    payIost(host, CONTRACT, producer, own);
    payVoters(host, producer, ExactDecimal.of(voters), CONTRACT);
    host.receipt(JSON.stringify([producer, own, voters]));
    return NOTHING;
  },
};

const getVoterBonus: NativeAbi = {
  name: 'getVoterBonus',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [voter]) {
    host.charge(METHOD_GAS);
    return [earnedBy(host, String(voter), false).toFixed(IOST_DECIMALS)];
  },
};

const voterWithdraw: NativeAbi = {
  name: 'voterWithdraw',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    const voter = String(id);
    host.charge(METHOD_GAS);
    requireRepresentative(host, voter, WITHDRAW_PERMISSION);
    const earned = earnedBy(host, voter, true);
    if (earned.isPositive()) payIost(host, CONTRACT, voter, earned.toFixed(IOST_DECIMALS));
    return NOTHING;
  },
};

/** With all producers the voter has voted for; a receipt says with which how much. */
function earnedBy(host: Host, voter: string, take: boolean): ExactDecimal {
  const [text] = host.call('vote.iost', 'getVote', [voteIdOf(host), voter], true) ?? [];
  const given = JSON.parse(String(text)) as readonly { option: string; votes: string }[];
  let sum = ExactDecimal.ZERO;
  const shown: Fields<string> = Object.create(null);
  for (const { option, votes } of given) {
    const earned = voterEarning(host, voter, option, ExactDecimal.of(votes), take);
    sum = sum.plus(earned);
    if (earned.isPositive()) shown[option] = earned.toFixed(IOST_DECIMALS);
    host.checkGas();
  }
  if (Object.keys(shown).length > 0) host.receipt(JSON.stringify(shown));
  return sum;
}

/** Does nothing any more; it is there because clients know it. */
const switchOff: NativeAbi = {
  name: 'switchOff',
  args: ['bool'],
  home: 'root',
  amountLimit: [],
  run(host) {
    host.charge(METHOD_GAS);
    return NOTHING;
  },
};

export const BONUS_ABIS: readonly NativeAbi[] = [
  switchOff,
  topupCandidateBonus,
  topupVoterBonus,
  getCandidateBonus,
  candidateWithdraw,
  getVoterBonus,
  voterWithdraw,
];
