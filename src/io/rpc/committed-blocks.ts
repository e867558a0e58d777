/**
 * Blocks and transactions as IOST clients see them, read from the chains (architecture §3): block h
 * is root block h together with the transactions of the shard blocks that it crosslinks, shards in
 * order, then those that ran on the root chain itself. A transaction belongs to the block of the
 * chain where it ran; its entry on the chain that took the reservation has no receipt and is left out.
 */

import { assert } from '#core/assert.ts';
import {
  type BlockBody,
  type BlockHeader,
  blockHash,
  decodeBody,
  decodeHeader,
  decodeStoredBlock,
  resultAt,
  resultCount,
  type TransactionResult,
} from '#core/chain/block.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import type { ChainStore, RootStore } from './rpc-ports.ts';

export type RootBlock = {
  readonly height: number;
  readonly hash: Uint8Array;
  readonly header: BlockHeader;
  readonly body: BlockBody;
  /** Encoded finalization certificate. */
  readonly certificate: Uint8Array;
};

/** Where a result lies and what it is. */
export type LocatedResult = {
  readonly chain: number;
  readonly height: number;
  readonly result: TransactionResult;
};

export class CommittedBlocks {
  readonly #root: RootStore;
  readonly #shards: readonly ChainStore[];

  constructor(root: RootStore, shards: readonly ChainStore[]) {
    this.#root = root;
    this.#shards = shards;
  }

  /** The newest final root block. */
  head(): RootBlock {
    const head = this.#root.head();
    assert(head !== undefined, 'a node that answers requests has a genesis block');
    const block = this.at(head.height);
    assert(block !== undefined, 'the head block is stored');
    return block;
  }

  at(height: number): RootBlock | undefined {
    const stored = this.#root.block(height);
    if (stored === undefined) return undefined;
    const parts = decodeStoredBlock(stored);
    const header = parts && decodeHeader(parts.header);
    const body = parts && decodeBody(parts.body);
    assert(parts && header && body, 'a stored root block is of its own form');
    return {
      height,
      hash: blockHash(parts.header),
      header,
      body,
      certificate: parts.certificate,
    };
  }

  withHash(hash: Uint8Array): RootBlock | undefined {
    const height = this.#root.heightOfHash(hash);
    return height === undefined ? undefined : this.at(height);
  }

  /** Every transaction of a root block, in order. */
  *resultsOf(block: RootBlock): Generator<LocatedResult, void> {
    for (const link of block.body.crosslinks) {
      for (let height = link.fromHeight; height <= link.toHeight; height++) {
        yield* this.resultsAt(link.chain, height);
      }
    }
    yield* this.resultsAt(ROOT_CHAIN, block.height);
  }

  /** The transactions that ran in one block of one chain. */
  *resultsAt(chain: number, height: number): Generator<LocatedResult, void> {
    const results = this.#storeOf(chain).receipts(height);
    if (results === undefined) return;
    const count = resultCount(results);
    for (let index = 0; index < count; index++) {
      const result = resultAt(results, index);
      assert(result !== undefined, 'a stored result is of its own form');
      if (result.receipt.length > 0) yield { chain, height, result };
    }
  }

  /**
   * Where a transaction ran, or else where it is reserved (a result without receipt). Its newest
   * entry on each chain counts.
   */
  find(id: Uint8Array): LocatedResult | undefined {
    let reserved: LocatedResult | undefined;
    for (let chain = 0; chain <= this.#shards.length; chain++) {
      const number = chain === this.#shards.length ? ROOT_CHAIN : chain;
      const found = this.#findOn(number, id);
      if (found === undefined) continue;
      if (found.result.receipt.length > 0) return found;
      reserved ??= found;
    }
    return reserved;
  }

  /**
   * The root block whose transaction this is, once nothing of it can be undone or is under way:
   * its block is crosslinked, and each message it caused is consumed by a crosslinked block.
   */
  irreversibleIn({ chain, height, result }: LocatedResult): number | undefined {
    const rootHeight = chain === ROOT_CHAIN ? height : this.#root.rootHeightOf(chain, height);
    if (rootHeight === undefined) return undefined;
    const done = result.legs.every((leg) => this.#isConsumed(chain, leg.chain, leg.seq));
    return done ? rootHeight : undefined;
  }

  #isConsumed(source: number, destination: number, seq: number): boolean {
    const key =
      destination === ROOT_CHAIN ? `x-inbox-${source}` : `x-cursor-${destination}-${source}`;
    const stored = this.#root.state(key);
    if (stored === undefined) return false;
    const next = decodeStateValue(stored);
    assert(next.kind === 'int', 'a cursor is an integer record');
    return next.value > BigInt(seq);
  }

  #findOn(chain: number, id: Uint8Array): LocatedResult | undefined {
    const store = this.#storeOf(chain);
    const place = store.locate(id);
    if (place === undefined) return undefined;
    const results = store.receipts(place.height);
    const result = results && resultAt(results, place.index);
    // Receipts may have been pruned while the index still knows the transaction.
    return result && { chain, height: place.height, result };
  }

  #storeOf(chain: number): ChainStore {
    const store = chain === ROOT_CHAIN ? this.#root : this.#shards[chain];
    assert(store !== undefined, 'a chain of this network');
    return store;
  }
}
