/** One drawn transaction, and what it reads or writes: two that share nothing do not depend on each other. */

import type { SimTransaction } from '../sim-client.ts';

export type Draft = {
  readonly kind: string;
  readonly transaction: SimTransaction;
  /** Names of accounts, contracts, tokens, NFTs and markets. */
  readonly touches: readonly string[];
  /** What the generator believes from now on, were it to succeed. `id` is the transaction's hash. */
  readonly learn?: (id: Uint8Array) => void;
};

/** The market of RAM, whose price every trade changes. */
export const RAM_MARKET = 'market ram';
export const tokenName = (symbol: string): string => `token ${symbol}`;
export const nftName = (symbol: string): string => `nft ${symbol}`;
