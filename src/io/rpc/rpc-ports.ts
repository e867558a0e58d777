/**
 * What the API needs from the node. The rpc actor provides it; tests provide fakes. Committed data
 * is read directly and synchronously, everything else is asked for.
 */

import type { Receipt } from '#core/chain/receipt.ts';
import type { Transaction } from '#core/chain/transaction.ts';
import type { ContractRegistry } from '#core/ledger/contract-registry.ts';
import type { Rejection, Result } from '#core/result.ts';
import type { ConsoleLine, EventFeed } from './event-feed.ts';
import type { SubmissionOutcome } from './submission-book.ts';

/** Committed and flushed data of one chain: the part of the LMDB reader that the API reads. */
export interface ChainStore {
  /** The newest block on disk; `undefined` before genesis is. */
  head(): { readonly height: number; readonly hash: Uint8Array } | undefined;
  /** Encoded `StoredBlock`. */
  block(height: number): Uint8Array | undefined;
  /** 32 bytes each, in the order of the results. */
  transactionIds(height: number): Uint8Array | undefined;
  /** Encoded results of the block (`encodeResults`). */
  receipts(height: number): Uint8Array | undefined;
  heightOfHash(hash: Uint8Array): number | undefined;
  /** Where the newest result of a transaction is. */
  locate(id: Uint8Array): { readonly height: number; readonly index: number } | undefined;
  /** The stored form of a state value (`encodeStateValue`). */
  state(key: string): Uint8Array | undefined;
  /** Entries of a range in byte order of their keys, at most `limit`. */
  stateRange(range: StateRange): readonly (readonly [key: string, value: Uint8Array])[];
}

export type StateRange =
  | { readonly prefix: string; readonly limit: number; readonly reverse?: boolean }
  | {
      readonly from: string;
      /** Exclusive. */
      readonly to: string;
      readonly limit: number;
      readonly reverse?: boolean;
    };

/** The root chain's store also knows which root block crosslinked a shard block. */
export interface RootStore extends ChainStore {
  rootHeightOf(chain: number, height: number): number | undefined;
}

export type NodeStatus = {
  readonly mode: 'ModeInit' | 'ModeSync' | 'ModeNormal';
  readonly networkId: string;
  readonly inboundPeers: number;
  readonly outboundPeers: number;
  /** Pending transactions of all shards. */
  readonly poolTransactions: number;
};

export type NetworkIdentity = {
  readonly name: string;
  readonly protocolVersion: string;
  readonly chainId: number;
  /** Release of the node, and where it was built from. */
  readonly codeVersion: string;
  readonly gitHash: string;
  readonly buildTime: string;
};

export type RpcPorts = {
  readonly network: NetworkIdentity;
  /** In order of number: shards 0 … S − 1. */
  readonly shards: readonly ChainStore[];
  readonly root: RootStore;
  /** The chain that holds an anchor other than `local`. */
  chainOfAnchor(anchor: string): number;
  readonly contracts: ContractRegistry;
  status(): NodeStatus;
  /** Unix milliseconds. */
  nowMs(): number;
  /**
   * Hands in full encodings; `done` is called later, once, with all answers. `false`, and nothing
   * done, where too many transactions are unanswered already.
   */
  submit(transactions: readonly Uint8Array[], done: (outcome: SubmissionOutcome) => void): boolean;
  /** A transaction that waits in a pool, as its full encoding. */
  findPending(id: Uint8Array): Promise<Uint8Array | undefined>;
  /** Refusals that need no state: form, times, gas, size, action arguments. */
  check(transaction: Transaction, encoded: Uint8Array): Rejection | undefined;
  /** Runs a transaction on the newest state and forgets the changes. */
  execute(encoded: Uint8Array): Result<Receipt>;
  readonly events: EventFeed;
  /** Absent where the node does not show what contracts write to their console. */
  readonly console: EventFeed<ConsoleLine> | undefined;
};
