/**
 * Who has earned what of the bonuses (spec go-iost §6.12), at a cost that does not grow with the
 * number of voters: a pool keeps the sum of bonus per vote since the beginning (its coefficient), and
 * each holder what had been paid on its votes before it had them (its mask). So a holder has earned
 * votes × coefficient − mask.
 *
 * There is one pool of all candidates with enough votes, and for each producer one of its voters.
 */

import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { getJson, mapGetJson, mapPutJson, putJson } from '../json-storage.ts';
import { voteIdOf } from './producer-table.ts';

/** From how many votes on a producer may be elected and earns. */
export const VOTE_THRESHOLD = '2100000';
const THRESHOLD = ExactDecimal.of(VOTE_THRESHOLD);

const VOTER_COEFFICIENT = 'voterCoef';
const CANDIDATE_COEFFICIENT = 'candCoef';
const CANDIDATE_MASK = 'candMask';
/** Sum of the votes of all candidates that have enough. */
const CANDIDATE_VOTES = 'candAllKey';
const voterMask = (producer: string): string => `v_${producer}`;

// Voters of one producer

/** Books `amount` more votes, or fewer. */
export function changeVoter(
  host: Host,
  voter: string,
  producer: string,
  amount: ExactDecimal,
): void {
  const coefficient = voterCoefficient(host, producer);
  const mask = storedNumber(mapGetJson(host, voterMask(producer), voter));
  putVoterMask(host, voter, producer, mask.plus(coefficient.times(amount)), voter);
}

/** What a voter with so many votes has earned; `take` books it as paid. */
export function voterEarning(
  host: Host,
  voter: string,
  producer: string,
  votes: ExactDecimal,
  take: boolean,
): ExactDecimal {
  const coefficient = voterCoefficient(host, producer);
  const mask = storedNumber(mapGetJson(host, voterMask(producer), voter));
  const earning = coefficient.times(votes).minus(mask);
  if (take) putVoterMask(host, voter, producer, mask.plus(earning), host.publisher);
  return earning;
}

/** Spreads an amount over the votes of a producer, which are some. */
export function feedVoters(
  host: Host,
  producer: string,
  amount: ExactDecimal,
  votes: ExactDecimal,
  payer: string,
): void {
  const coefficient = voterCoefficient(host, producer).plus(amount.dividedBy(votes));
  mapPutJson(host, VOTER_COEFFICIENT, producer, coefficient.toString(), payer);
}

function voterCoefficient(host: Host, producer: string): ExactDecimal {
  return storedNumber(mapGetJson(host, VOTER_COEFFICIENT, producer));
}

function putVoterMask(
  host: Host,
  voter: string,
  producer: string,
  mask: ExactDecimal,
  payer: string,
): void {
  mapPutJson(host, voterMask(producer), voter, mask.toString(), payer);
}

// Candidates

/** Books that the votes of a producer have changed by `amount`. */
export function changeCandidate(
  host: Host,
  producer: string,
  amount: ExactDecimal,
  payer: string,
): void {
  const votes = votesFor(host, producer);
  const counted = eligible(votes).minus(eligible(votes.minus(amount)));
  if (counted.isZero()) return;
  putJson(host, CANDIDATE_VOTES, candidateVotes(host).plus(counted).toString());
  const coefficient = candidateCoefficient(host);
  const mask = storedNumber(mapGetJson(host, CANDIDATE_MASK, producer));
  const changed = mask.plus(coefficient.times(counted)).toString();
  mapPutJson(host, CANDIDATE_MASK, producer, changed, payer);
}

export function candidateEarning(host: Host, producer: string, take: boolean): ExactDecimal {
  const counted = eligible(votesFor(host, producer));
  const mask = storedNumber(mapGetJson(host, CANDIDATE_MASK, producer));
  const earning = candidateCoefficient(host).times(counted).minus(mask);
  if (take) {
    const paid = mask.plus(earning).toString();
    mapPutJson(host, CANDIDATE_MASK, producer, paid, host.publisher);
  }
  return earning;
}

/** Votes of all candidates with enough: what a bonus is spread over. */
export function candidateVotes(host: Host): ExactDecimal {
  return storedNumber(getJson(host, CANDIDATE_VOTES));
}

export function feedCandidates(
  host: Host,
  amount: ExactDecimal,
  votes: ExactDecimal,
  payer: string,
): void {
  const coefficient = candidateCoefficient(host).plus(amount.dividedBy(votes));
  putJson(host, CANDIDATE_COEFFICIENT, coefficient.toString(), payer);
}

/** What a producer has been given. */
export function votesFor(host: Host, producer: string): ExactDecimal {
  const [option] = host.call('vote.iost', 'getOption', [voteIdOf(host), producer], true) ?? [];
  return ExactDecimal.of((JSON.parse(String(option)) as { votes: string }).votes);
}

function candidateCoefficient(host: Host): ExactDecimal {
  return storedNumber(getJson(host, CANDIDATE_COEFFICIENT));
}

/** All of them or none. */
function eligible(votes: ExactDecimal): ExactDecimal {
  return votes.isLess(THRESHOLD) ? ExactDecimal.ZERO : votes;
}

function storedNumber(text: string | undefined): ExactDecimal {
  return text === undefined ? ExactDecimal.ZERO : ExactDecimal.of(text);
}
