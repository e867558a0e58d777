/** Where every key of the state map lives: its anchor, mapped to a chain (architecture §4). */

import { type Placement, ROOT_CHAIN } from '../ledger/ports.ts';
import { type Anchor, anchorOf, LOCAL_ANCHOR, ROOT_ANCHOR } from '../ledger/state-key.ts';
import type { ShardMap } from './shard-map.ts';

export class ChainPlacement implements Placement {
  readonly self: number;
  readonly #shards: ShardMap;

  constructor(shards: ShardMap, self: number) {
    this.#shards = shards;
    this.self = self;
  }

  chainOf(key: string): number {
    return this.chainOfAnchor(anchorOf(key));
  }

  chainOfAnchor(anchor: Anchor): number {
    if (anchor === ROOT_ANCHOR) return ROOT_CHAIN;
    if (anchor === LOCAL_ANCHOR) return this.self;
    const id = anchor.slice(anchor.indexOf(':') + 1);
    return anchor.startsWith('account:')
      ? this.#shards.shardOfAccount(id)
      : this.#shards.shardOfContract(id);
  }

  /** The shard of an account, which for a publisher is the entry shard of its transactions. */
  chainOfAccount(account: string): number {
    return this.#shards.shardOfAccount(account);
  }
}
