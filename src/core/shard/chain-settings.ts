/** What one chain is made of on this node. */

import type { LogRecord } from '../bft/effects.ts';
import type { DeltaSettings } from '../bft/settings.ts';
import type { DecodedTransaction } from '../chain/transaction.ts';
import type { Signer } from '../crypto/key-pair.ts';
import type { MempoolLimits } from '../mempool/mempool.ts';
import type { ExecutionRules } from './block-execution.ts';
import type { ChannelWindow } from './outbox-window.ts';

/** When blocks are made and how much fits into one. */
export type BlockLimits = {
  /** Shortest time between two blocks, in ms; the pace under load. */
  readonly intervalMs: number;
  /** Time after which a block is made although there is nothing to put into it. */
  readonly idleIntervalMs: number;
  /** Encoded transactions of one block, in bytes. */
  readonly bytesMax: number;
  /** Hundredths of gas, ratio included. */
  readonly gasMax: bigint;
  /** Messages of one block to all other chains, in bytes. */
  readonly outboxBytesMax: number;
};

/** Stored data of the chain, newest flushed block. Synchronous, read only. */
export interface ChainStorage {
  readState(key: string): Uint8Array | undefined;
  allState(): Iterable<readonly [key: string, value: Uint8Array]>;
  head(): { readonly height: number; readonly hash: Uint8Array } | undefined;
  block(height: number): Uint8Array | undefined;
  transactionIds(height: number): Uint8Array | undefined;
  votes(): readonly LogRecord[];
}

export type ChainSettings = {
  readonly rules: ExecutionRules;
  readonly signer: Signer;
  /** Whether every signature is good; asked for transactions that did not come through the pool. */
  readonly isSigned: (transaction: DecodedTransaction) => boolean;
  readonly delta: DeltaSettings;
  readonly limits: BlockLimits;
  readonly mempool: MempoolLimits;
  readonly window: ChannelWindow;
  /** Decoded state values kept in memory, per generation. */
  readonly cachedValues: number;
  readonly storage: ChainStorage;
};
