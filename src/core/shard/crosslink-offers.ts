/**
 * Crosslinks on their way to the root chain: a shard offers each block that is final and on disk, and
 * the root keeps the newest offer of each shard for the block it makes next. Every offer stands for
 * all blocks up to its own, so one that is lost is made good by the next.
 */

import { type Crosslink, decodeStoredBlock } from '../chain/block.ts';
import type { StateReader } from '../ledger/ports.ts';
import { crosslinkKey, inboxCursors, readCounter } from './chain-records.ts';
import type { ChainSettings } from './chain-settings.ts';
import type { ExecutedBlock } from './executed-block.ts';

/** Root: the newest block that each shard has offered. */
export class CrosslinkOffers {
  readonly #byShard = new Map<number, Crosslink>();

  add(crosslink: Crosslink): void {
    this.#byShard.set(crosslink.chain, crosslink);
  }

  /** Those that say something new to a block on this state, by shard. */
  after(state: StateReader): readonly Crosslink[] {
    const links: Crosslink[] = [];
    for (const [chain, link] of [...this.#byShard].sort(([left], [right]) => left - right)) {
      const fromHeight = readCounter(state, crosslinkKey(chain)) + 1;
      if (link.toHeight >= fromHeight) links.push({ ...link, fromHeight });
    }
    return links;
  }
}

/** Shards: offers a block that is flushed. `certificate`: the encoded proof that it is final. */
export function crosslinkOf(
  { block, executed }: ExecutedBlock,
  certificate: Uint8Array,
): Crosslink {
  return {
    chain: block.header.chain,
    fromHeight: 0,
    toHeight: block.height,
    header: block.headerBytes,
    certificate,
    inboxCursors: executed.inboxCursors,
  };
}

/** Shards: offers the newest flushed block again; `undefined` before the first one. */
export function storedCrosslink(
  { rules, storage }: Pick<ChainSettings, 'rules' | 'storage'>,
  flushed: StateReader,
  height: number,
): Crosslink | undefined {
  const stored = storage.block(height);
  const block = stored === undefined ? undefined : decodeStoredBlock(stored);
  if (block === undefined || block.certificate.length === 0) return undefined;
  return {
    chain: rules.placement.self,
    fromHeight: 0,
    toHeight: height,
    header: block.header,
    certificate: block.certificate,
    inboxCursors: inboxCursors(flushed, rules.peers),
  };
}
