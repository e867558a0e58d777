/**
 * The Servi rules once more, written apart from `src/core/pob` and in another way (numbers, arrays,
 * selection by search), to hold the real ones against; and closed forms of what they lead to.
 */

import type { Candidate } from '#core/pob/candidate.ts';

export function candidate(
  account: string,
  votes: bigint,
  registration: number,
  servi = 0n,
): Candidate {
  const key = new Uint8Array(32).fill(registration + 1);
  return { account, key, votes, servi, registration, heardIn: 0 };
}

export type ModelRound = { readonly seats: readonly number[]; readonly servi: readonly number[] };

/** One election among candidates that are listed in the order of acquiring candidacy. */
export function modelElection(
  votes: readonly number[],
  before: readonly number[],
  seats: number,
  cap: number,
): ModelRound {
  const servi = before.map((balance, index) => Math.min(balance + (votes[index] ?? 0), cap));
  const chosen: number[] = [];
  while (chosen.length < Math.min(seats, votes.length)) {
    let best = -1;
    for (const [index, balance] of servi.entries()) {
      if (chosen.includes(index)) continue;
      if (best < 0 || balance > (servi[best] as number)) best = index;
    }
    chosen.push(best);
  }
  const price = Math.min(...chosen.map((index) => servi[index] as number));
  return {
    seats: chosen,
    servi: servi.map((balance, index) => (chosen.includes(index) ? balance - price : balance)),
  };
}

/** Long-run seats per period by candidate (protocol.md §3.2): proportional, but never above one. */
export function waterFilling(votes: readonly number[], seats: number): readonly number[] {
  const saturated = new Set<number>();
  for (;;) {
    const open = votes.reduce((sum, each, index) => (saturated.has(index) ? sum : sum + each), 0);
    const left = seats - saturated.size;
    const next = votes.findIndex((each, index) => !saturated.has(index) && left * each >= open);
    if (next < 0 || open === 0) {
      return votes.map((each, index) => (saturated.has(index) ? 1 : (left * each) / open));
    }
    saturated.add(next);
  }
}

/** P[Bin(n, p) > k]. */
export function binomialTail(n: number, p: number, k: number): number {
  let term = (1 - p) ** n;
  let below = 0;
  for (let count = 0; count <= k; count++) {
    below += term;
    term = (term * (n - count) * p) / ((count + 1) * (1 - p));
  }
  return 1 - below;
}
