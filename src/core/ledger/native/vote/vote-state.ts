/** What vote.iost stores (spec go-iost §6.11), under the reference's keys. */

import type { Host } from '../../host.ts';
import { getText, mapGetFields, mapGetJson, mapPutJson } from '../json-storage.ts';

/** Truth values are stored as numbers. */
export const TRUE = 1;
export const FALSE = 0;
type Flag = typeof TRUE | typeof FALSE;

export type VoteInfo = {
  deleted: Flag;
  readonly description: string;
  /** How many options a result has at most. */
  readonly resultNumber: number;
  /** Votes from which an option is in the result; as its creator wrote it. */
  readonly minVote: string | number;
  readonly anyOption: boolean;
  /** Seconds for which withdrawn votes stay frozen. */
  freezeTime: number;
  /** What the creator paid and gets back, in IOST. */
  readonly deposit: string;
  optionNum: number;
  /** Whether anybody may vote, or the owner of the vote alone on others' behalf. */
  canVote: boolean;
};

export type OptionInfo = {
  /** Decimal text. */
  votes: string;
  deleted: Flag;
  /** Number of the block that cleared its votes, -1 for none. */
  clearTime: number;
};

/** Votes, number of the block of the last vote, and how many of the votes were cleared. */
export type UserVote = [votes: string, lastBlock: number, cleared: string];

export const NEW_OPTION: OptionInfo = { votes: '0', deleted: FALSE, clearTime: -1 };

export const INFO = 'voteInfo';
export const OWNER = 'owner';
export const CURRENT_ID = 'current_id';
export const optionsOf = (vote: string): string => `v_${vote}`;
export const votersOf = (vote: string): string => `u_${vote}`;

export function readVote(host: Host, vote: string): VoteInfo {
  return mapGetJson<VoteInfo>(host, INFO, vote) ?? host.fail('vote does not exist.');
}

/** As `readVote` for one that goes on. */
export function readLiveVote(host: Host, vote: string): VoteInfo {
  const info = readVote(host, vote);
  if (info.deleted === TRUE) host.fail('vote has been deleted.');
  return info;
}

export function readOption(host: Host, vote: string, option: string): OptionInfo | undefined {
  return mapGetJson<OptionInfo>(host, optionsOf(vote), option);
}

export function writeOption(
  host: Host,
  vote: string,
  option: string,
  info: OptionInfo,
  payer: string,
): void {
  mapPutJson(host, optionsOf(vote), option, info, payer);
}

export function readUserVotes(
  host: Host,
  vote: string,
  account: string,
): Record<string, UserVote | undefined> {
  return mapGetFields<UserVote | undefined>(host, votersOf(vote), account);
}

/** Ids count from 1. */
export function nextVoteId(host: Host): string {
  const id = String(BigInt(getText(host, CURRENT_ID) ?? '0') + 1n);
  host.put(CURRENT_ID, id);
  return id;
}
