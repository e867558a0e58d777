/**
 * The result of a vote, kept while votes come and go: `preResult` has the votes of every option that
 * has enough, `preOrder` their order, most votes first, who had them first before others with the
 * same. Options beyond the number that a result may have are dropped and come back with their next
 * vote.
 */

import { ExactDecimal } from '../../exact-decimal.ts';
import type { Host } from '../../host.ts';
import { type Fields, fieldsOf, mapGetJson, mapPutJson } from '../json-storage.ts';
import type { VoteInfo } from './vote-state.ts';

const RESULT = 'preResult';
const ORDER = 'preOrder';

export type ResultEntry = { readonly option: string; readonly votes: string };

export function openResult(host: Host, vote: string): void {
  mapPutJson(host, RESULT, vote, {});
}

export function closeResult(host: Host, vote: string): void {
  host.mapDel(RESULT, vote);
  host.mapDel(ORDER, vote);
}

export function readResult(host: Host, vote: string, info: VoteInfo): readonly ResultEntry[] {
  const votes = readVotes(host, vote);
  if (votes === undefined) return [];
  const order = readOrder(host, vote).slice(0, info.resultNumber);
  return order.map((option) => ({ option, votes: votes[option] ?? '0' }));
}

/** Votes of the options that are in the result; `undefined` where there is none any more. */
export function readVotes(host: Host, vote: string): Fields<string> | undefined {
  const votes = mapGetJson<Fields<string>>(host, RESULT, vote);
  return votes === undefined ? undefined : fieldsOf(votes);
}

/** Puts the option where its votes belong. */
export function rank(
  host: Host,
  vote: string,
  info: VoteInfo,
  option: string,
  votes: string,
): void {
  const all = readVotes(host, vote);
  if (all === undefined) return;
  const order = readOrder(host, vote).filter((other) => other !== option);
  all[option] = votes;
  order.splice(position(order, all, ExactDecimal.of(votes)), 0, option);
  for (const dropped of order.splice(info.resultNumber)) delete all[dropped];
  mapPutJson(host, RESULT, vote, all);
  mapPutJson(host, ORDER, vote, order);
}

export function unrank(host: Host, vote: string, option: string): void {
  const all = readVotes(host, vote);
  if (all === undefined || all[option] === undefined) return;
  delete all[option];
  mapPutJson(host, RESULT, vote, all);
  const order = readOrder(host, vote);
  if (!order.includes(option)) return;
  const without = order.filter((other) => other !== option);
  mapPutJson(host, ORDER, vote, without);
}

/** Behind every option that has as many votes or more. */
function position(order: readonly string[], all: Fields<string>, votes: ExactDecimal): number {
  let start = 0;
  let end = order.length;
  while (start < end) {
    const middle = (start + end) >> 1;
    const others = ExactDecimal.of(all[order[middle] ?? ''] ?? '0');
    if (others.isLess(votes)) end = middle;
    else start = middle + 1;
  }
  return start;
}

function readOrder(host: Host, vote: string): string[] {
  return mapGetJson<string[]>(host, ORDER, vote) ?? [];
}
