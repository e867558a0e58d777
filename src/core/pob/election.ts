/**
 * The election of a committee by Servi (protocol.md §3.2): everybody is awarded the votes it has, the
 * K with the most Servi get the seats and pay for them. In the long run seats are proportional to
 * votes, but no candidate has more than one at a time.
 */

import { assert } from '../assert.ts';
import type { Candidate } from './candidate.ts';
import { COMMITTEE_MIN, type PobPolicy } from './policy.ts';

export type Election = {
  /** Accounts in rank order, which is leader order; empty where too few stood. */
  readonly committee: readonly string[];
  /** What each seat cost, or 0 where seats cost different amounts (`clear`). */
  readonly price: bigint;
  /** Balances after the election, by account. */
  readonly servi: ReadonlyMap<string, bigint>;
};

type ElectionPolicy = Pick<PobPolicy, 'committeeSize' | 'burnRule' | 'serviCapFactor'>;

/**
 * `votesCast` are all votes there are, those for candidates that do not stand included. Where fewer
 * than four stand everybody is awarded, nobody is seated and nobody pays.
 */
export function elect(
  candidates: readonly Candidate[],
  votesCast: bigint,
  policy: ElectionPolicy,
  committeeMin = COMMITTEE_MIN,
): Election {
  const awarded = award(candidates, policy.serviCapFactor * votesCast);
  const ranked = [...candidates].sort(byRank(awarded));
  const seats = ranked.slice(0, policy.committeeSize);
  if (seats.length < committeeMin) return { committee: [], price: 0n, servi: awarded };
  const last = seats.at(-1);
  assert(last !== undefined, 'a committee has members');
  const price = policy.burnRule === 'kth' ? serviOf(awarded, last.account) : 0n;
  const servi = new Map(awarded);
  for (const { account } of seats) {
    servi.set(account, policy.burnRule === 'clear' ? 0n : serviOf(awarded, account) - price);
  }
  return { committee: seats.map(({ account }) => account), price, servi };
}

/** Servi of every candidate with the award of one period, no more than the cap. */
function award(candidates: readonly Candidate[], cap: bigint): Map<string, bigint> {
  const servi = new Map<string, bigint>();
  for (const { account, votes, servi: before } of candidates) {
    assert(!servi.has(account), 'a candidate stands once');
    const after = before + votes;
    servi.set(account, after < cap ? after : cap);
  }
  return servi;
}

/** More Servi first; among equals, who acquired candidacy first. */
function byRank(servi: ReadonlyMap<string, bigint>) {
  return (left: Candidate, right: Candidate): number => {
    const difference = serviOf(servi, right.account) - serviOf(servi, left.account);
    if (difference !== 0n) return difference > 0n ? 1 : -1;
    return left.registration - right.registration;
  };
}

function serviOf(servi: ReadonlyMap<string, bigint>, account: string): bigint {
  const balance = servi.get(account);
  assert(balance !== undefined, 'every candidate has a balance');
  return balance;
}
