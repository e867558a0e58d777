/** A chain in memory with real encodings, for tests of what reads chains. */

import {
  blockHash,
  type Crosslink,
  EMPTY_BODY,
  encodeBody,
  encodeHeader,
  encodeResults,
  encodeStoredBlock,
  type TransactionResult,
  ZERO_HASH,
} from '#core/chain/block.ts';
import { encodeStateValue, type StateValue } from '#core/ledger/state-value.ts';
import type { RootStore, StateRange } from '#io/rpc/rpc-ports.ts';

export type FakeBlock = {
  readonly results?: readonly TransactionResult[];
  readonly crosslinks?: readonly { chain: number; fromHeight: number; toHeight: number }[];
};

export const BLOCK_TIME_0 = 1_700_000_000_000_000_000n;

export class FakeChain implements RootStore {
  readonly #chain: number;
  readonly #blocks: {
    bytes: Uint8Array;
    results: Uint8Array;
    ids: Uint8Array;
    hash: Uint8Array;
  }[] = [];
  readonly #places = new Map<string, { height: number; index: number }>();
  readonly #state = new Map<string, Uint8Array>();
  readonly #rootHeights = new Map<string, number>();
  /** How often a block or its results were read. */
  reads = 0;

  constructor(chain: number) {
    this.#chain = chain;
    this.append({});
  }

  append({ results = [], crosslinks = [] }: FakeBlock): number {
    const height = this.#blocks.length;
    const links: Crosslink[] = crosslinks.map((link) => ({
      ...link,
      header: new Uint8Array(1),
      certificate: new Uint8Array(1),
      inboxCursors: [],
    }));
    for (const link of crosslinks) {
      for (let at = link.fromHeight; at <= link.toHeight; at++) {
        this.#rootHeights.set(`${link.chain}/${at}`, height);
      }
    }
    const body = encodeBody({
      ...EMPTY_BODY,
      transactions: results.map((result) => result.transaction),
      crosslinks: links,
    });
    const header = encodeHeader({
      chainId: 1020,
      chain: this.#chain,
      height,
      view: height,
      parentHash: this.#blocks.at(-1)?.hash ?? ZERO_HASH,
      timestamp: BLOCK_TIME_0 + BigInt(height) * 1_000_000_000n,
      proposer: new Uint8Array(32).fill(7),
      rootHeight: 0,
      stateRoot: ZERO_HASH,
      transactionsRoot: ZERO_HASH,
      receiptsRoot: ZERO_HASH,
      outboxRoot: ZERO_HASH,
      inboxRoot: ZERO_HASH,
      nextGroupHash: ZERO_HASH,
      bodyHash: ZERO_HASH,
      gasUsed: 0n,
    });
    const certificate = new Uint8Array([9, 9]);
    this.#blocks.push({
      bytes: encodeStoredBlock({ header, certificate, body, outbox: [] }),
      results: encodeResults(results),
      ids: Buffer.concat(results.map((result) => result.id)),
      hash: blockHash(header),
    });
    for (const [index, result] of results.entries()) {
      this.#places.set(keyOf(result.id), { height, index });
    }
    return height;
  }

  put(key: string, value: StateValue): void {
    this.#state.set(key, encodeStateValue(value));
  }

  head(): { readonly height: number; readonly hash: Uint8Array } {
    const height = this.#blocks.length - 1;
    return { height, hash: this.#blocks[height]?.hash as Uint8Array };
  }

  block(height: number): Uint8Array | undefined {
    this.reads += 1;
    return this.#blocks[height]?.bytes;
  }

  receipts(height: number): Uint8Array | undefined {
    this.reads += 1;
    return this.#blocks[height]?.results;
  }

  transactionIds(height: number): Uint8Array | undefined {
    return this.#blocks[height]?.ids;
  }

  heightOfHash(hash: Uint8Array): number | undefined {
    const height = this.#blocks.findIndex((block) => keyOf(block.hash) === keyOf(hash));
    return height < 0 ? undefined : height;
  }

  locate(id: Uint8Array): { readonly height: number; readonly index: number } | undefined {
    return this.#places.get(keyOf(id));
  }

  rootHeightOf(chain: number, height: number): number | undefined {
    return this.#rootHeights.get(`${chain}/${height}`);
  }

  state(key: string): Uint8Array | undefined {
    return this.#state.get(key);
  }

  stateRange(range: StateRange): readonly (readonly [string, Uint8Array])[] {
    const inRange = (key: string) =>
      'prefix' in range ? key.startsWith(range.prefix) : key >= range.from && key < range.to;
    const keys = [...this.#state.keys()].filter(inRange).sort();
    return keys
      .slice(0, range.limit)
      .map((key) => [key, this.#state.get(key) as Uint8Array] as const);
  }
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
