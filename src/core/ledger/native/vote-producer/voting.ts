/**
 * The ABIs of vote_producer.iost by which producers get votes (spec go-iost §6.12). The votes
 * themselves are kept by vote.iost, where this contract owns the first vote.
 */

import { requirePermission } from '../contract-authority.ts';
import { readIostAmount } from '../iost-amount.ts';
import { METHOD_GAS } from '../javascript-cost.ts';
import type { NativeAbi, ReturnValues } from '../native-contract.ts';
import { changeCandidate, changeVoter } from './bonus-pools.ts';
import { requireProducer, voteIdOf } from './producer-table.ts';

const NOTHING: ReturnValues = [''];

const vote: NativeAbi = {
  name: 'vote',
  args: ['string', 'string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [voter, producer, text] = args as [string, string, string];
    host.charge(METHOD_GAS);
    requirePermission(host, voter, 'active');
    requireProducer(host, producer);
    const amount = readIostAmount(host, text);
    host.call('vote.iost', 'vote', [voteIdOf(host), voter, producer, amount.toString()], true);
    changeVoter(host, voter, producer, amount);
    changeCandidate(host, producer, amount, voter);
    host.receipt(JSON.stringify([voter, producer, amount.toString()]));
    return NOTHING;
  },
};

/** Works for a producer that is gone, too: its votes are still the voters'. */
const unvote: NativeAbi = {
  name: 'unvote',
  args: ['string', 'string', 'string'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [voter, producer, text] = args as [string, string, string];
    host.charge(METHOD_GAS);
    requirePermission(host, voter, 'active');
    const amount = readIostAmount(host, text);
    host.call('vote.iost', 'unvote', [voteIdOf(host), voter, producer, amount.toString()], true);
    changeVoter(host, voter, producer, amount.negated());
    changeCandidate(host, producer, amount.negated(), voter);
    host.receipt(JSON.stringify([voter, producer, amount.toString()]));
    return NOTHING;
  },
};

const getVote: NativeAbi = {
  name: 'getVote',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [voter]) {
    host.charge(METHOD_GAS);
    return host.call('vote.iost', 'getVote', [voteIdOf(host), String(voter)], true);
  },
};

export const VOTING_ABIS: readonly NativeAbi[] = [vote, unvote, getVote];
