/** The ABIs of vote.iost by which votes are given, taken back and counted (spec go-iost §6.11). */

import { FAILURE } from '../../contract-failure.ts';
import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { requirePermission } from '../contract-authority.ts';
import { IOST_DECIMALS, payIost, readIostAmount } from '../iost-amount.ts';
import { METHOD_GAS } from '../javascript-cost.ts';
import { mapPutJson } from '../json-storage.ts';
import type { NativeAbi, ReturnValues } from '../native-contract.ts';
import { hasEnough, requireOwner } from './poll.ts';
import { rank, readResult, unrank } from './vote-result.ts';
import {
  type OptionInfo,
  optionsOf,
  readLiveVote,
  readOption,
  readUserVotes,
  readVote,
  TRUE,
  type UserVote,
  type VoteInfo,
  votersOf,
  writeOption,
} from './vote-state.ts';

const NANOSECONDS = 1e9;
const NOTHING: ReturnValues = [''];

const vote: NativeAbi = {
  name: 'vote',
  args: ['string', 'string', 'string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [id, account, option, text] = args as [string, string, string, string];
    host.charge(METHOD_GAS);
    const info = readLiveVote(host, id);
    requireVoter(host, id, info, account);
    const chosen = readOption(host, id, option) ?? host.fail('option does not exist');
    const amount = readIostAmount(host, text);
    payIost(host, account, 'vote.iost', amount.toString());
    if (chosen.deleted === TRUE) host.fail('option is removed.');
    addUserVote(host, id, account, option, amount, chosen);
    // A vote in the block that clears the option does nothing.
    if (chosen.clearTime === host.block.number) return NOTHING;
    const votes = amount.plus(ExactDecimal.of(chosen.votes)).toString();
    writeOption(host, id, option, { ...chosen, votes }, account);
    if (hasEnough(info, votes)) rank(host, id, info, option, votes);
    return NOTHING;
  },
};

function addUserVote(
  host: Host,
  id: string,
  account: string,
  option: string,
  amount: ExactDecimal,
  { clearTime }: OptionInfo,
): void {
  const votes = readUserVotes(host, id, account);
  const given = votes[option];
  if (given === undefined) {
    votes[option] = cleared([amount.toString(), host.block.number, '0'], clearTime);
  } else {
    const [before, , lost] = cleared(given, clearTime);
    const sum = ExactDecimal.of(before).plus(amount).toString();
    votes[option] = [sum, host.block.number, lost];
  }
  mapPutJson(host, votersOf(id), account, votes, account);
}

const unvote: NativeAbi = {
  name: 'unvote',
  args: ['string', 'string', 'string', 'string'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [id, account, option, text] = args as [string, string, string, string];
    host.charge(METHOD_GAS);
    const info = readVote(host, id);
    requireVoter(host, id, info, account);
    const votes = readUserVotes(host, id, account);
    if (Object.keys(votes).length === 0) host.fail("account didn't vote.");
    const given = votes[option] ?? host.fail("account didn't vote for this option.");
    const amount = readIostAmount(host, text);
    const chosen = readOption(host, id, option);
    const [before, lastBlock, lost] = cleared(given, chosen?.clearTime ?? -1);
    const held = ExactDecimal.of(before);
    if (held.isLess(amount)) host.fail(`amount too large. max amount = ${held}`);
    giveBack(host, info, account, amount);
    const left = held.minus(amount).toString();
    // What was cleared goes first; only the rest counts for the option.
    const clearedLeft = ExactDecimal.of(lost).minus(amount);
    const isCounted = !clearedLeft.isPositive();
    votes[option] = [left, lastBlock, isCounted ? '0' : clearedLeft.toString()];
    if (isCounted && left === '0') delete votes[option];
    storeUserVotes(host, id, account, votes);
    if (isCounted && chosen !== undefined) {
      const sum = ExactDecimal.of(chosen.votes).plus(clearedLeft).toString();
      countOption(host, id, info, option, { ...chosen, votes: sum }, account);
    }
    return NOTHING;
  },
};

/** The part of a confiscated stake that goes to whoever proved the offence. */
const BOUNTY_SHARE = ExactDecimal.of('10');

/**
 * Takes what a producer has given itself, for vote_producer.iost: a tenth goes to the reporter, if
 * there is one, the rest is burnt. Answers how much it was.
 */
const confiscate: NativeAbi = {
  name: 'confiscate',
  isInternal: true,
  args: ['string', 'string', 'string', 'string'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [id, account, option, reporter] = args as [string, string, string, string];
    host.charge(METHOD_GAS);
    // Anybody can own a vote, but nobody the stakes of others.
    if (host.caller.isAccount || host.caller.name !== 'vote_producer.iost') {
      host.fail(FAILURE.permission);
    }
    const info = readVote(host, id);
    const votes = readUserVotes(host, id, account);
    const given = votes[option];
    if (given === undefined) return ['0'];
    const chosen = readOption(host, id, option);
    const [held, , lost] = cleared(given, chosen?.clearTime ?? -1);
    delete votes[option];
    storeUserVotes(host, id, account, votes);
    const stake = ExactDecimal.of(held);
    const counted = stake.minus(ExactDecimal.of(lost));
    if (chosen !== undefined && counted.isPositive()) {
      const sum = ExactDecimal.of(chosen.votes).minus(counted).toString();
      countOption(host, id, info, option, { ...chosen, votes: sum }, account);
    }
    const bounty = stake.dividedBy(BOUNTY_SHARE).cut(IOST_DECIMALS);
    const isPaid = reporter !== '' && bounty.isPositive();
    if (isPaid) payIost(host, 'vote.iost', reporter, bounty.toString());
    const burnt = isPaid ? stake.minus(bounty) : stake;
    host.call('token.iost', 'destroy', ['iost', 'vote.iost', burnt.toString()], true);
    return [held];
  },
};

/** Frozen from the time of the transaction on, at once where the vote is over. Doubles, as there. */
function giveBack(host: Host, info: VoteInfo, account: string, amount: ExactDecimal): void {
  const seconds = info.deleted === TRUE ? 0 : info.freezeTime;
  const until = Number(host.transaction.time) + seconds * NANOSECONDS;
  const args = ['iost', 'vote.iost', account, amount.toString(), BigInt(String(until)), ''];
  host.call('token.iost', 'transferFreeze', args, true);
}

function storeUserVotes(
  host: Host,
  id: string,
  account: string,
  votes: Record<string, UserVote | undefined>,
): void {
  if (Object.keys(votes).length === 0) host.mapDel(votersOf(id), account);
  else mapPutJson(host, votersOf(id), account, votes, account);
}

function countOption(
  host: Host,
  id: string,
  info: VoteInfo,
  option: string,
  counted: OptionInfo,
  payer: string,
): void {
  const isOver = info.deleted === TRUE && ExactDecimal.of(counted.votes).isZero();
  if (isOver) host.mapDel(optionsOf(id), option);
  else writeOption(host, id, option, counted, payer);
  if (hasEnough(info, counted.votes)) rank(host, id, info, option, counted.votes);
  else unrank(host, id, option);
}

/** Votes given before the option was cleared count no more, but are still the voter's. */
function cleared([votes, lastBlock, lost]: UserVote, clearTime: number): UserVote {
  return [votes, lastBlock, clearTime >= lastBlock ? votes : lost];
}

/** Who votes; where not everybody may, the owner of the vote has to agree too. */
function requireVoter(host: Host, id: string, info: VoteInfo, account: string): void {
  requirePermission(host, account, 'active');
  if (!info.canVote) requireOwner(host, id);
}

const getOption: NativeAbi = {
  name: 'getOption',
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [id, option] = args as [string, string];
    host.charge(METHOD_GAS);
    readLiveVote(host, id);
    return [JSON.stringify(readOption(host, id, option) ?? host.fail('option not exist'))];
  },
};

const getVote: NativeAbi = {
  name: 'getVote',
  args: ['string', 'string'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [id, account] = args as [string, string];
    host.charge(METHOD_GAS);
    readVote(host, id);
    const votes: object[] = [];
    for (const [option, given] of Object.entries(readUserVotes(host, id, account))) {
      if (given === undefined) continue;
      const [held, voteTime, clearedVotes] = given;
      const counted = ExactDecimal.of(held).minus(ExactDecimal.of(clearedVotes)).toString();
      votes.push({ option, votes: counted, voteTime, clearedVotes });
    }
    return [JSON.stringify(votes)];
  },
};

const getResult: NativeAbi = {
  name: 'getResult',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    host.charge(METHOD_GAS);
    const info = readVote(host, String(id));
    return [JSON.stringify(readResult(host, String(id), info))];
  },
};

export const BALLOT_ABIS: readonly NativeAbi[] = [
  vote,
  unvote,
  confiscate,
  getOption,
  getVote,
  getResult,
];
