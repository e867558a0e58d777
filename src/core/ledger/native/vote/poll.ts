/** The ABIs of vote.iost by which a vote is opened, arranged and closed (spec go-iost §6.11). */

import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { requirePermission } from '../contract-authority.ts';
import { payIost } from '../iost-amount.ts';
import { METHOD_GAS } from '../javascript-cost.ts';
import { getText, mapGetJson, mapPutJson } from '../json-storage.ts';
import type { NativeAbi, ReturnValues } from '../native-contract.ts';
import { ADMIN_KEY } from '../system-admin.ts';
import { closeResult, openResult, rank, readVotes, unrank } from './vote-result.ts';
import {
  FALSE,
  INFO,
  NEW_OPTION,
  nextVoteId,
  type OptionInfo,
  OWNER,
  optionsOf,
  readLiveVote,
  readOption,
  readVote,
  TRUE,
  type VoteInfo,
  writeOption,
} from './vote-state.ts';

/** IOST; a vote of genesis is free. */
const NEW_VOTE_FEE = '1000';
const DESCRIPTION_CHARS_MAX = 65_536;
const OPTIONS_MAX = 65_536;
const OPTION_CHARS_MAX = 2048;
const RESULTS_MAX = 2000;
const NOTHING: ReturnValues = [''];

/** The part of `newVote`'s object that says how the vote goes, before it is checked. */
type Settings = {
  readonly resultNumber?: unknown;
  readonly minVote?: unknown;
  readonly options?: unknown;
  readonly anyOption?: unknown;
  readonly freezeTime?: unknown;
  readonly canVote?: unknown;
};

const newVote: NativeAbi = {
  name: 'newVote',
  args: ['string', 'string', 'json'],
  home: 'root',
  amountLimit: [{ token: 'iost', value: 'unlimited' }],
  run(host, args) {
    const [owner, description, json] = args as [string, string, string];
    host.charge(METHOD_GAS + json.length);
    requirePermission(host, owner, 'active');
    if (description.length > DESCRIPTION_CHARS_MAX) {
      host.fail(`description too long. max length is ${DESCRIPTION_CHARS_MAX} Byte.`);
    }
    const settings = settingsOf(host, json);
    const { resultNumber, minVote, freezeTime } = settings;
    const options = checkOptions(host, settings.options);
    const deposit = host.isGenesis ? '0' : NEW_VOTE_FEE;
    if (!host.isGenesis) payIost(host, owner, 'vote.iost', NEW_VOTE_FEE);
    const vote = nextVoteId(host);
    for (const option of options) {
      writeOption(host, vote, option, NEW_OPTION, owner);
      host.checkGas();
    }
    const info: VoteInfo = {
      deleted: FALSE,
      description,
      resultNumber,
      minVote,
      anyOption: false,
      freezeTime,
      deposit,
      optionNum: options.length,
      canVote: settings.canVote,
    };
    mapPutJson(host, INFO, vote, info, owner);
    mapPutJson(host, OWNER, vote, owner, owner);
    openResult(host, vote);
    return [vote];
  },
};

/** Checked in the reference's order, so that the first fault is the same one. */
function settingsOf(host: Host, json: string) {
  const settings = JSON.parse(json) as Settings | null;
  if (settings === null || typeof settings !== 'object') host.fail('resultNumber not valid.');
  const { resultNumber, minVote, freezeTime = 0, options } = settings as Settings;
  if (!isWhole(resultNumber) || resultNumber < 1 || resultNumber > RESULTS_MAX) {
    return host.fail('resultNumber not valid.');
  }
  if (typeof minVote !== 'string' && typeof minVote !== 'number') {
    return host.fail('minVote not valid.');
  }
  if (ExactDecimal.parse(String(minVote))?.isPositive() !== true) host.fail('minVote not valid.');
  if (!Array.isArray(options) || options.length > OPTIONS_MAX) host.fail('options not valid.');
  const { anyOption, canVote } = settings as Settings;
  if (anyOption) host.fail('anyOption not implemented');
  if (!isWhole(freezeTime) || freezeTime < 0) return host.fail('freezeTime not valid.');
  return {
    resultNumber,
    minVote,
    freezeTime,
    options: options as readonly unknown[],
    canVote: canVote === undefined || Boolean(canVote),
  };
}

function checkOptions(host: Host, options: readonly unknown[]): readonly string[] {
  for (const option of options) {
    if (typeof option !== 'string') host.fail('options has none string value.');
    checkOption(host, option as string);
  }
  return options as readonly string[];
}

function checkOption(host: Host, option: string): void {
  if (option.length > OPTION_CHARS_MAX) {
    host.fail(`option too long. max length is ${OPTION_CHARS_MAX} Byte.`);
  }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const setCanVote: NativeAbi = {
  name: 'setCanVote',
  args: ['string', 'bool'],
  home: 'root',
  amountLimit: [],
  run(host, [vote, canVote]) {
    return change(host, String(vote), 'owner', (info) => {
      info.canVote = canVote === true;
    });
  },
};

const setFreezeTime: NativeAbi = {
  name: 'setFreezeTime',
  args: ['string', 'number'],
  home: 'root',
  amountLimit: [],
  run(host, [vote, seconds]) {
    return change(host, String(vote), 'admin or owner', (info) => {
      const freezeTime = Number(seconds);
      if (!isWhole(freezeTime) || freezeTime < 0) host.fail('freezeTime not valid.');
      info.freezeTime = freezeTime;
    });
  },
};

function change(
  host: Host,
  vote: string,
  who: 'owner' | 'admin or owner',
  edit: (info: VoteInfo) => void,
): ReturnValues {
  host.charge(METHOD_GAS);
  const info = readLiveVote(host, vote);
  const isAdmin = who === 'admin or owner' && host.requireAuth(adminOf(host), 'active');
  const owner = isAdmin ? ownerOf(host, vote) : requireOwner(host, vote);
  edit(info);
  mapPutJson(host, INFO, vote, info, owner);
  return NOTHING;
}

const addOption: NativeAbi = {
  name: 'addOption',
  args: ['string', 'string', 'bool'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [vote, option, clears] = args as [string, string, boolean];
    host.charge(METHOD_GAS);
    const info = readLiveVote(host, vote);
    const owner = requireOwner(host, vote);
    checkOption(host, option);
    if (info.optionNum >= OPTIONS_MAX) host.fail('options is full.');
    const removed = readOption(host, vote, option);
    if (removed?.deleted === FALSE) host.fail('option already exist.');
    const added: OptionInfo = { ...(removed ?? NEW_OPTION), deleted: FALSE };
    if (removed !== undefined && clears) {
      added.clearTime = host.block.number;
      added.votes = '0';
    } else if (removed !== undefined && hasEnough(info, added.votes)) {
      rank(host, vote, info, option, added.votes);
    }
    writeOption(host, vote, option, added, owner);
    info.optionNum += 1;
    mapPutJson(host, INFO, vote, info, owner);
    return NOTHING;
  },
};

const removeOption: NativeAbi = {
  name: 'removeOption',
  args: ['string', 'string', 'bool'],
  home: 'root',
  amountLimit: [],
  run(host, args) {
    const [vote, option, isForced] = args as [string, string, boolean];
    host.charge(METHOD_GAS);
    const info = readVote(host, vote);
    const owner = requireOwner(host, vote);
    const removed = readOption(host, vote, option) ?? host.fail('option not exist');
    if (!isForced && isInResult(host, vote, info, option)) {
      host.fail("option in result, can't be removed.");
    }
    if (info.deleted === TRUE || ExactDecimal.of(removed.votes).isZero()) {
      host.mapDel(optionsOf(vote), option);
    } else {
      writeOption(host, vote, option, { ...removed, deleted: TRUE }, owner);
    }
    unrank(host, vote, option);
    info.optionNum -= 1;
    mapPutJson(host, INFO, vote, info, owner);
    return NOTHING;
  },
};

/** Whether fewer options than a result can have stand before it. */
function isInResult(host: Host, vote: string, info: VoteInfo, option: string): boolean {
  const votes = readVotes(host, vote) ?? {};
  const own = votes[option];
  if (own === undefined) return false;
  const others = Object.values(votes).filter((each) =>
    ExactDecimal.of(own).isLess(ExactDecimal.of(each)),
  );
  return others.length < info.resultNumber;
}

const delVote: NativeAbi = {
  name: 'delVote',
  args: ['string'],
  home: 'root',
  amountLimit: [],
  run(host, [id]) {
    const vote = String(id);
    host.charge(METHOD_GAS);
    const info = readLiveVote(host, vote);
    const owner = requireOwner(host, vote);
    if (!ExactDecimal.of(info.deposit).isZero()) {
      payIost(host, 'vote.iost', owner, info.deposit);
    }
    mapPutJson(host, INFO, vote, { ...info, deleted: TRUE });
    closeResult(host, vote);
    return NOTHING;
  },
};

/** Whether an option with these votes belongs into the result. */
export function hasEnough(info: VoteInfo, votes: string): boolean {
  return !ExactDecimal.of(votes).isLess(ExactDecimal.of(String(info.minVote)));
}

/** The account that opened the vote; it must have agreed. */
export function requireOwner(host: Host, vote: string): string {
  const owner = ownerOf(host, vote);
  requirePermission(host, owner, 'active');
  return owner;
}

function ownerOf(host: Host, vote: string): string {
  return mapGetJson<string>(host, OWNER, vote) ?? host.fail('check owner failed.');
}

function adminOf(host: Host): string {
  return getText(host, ADMIN_KEY) ?? host.fail('no adminID key');
}

export const POLL_ABIS: readonly NativeAbi[] = [
  newVote,
  setCanVote,
  setFreezeTime,
  addOption,
  removeOption,
  delVote,
];
