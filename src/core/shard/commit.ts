/**
 * What a chain hands to storage: one `ChainCommit` per block, one `VoteRecord` per BFT promise. They
 * are plain data so that the core can produce them without knowing how they are stored. A commit is
 * atomic: after a crash either all of it is there or nothing (architecture §7).
 */

import type { PackedChanges } from '../msb/packed-changes.ts';

/** Root only: the crosslink to a shard block that this root block includes. */
export type CrosslinkEntry = { readonly chain: number; readonly toHeight: number };

/** Everything that one block changes on disk. Byte fields are opaque to storage. */
export type ChainCommit = {
  /** Shard number, or `ROOT_CHAIN` (core/ledger/ports.ts). */
  readonly chain: number;
  /** Exactly one above the previous commit of the chain. */
  readonly height: number;
  /** Block hash, 32 bytes. */
  readonly hash: Uint8Array;
  /** Encoded header, body and certificate. */
  readonly block: Uint8Array;
  /** Encoded receipts with their offset table. */
  readonly receipts: Uint8Array;
  readonly changes: PackedChanges;
  /** 32 bytes each, in block order: the index id → (height, position). */
  readonly transactionIds: Uint8Array;
  readonly crosslinks?: readonly CrosslinkEntry[];
};

/** A promise of the BFT instance that must be on disk before the vote leaves (protocol.md §2.3). */
export type VoteRecord = {
  readonly chain: number;
  /** Chosen by the chain and repeated in the answer. */
  readonly token: number;
  /** A later record under the same key replaces the earlier one. Ordered, so ranges can be pruned. */
  readonly key: string;
  readonly value: Uint8Array;
};
