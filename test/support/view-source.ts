/** Views over plain maps: what they read is what the test wrote. */

import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { type Anchor, ROOT_ANCHOR } from '#core/ledger/state-key.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import type { ViewReader, ViewSource } from '#core/ledger/views/view-source.ts';

export type ChainMaps = ReadonlyMap<number, ReadonlyMap<string, StateValue>>;

export function viewSourceOf(
  chains: ChainMaps,
  chainOfAnchor: (anchor: Anchor) => number,
): ViewSource {
  const readers = new Map([...chains].map(([chain, state]) => [chain, readerOf(state)]));
  return {
    chains: [...readers.values()],
    readerOf(anchor) {
      const reader = readers.get(chainOfAnchor(anchor));
      if (reader === undefined) throw new Error(`no chain holds ${anchor}`);
      return reader;
    },
  };
}

/** One shard, number 0, and the root. */
export function twoChainSource(
  shard: ReadonlyMap<string, StateValue>,
  root: ReadonlyMap<string, StateValue>,
): ViewSource {
  const chains = new Map([
    [0, shard],
    [ROOT_CHAIN, root],
  ]);
  return viewSourceOf(chains, (anchor) => (anchor === ROOT_ANCHOR ? ROOT_CHAIN : 0));
}

function readerOf(state: ReadonlyMap<string, StateValue>): ViewReader {
  return {
    get: (key) => state.get(key),
    range: ({ from, to, limit }) =>
      [...state]
        .filter(([key]) => from <= key && key < to)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .slice(0, limit),
  };
}
