/** A range of the state: the table's entries with the newer changes of the journals laid over them. */

import type { Database, RangeOptions, Transaction } from 'lmdb';
import type { KeyRange } from './journal-window.ts';

export type RangeDirection = 'ascending' | 'descending';

export type MergeInput = {
  readonly range: KeyRange;
  /** Newest changes in the range, ascending; `null` deleted. */
  readonly recent: readonly (readonly [key: string, value: Uint8Array | null])[];
  readonly limit: number;
  readonly direction: RangeDirection;
};

/** At most `limit` entries; the table is read no further than needed. Keys are byte strings. */
export function mergeRange(
  table: Database<Uint8Array, string>,
  transaction: { readonly transaction: Transaction },
  { range, recent, limit, direction }: MergeInput,
): (readonly [key: string, value: Uint8Array])[] {
  const merged: (readonly [string, Uint8Array])[] = [];
  if (limit <= 0) return merged;
  const newer = direction === 'ascending' ? recent : recent.toReversed();
  const isBefore = (left: string, right: string): boolean =>
    direction === 'ascending' ? left < right : left > right;
  let next = 0;
  const take = (key: string, value: Uint8Array | null): void => {
    if (value !== null && merged.length < limit) merged.push([key, new Uint8Array(value)]);
  };
  for (const { key, value } of table.getRange({ ...bounds(range, direction), ...transaction })) {
    for (; next < newer.length; next++) {
      const [newerKey, newerValue] = newer[next] as readonly [string, Uint8Array | null];
      if (!isBefore(newerKey, key)) break;
      take(newerKey, newerValue);
    }
    const replacement = newer[next];
    if (replacement?.[0] === key) {
      take(key, replacement[1]);
      next += 1;
    } else {
      take(key, value);
    }
    if (merged.length >= limit) return merged;
  }
  for (const [key, value] of newer.slice(next)) take(key, value);
  return merged;
}

/** Going down, lmdb-js starts at the upper end, which we exclude, and stops at the lower, included. */
function bounds({ from, to }: KeyRange, direction: RangeDirection): RangeOptions {
  const upper = to === undefined ? {} : { end: to };
  if (direction === 'ascending') return { start: from, ...upper };
  const start = to === undefined ? {} : { start: to, exclusiveStart: true };
  return { reverse: true, ...start, end: from, inclusiveEnd: true };
}
