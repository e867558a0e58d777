/**
 * The newest final state of all chains as the ledger's views read it. Every read goes to the memory
 * map of the chain in question; nothing is cached, so nothing can be stale.
 */

import { assert } from '#core/assert.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import type { ViewReader, ViewSource } from '#core/ledger/views/view-source.ts';
import type { ChainStore } from './rpc-ports.ts';

/** `chainOfAnchor` never sees the `local` anchor. */
export function committedState(
  shards: readonly ChainStore[],
  root: ChainStore,
  chainOfAnchor: (anchor: string) => number,
): ViewSource {
  const shardReaders = shards.map(readerOf);
  const rootReader = readerOf(root);
  return {
    chains: [...shardReaders, rootReader],
    readerOf(anchor) {
      const chain = chainOfAnchor(anchor);
      const reader = chain === ROOT_CHAIN ? rootReader : shardReaders[chain];
      assert(reader !== undefined, 'an anchor lies on a chain of this network');
      return reader;
    },
  };
}

function readerOf(store: ChainStore): ViewReader {
  return {
    get(key) {
      const stored = store.state(key);
      return stored === undefined ? undefined : decodeStateValue(stored);
    },
    range: ({ from, to, limit }) =>
      store
        .stateRange({ from, to, limit })
        .map(([key, stored]) => [key, decodeStateValue(stored)] as const),
  };
}
