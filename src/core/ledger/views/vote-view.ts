/**
 * Votes and producers as clients ask for them (spec go-iost §4.5, §6.11, §6.12), read from the keys of
 * vote.iost and vote_producer.iost. Where nobody has voted the answers are empty, and what needs a
 * producer is refused in the reference's words.
 */

import { ok, type Result, reject } from '../../result.ts';
import { ExactDecimal } from '../exact-decimal.ts';
import { VOTE_THRESHOLD } from '../native/vote-producer/bonus-pools.ts';
import { mapKey, valueKey } from '../state-key.ts';
import { readKey, textOf, type ViewSource } from './view-source.ts';

const PRODUCERS = 'vote_producer.iost';
const VOTES = 'vote.iost';
/** The vote on producers is the first one that exists. */
const PRODUCER_VOTE_ID = '1';
const CANDIDATE_VOTES_MIN = ExactDecimal.of(VOTE_THRESHOLD);
const SHOWN_DECIMALS = 8;
const STATUSES = ['APPLY', 'APPROVED', 'UNAPPLY', 'UNAPPLY_APPROVED'] as const;

/** Amounts are decimal text. */
export type VoteView = {
  readonly option: string;
  readonly votes: string;
  readonly clearedVotes: string;
};

/** What an account or contract has voted for. */
export function votesOf(source: ViewSource, voter: string): readonly VoteView[] {
  const stored = record(source, mapKey(VOTES, `u_${PRODUCER_VOTE_ID}`, voter));
  return Object.entries(stored ?? {}).map(([option, entry]) => {
    const [votes, , cleared] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    return { option, votes: String(votes ?? '0'), clearedVotes: String(cleared ?? '0') };
  });
}

export type ProducerView = {
  readonly publicKey: string;
  readonly location: string;
  readonly url: string;
  readonly netId: string;
  readonly isProducer: boolean;
  readonly status: (typeof STATUSES)[number];
  readonly online: boolean;
  readonly votes: string;
};

export function producerView(source: ViewSource, account: string): Result<ProducerView> {
  const info = record(source, mapKey(PRODUCERS, 'producerTable', account));
  if (info === undefined) return reject('producer_not_found', "can't get producer info");
  const vote = record(source, mapKey(VOTES, `v_${PRODUCER_VOTE_ID}`, account));
  if (vote === undefined) return reject('vote_not_found', "can't get producer vote info");
  return ok({
    publicKey: String(info['pubkey'] ?? ''),
    location: String(info['loc'] ?? ''),
    url: String(info['url'] ?? ''),
    netId: String(info['netId'] ?? ''),
    isProducer: info['isProducer'] === true,
    status: STATUSES[Number(info['status'])] ?? 'APPLY',
    online: info['online'] === true,
    votes: String(vote['votes'] ?? '0'),
  });
}

/** IOST as decimal text with at most 8 decimals. */
export type VoterBonusView = {
  readonly bonus: string;
  readonly detail: readonly (readonly [producer: string, bonus: string])[];
};

/** What a voter may withdraw: its share since it entered, for each producer it voted for. */
export function voterBonusView(source: ViewSource, voter: string): VoterBonusView {
  let bonus = ExactDecimal.ZERO;
  const detail: (readonly [string, string])[] = [];
  for (const { option, votes } of votesOf(source, voter)) {
    const coefficient = number(source, mapKey(PRODUCERS, 'voterCoef', option));
    const mask = number(source, mapKey(PRODUCERS, `v_${option}`, voter));
    const earned = coefficient.times(ExactDecimal.of(votes)).minus(mask).cut(SHOWN_DECIMALS);
    if (!earned.isPositive()) continue;
    bonus = bonus.plus(earned);
    detail.push([option, earned.toString()]);
  }
  return { bonus: bonus.toString(), detail };
}

/** What a candidate may withdraw; too few votes count as none. */
export function candidateBonusView(source: ViewSource, candidate: string): string {
  const vote = record(source, mapKey(VOTES, `v_${PRODUCER_VOTE_ID}`, candidate));
  const votes = ExactDecimal.of(String(vote?.['votes'] ?? '0'));
  const counted = votes.isLess(CANDIDATE_VOTES_MIN) ? ExactDecimal.ZERO : votes;
  const coefficient = number(source, valueKey(PRODUCERS, 'candCoef'));
  const mask = number(source, mapKey(PRODUCERS, 'candMask', candidate));
  const earned = coefficient.times(counted).minus(mask).cut(SHOWN_DECIMALS);
  return earned.isPositive() ? earned.toString() : '0';
}

/** A number is kept as JSON text of its text. */
function number(source: ViewSource, key: string): ExactDecimal {
  const text = textOf(readKey(source, key));
  return text === undefined ? ExactDecimal.ZERO : ExactDecimal.of(String(JSON.parse(text)));
}

/** Contract values written by `JSON.stringify`. */
function record(source: ViewSource, key: string): Readonly<Record<string, unknown>> | undefined {
  const text = textOf(readKey(source, key));
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
}
