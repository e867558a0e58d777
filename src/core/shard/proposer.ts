/**
 * Fills a block: first what other chains have sent, then the pool in its order, until a bound of the
 * block is reached. What cannot run yet is parked, what can never run is dropped, and what did not
 * fit goes back.
 */

import { assertNever } from '../assert.ts';
import type { BlockBody, Crosslink, InboundBatch } from '../chain/block.ts';
import { RunStopped } from '../ledger/engine.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { PoolEntry } from '../mempool/pool-entry.ts';
import type { BlockExecution, Inclusion } from './block-execution.ts';
import { ASKS_MAX, takesMore } from './block-rules.ts';
import type { Origin } from './chain-events.ts';
import type { BlockLimits } from './chain-settings.ts';
import type { Inbox } from './inbox.ts';

/** Taken from the pool at a time, so that what does not fit any more was hardly touched. */
const TAKE_COUNT = 256;

export const factReason = (fact: string): string => `fact:${fact}`;
export const lockReason = (key: string): string => `lock:${key}`;
export const reservationReason = (publisher: string): string => `reservation:${publisher}`;

export type ProposerSources = {
  readonly pool: Mempool<Origin>;
  readonly inbox: Pick<Inbox, 'peek' | 'sources'>;
  readonly crosslinks: readonly Crosslink[];
  /** Encoded steps of the root chain to its newest committee. */
  readonly handovers: readonly Uint8Array[];
  /** Encoded proofs that a candidate broke the rules. */
  readonly evidence: readonly Uint8Array[];
  /** Encoded certificate of the newest checkpoint, if its votes have come together. */
  readonly checkpoints: readonly Uint8Array[];
  /** Facts that were asked for lately and need not be asked for again. */
  readonly isAsked: (fact: string) => boolean;
  /** Batches of other chains that this node leaves out at the moment. */
  readonly isLeftOut: (source: number, firstSeq: number) => boolean;
  /** Told of a run that this node has stopped; whether it is to be tried again in a later block. */
  readonly onStopped: (stopped: RunStopped) => boolean;
  /**
   * Others have much to consume: no transaction begins here. Messages are taken all the same, for two
   * chains that are both full and wait for each other would wait for ever; what they answer is bounded
   * by what has begun.
   */
  readonly isOutboxFull: boolean;
};

/** A batch could not be taken: the attempt to fill a block is lost, as half of the batch has run. */
export class BatchStopped {
  readonly source: number;
  readonly firstSeq: number;
  readonly cause: RunStopped;

  constructor(batch: InboundBatch, cause: RunStopped) {
    this.source = batch.source;
    this.firstSeq = batch.firstSeq;
    this.cause = cause;
  }
}

/** Why a transaction waits that took too long in this block. */
export const STOPPED_REASON = 'stopped';

/** Runs everything it takes on `execution` and answers the body that led there. */
export function fillBlock(
  execution: BlockExecution,
  sources: ProposerSources,
  limits: BlockLimits,
  blockTimeNs: bigint,
): BlockBody {
  const handovers = sources.handovers.filter((handover) => execution.handover(handover));
  execution.resume();
  const inbound = takeInbound(execution, sources, limits);
  const asks = new Set<string>();
  const transactions = sources.isOutboxFull
    ? []
    : takeTransactions(execution, sources, limits, blockTimeNs, asks);
  for (const fact of asks) execution.ask(fact);
  const crosslinks = sources.crosslinks.filter((link) => execution.root.crosslink(link));
  const evidence = sources.evidence.filter((proof) => execution.root.evidence(proof));
  const checkpoints = sources.checkpoints.filter((each) => execution.root.checkpoint(each));
  return { handovers, inbound, transactions, asks: [...asks], crosslinks, evidence, checkpoints };
}

function takeInbound(
  execution: BlockExecution,
  { inbox, isLeftOut }: ProposerSources,
  limits: BlockLimits,
): readonly InboundBatch[] {
  const taken: InboundBatch[] = [];
  for (const source of inbox.sources()) {
    while (takesMore(execution, limits)) {
      const firstSeq = execution.nextSeq(source);
      const batch = inbox.peek(source, firstSeq);
      if (batch === undefined || isLeftOut(source, firstSeq) || !consume(execution, batch)) break;
      taken.push(batch);
    }
  }
  return taken;
}

function consume(execution: BlockExecution, batch: InboundBatch): boolean {
  try {
    return execution.consume(batch);
  } catch (error) {
    throw error instanceof RunStopped ? new BatchStopped(batch, error) : error;
  }
}

function takeTransactions(
  execution: BlockExecution,
  sources: ProposerSources,
  limits: BlockLimits,
  blockTimeNs: bigint,
  asks: Set<string>,
): readonly Uint8Array[] {
  const { pool } = sources;
  const transactions: Uint8Array[] = [];
  let bytes = 0;
  // Who waits for a fact that nobody asks for would wait for ever, so the block ends before.
  const hasRoom = (): boolean => takesMore(execution, limits) && asks.size < ASKS_MAX;
  while (hasRoom() && bytes < limits.bytesMax) {
    const entries = pool.take({
      countMax: TAKE_COUNT,
      bytesMax: limits.bytesMax - bytes,
      blockTimeNs,
    });
    if (entries.length === 0) break;
    for (const entry of entries) {
      if (!hasRoom()) pool.giveBack(entry.id);
      else if (offer(execution, entry, sources, asks)) {
        transactions.push(entry.bytes);
        bytes += entry.bytes.length;
      }
    }
  }
  return transactions;
}

/** True when the transaction is part of the block. */
function offer(
  execution: BlockExecution,
  entry: PoolEntry<Origin>,
  sources: ProposerSources,
  asks: Set<string>,
): boolean {
  const inclusion = tryRun(execution, entry);
  if (inclusion instanceof RunStopped) {
    if (sources.onStopped(inclusion)) park(sources.pool, entry.id, STOPPED_REASON);
    else sources.pool.remove(entry.id);
    return false;
  }
  switch (inclusion.kind) {
    case 'included':
      return true;
    case 'reserved':
      park(sources.pool, entry.id, reservationReason(inclusion.publisher));
      return false;
    case 'locked':
      park(sources.pool, entry.id, lockReason(inclusion.key));
      return false;
    case 'ask': {
      for (const fact of inclusion.facts) {
        if (!sources.isAsked(fact)) asks.add(fact);
      }
      park(sources.pool, entry.id, factReason(inclusion.facts[0] as string));
      return false;
    }
    case 'refused':
      sources.pool.remove(entry.id);
      return false;
    default:
      return assertNever(inclusion);
  }
}

function tryRun(execution: BlockExecution, entry: PoolEntry<Origin>): Inclusion | RunStopped {
  try {
    return execution.run(entry.transaction, entry.id);
  } catch (error) {
    if (error instanceof RunStopped) return error;
    throw error;
  }
}

/** The lot is bounded; a transaction that finds it full is dropped as if the pool were full. */
function park(pool: Mempool<Origin>, id: Uint8Array, reason: string): void {
  if (!pool.park(id, reason)) pool.remove(id);
}
