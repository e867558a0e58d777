/**
 * What a network starts from: the content of `config/genesis/*.json` once its outer form is checked.
 * Two nodes that were given the same of these build the same state and the same genesis hash.
 */

import type { GenesisPolicy } from '../../pob/policy.ts';
import type { GenesisBlockBounds } from './block-bounds.ts';

/** An account that exists from block 0. Amounts are decimal text in IOST. */
export type GenesisAccount = {
  readonly id: string;
  /** Base58 public keys; their length says the algorithm. */
  readonly ownerKey: string;
  readonly activeKey: string;
  /** Issued to the account, spendable. */
  readonly balance: string;
  /** Issued to the account and pledged by it for its own gas; "0" for none. */
  readonly gasPledge: string;
  /** Bought for it by the admin; 0 for none. */
  readonly ramBytes: number;
  /** Base58 secret of a published test key, so that `npm start` can print it. Never in a real network. */
  readonly publishedSecretKey?: string;
};

/** A first block producer. The admin pays its gas pledge and RAM (spec go-iost §8). */
export type GenesisWitness = {
  readonly id: string;
  readonly ownerKey: string;
  readonly activeKey: string;
  /** Base58 Ed25519 public key that signs blocks. */
  readonly signatureKey: string;
  readonly balance: string;
  /** Issued to the witness and voted by it for itself; none where it is not said. */
  readonly votes?: string;
  readonly publishedSecretKey?: string;
};

/** Accounts of a load test, derived instead of listed (`bench-accounts.ts`). */
export type BenchAccounts = {
  readonly count: number;
  readonly balance: string;
  readonly gasPledge: string;
  readonly ramBytes: number;
};

export type GenesisRamMarket = {
  /** Bytes at the start. */
  readonly initialTotal: number;
  readonly increaseIntervalSeconds: number;
  readonly increaseAmount: number;
  /** Bytes put aside for the foundation; the price starts as if they had been bought. */
  readonly reserved: number;
};

export type Genesis = {
  readonly name: string;
  /** Nanoseconds since the Unix epoch: the time of block 0. */
  readonly initialTimestamp: bigint;
  readonly iost: {
    /** Whole IOST that may ever be issued. */
    readonly totalSupply: number;
    readonly decimals: number;
  };
  readonly admin: {
    readonly id: string;
    readonly ownerKey: string;
    readonly activeKey: string;
    readonly balance: string;
    readonly publishedSecretKey?: string;
  };
  readonly foundation: {
    readonly id: string;
    readonly ownerKey: string;
    readonly activeKey: string;
  };
  readonly witnesses: readonly GenesisWitness[];
  /** Gas pledged by the admin for itself, the foundation and each witness, in IOST. */
  readonly systemGasPledge: string;
  /** RAM bought by the admin for itself and each witness, in bytes. */
  readonly systemRamBytes: number;
  readonly ram: GenesisRamMarket;
  readonly accounts: readonly GenesisAccount[];
  readonly benchAccounts?: BenchAccounts;
  /** How much fits into one block, where it is not as usual. */
  readonly block?: GenesisBlockBounds;
  /** Rules of Proof-of-Believability where they are not the published ones. */
  readonly pob?: GenesisPolicy;
};
