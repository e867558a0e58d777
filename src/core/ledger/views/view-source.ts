/**
 * Where views read. A question of a client concerns state of several chains, so a view gets a reader
 * by anchor and says which key it wants; it never knows how many shards there are. All views are pure
 * functions of what the readers answer, and read a bounded number of keys.
 */

import type { StateReader } from '../ports.ts';
import { lentBytes, lentKey } from '../ram-lease.ts';
import { type Anchor, anchorOf, balanceKey, LOCAL_ANCHOR } from '../state-key.ts';
import type { StateValue } from '../state-value.ts';

export type KeyValue = readonly [key: string, value: StateValue];

export interface ViewReader extends StateReader {
  /** At most `limit` entries with `from ≤ key < to`, in the order of their UTF-8 bytes. */
  range(query: {
    readonly from: string;
    readonly to: string;
    readonly limit: number;
  }): readonly KeyValue[];
}

export type ViewSource = {
  /** The chain that holds an anchor other than `local`. */
  readerOf(anchor: Anchor): ViewReader;
  /** Every chain of the network, shards and root. */
  readonly chains: readonly ViewReader[];
};

/** Keys and fields are printable ASCII, so DEL is above every continuation of a prefix. */
const AFTER_ASCII = '\x7f';

/** A value of the network's state. RAM that is on lease is with the balance, as if it were at home. */
export function readKey(source: ViewSource, key: string): StateValue | undefined {
  if (key.startsWith(LENT)) return undefined;
  const anchor = anchorOf(key);
  if (anchor === LOCAL_ANCHOR) return sumOfChains(source, key);
  const reader = source.readerOf(anchor);
  const value = reader.get(key);
  const account = value?.kind === 'int' ? RAM_OF.exec(key)?.[1] : undefined;
  if (value?.kind !== 'int' || account === undefined) return value;
  return { ...value, value: value.value + lentBytes(reader, account) };
}

const LENT = lentKey('');
const RAM_OF = new RegExp(`^${balanceKey('(.+)', 'ram')}$`);

/** The entries of all chains in one order, as if there were one chain. */
export function rangeOfChains(
  source: ViewSource,
  query: { readonly from: string; readonly to: string; readonly limit: number },
): readonly KeyValue[] {
  const found = new Map<string, StateValue>();
  for (const chain of source.chains) {
    for (const [key, value] of chain.range(query)) {
      const known = found.get(key);
      found.set(key, known === undefined ? value : added(known, value));
    }
  }
  const ordered = [...found].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return ordered.slice(0, query.limit);
}

export function prefixOfChains(
  source: ViewSource,
  prefix: string,
  limit: number,
): readonly KeyValue[] {
  return rangeOfChains(source, { from: prefix, to: prefix + AFTER_ASCII, limit });
}

export function textOf(value: StateValue | undefined): string | undefined {
  return value?.kind === 'string' || value?.kind === 'json' ? value.value : undefined;
}

export function integerOf(value: StateValue | undefined): bigint | undefined {
  return value?.kind === 'int' ? value.value : undefined;
}

/** A pool of a system contract has a part on every chain; clients know one. */
function sumOfChains(source: ViewSource, key: string): StateValue | undefined {
  let sum: StateValue | undefined;
  for (const chain of source.chains) {
    const value = chain.get(key);
    if (value !== undefined) sum = sum === undefined ? value : added(sum, value);
  }
  return sum;
}

/** Parts of one number add up; of anything else the chains hold copies or none. */
function added(left: StateValue, right: StateValue): StateValue {
  if (left.kind === 'int' && right.kind === 'int') {
    return { ...left, value: left.value + right.value };
  }
  return left;
}
