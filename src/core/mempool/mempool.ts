/**
 * The pool of verified transactions of one shard. It is bounded by count and by bytes, everything
 * included (ready, taken and parked), and answers at the bound with the words clients of IOST know.
 *
 * Life of an entry: admitted as ready; `take`n into a proposal or held because somebody else's
 * block has it; removed when that block is final, or given back when the block comes to nothing.
 * An entry that cannot run yet is parked until its reason is released. Nothing expires while taken:
 * the fate of its block decides.
 */

import { assert } from '#core/assert.ts';
import type { TransactionHead } from '#core/chain/transaction-head.ts';
import { ok, type Result, reject } from '#core/result.ts';
import { ParkingLot } from './parking-lot.ts';
import { type PoolEntry, PoolRecord } from './pool-entry.ts';
import { PriorityQueue } from './priority-queue.ts';
import { RecordIndex } from './record-index.ts';

/** A transaction older than this is expired whatever it says itself (spec go-iost §2.2). */
export const TRANSACTION_AGE_NS_MAX = 90_000_000_000n;

const AGE_NS_MAX = Number(TRANSACTION_AGE_NS_MAX);
/** More than a double is off at the nanoseconds of our time. */
const ROUNDING_NS = 1024;

export type MempoolLimits = {
  readonly countMax: number;
  /** Sum of the full encodings. */
  readonly bytesMax: number;
  /** With more entries than this in the pool, only simple transfers are admitted. */
  readonly complexUpToCount: number;
  readonly parkedMax: number;
};

export type TakeLimits = {
  readonly countMax: number;
  /** At least the largest transaction (65,536), or that one would block the pool. */
  readonly bytesMax: number;
  /** Transactions of a later time than the block are left for a later block. */
  readonly blockTimeNs: bigint;
};

const DUPLICATE = reject('TX_EXISTS_IN_PENDING', 'tx exists in pending');
const FULL = reject('TXPOOL_FULL', 'txpool is full');

export class Mempool<Tag> {
  readonly #limits: MempoolLimits;
  readonly #index = new RecordIndex<Tag>();
  readonly #queue = new PriorityQueue<Tag>();
  readonly #parking: ParkingLot<Tag>;
  #bytes = 0;
  #readyCount = 0;
  /** No entry expires before; PERF: so a full pool is not looked through for every block. */
  #expiresFrom = Number.POSITIVE_INFINITY;

  constructor(limits: MempoolLimits) {
    this.#limits = limits;
    this.#parking = new ParkingLot(limits.parkedMax);
  }

  get count(): number {
    return this.#index.count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get readyCount(): number {
    return this.#readyCount;
  }

  get parkedCount(): number {
    return this.#parking.count;
  }

  get(id: Uint8Array): PoolEntry<Tag> | undefined {
    return this.#index.get(id);
  }

  /** `id` is the transaction's hash; the transaction has passed every stateless check. */
  admit(id: Uint8Array, head: TransactionHead, tag: Tag): Result<PoolEntry<Tag>> {
    if (this.#index.get(id) !== undefined) return DUPLICATE;
    const { countMax, bytesMax, complexUpToCount } = this.#limits;
    const bytes = head.bytes.length;
    if (this.count >= countMax || this.#bytes + bytes > bytesMax) return FULL;
    const record = new PoolRecord(id, head, tag);
    if (this.count > complexUpToCount && !record.isSimple) return FULL;
    this.#index.add(record);
    this.#bytes += bytes;
    this.#readyCount += 1;
    this.#expiresFrom = Math.min(this.#expiresFrom, expiryOf(record));
    this.#queue.push(record);
    return ok(record);
  }

  /** The best ready entries in order, now taken; ends at the first that would exceed a limit. */
  take(limits: TakeLimits): PoolEntry<Tag>[] {
    const taken: PoolEntry<Tag>[] = [];
    let bytes = 0;
    if (limits.countMax <= 0) return taken;
    this.#queue.drain(limits.blockTimeNs, (record) => {
      bytes += record.bytes.length;
      if (bytes > limits.bytesMax || taken.length >= limits.countMax) return false;
      record.state = 'taken';
      taken.push(record);
      return true;
    });
    this.#readyCount -= taken.length;
    return taken;
  }

  /** A block that is not ours contains it: do not propose it while that block may become final. */
  hold(id: Uint8Array): void {
    const record = this.#index.get(id);
    if (record === undefined || record.state === 'taken') return;
    this.#withdraw(record);
    record.state = 'taken';
  }

  /** The block that had it came to nothing. Unknown ids and ids that are not taken are ignored. */
  giveBack(id: Uint8Array): void {
    const record = this.#index.get(id);
    if (record?.state === 'taken') this.#makeReady(record);
  }

  /** It is final, or found invalid. */
  remove(id: Uint8Array): PoolEntry<Tag> | undefined {
    const record = this.#index.get(id);
    if (record !== undefined) this.#discard(record);
    return record;
  }

  /**
   * A taken or ready entry waits for `reason`. False when too many wait already: it is then as it
   * was, and the owner should remove it.
   */
  park(id: Uint8Array, reason: string): boolean {
    const record = this.#index.get(id);
    assert(record !== undefined && record.state !== 'parked', 'only an entry in use is parked');
    const { state } = record;
    if (!this.#parking.tryPark(record, reason)) return false;
    if (state === 'ready') this.#leaveReady(record);
    record.state = 'parked';
    return true;
  }

  /** What waited for `reason` is ready again; returns how many. */
  unpark(reason: string): number {
    const released = this.#parking.release(reason);
    for (const record of released) this.#makeReady(record);
    return released.length;
  }

  /** Everything that waited for anything is ready again. */
  unparkAll(): void {
    for (const reason of this.#parking.reasons) this.unpark(reason);
  }

  /** Removes and returns what may not enter a block of this time any more. */
  expire(nowNs: bigint): readonly PoolEntry<Tag>[] {
    const expired: PoolRecord<Tag>[] = [];
    if (Number(nowNs) < this.#expiresFrom) return expired;
    const oldest = nowNs - TRANSACTION_AGE_NS_MAX;
    this.#expiresFrom = Number.POSITIVE_INFINITY;
    for (const record of this.#index) {
      const { time, expiration } = record;
      const isExpired = time < oldest || expiration <= nowNs;
      if (isExpired && record.state !== 'taken') expired.push(record);
      else this.#expiresFrom = Math.min(this.#expiresFrom, expiryOf(record));
    }
    for (const record of expired) this.#discard(record);
    return expired;
  }

  #makeReady(record: PoolRecord<Tag>): void {
    record.state = 'ready';
    this.#readyCount += 1;
    if (record.queued) this.#queue.unmarkStale();
    else this.#queue.push(record);
  }

  #discard(record: PoolRecord<Tag>): void {
    this.#withdraw(record);
    record.state = 'gone';
    this.#index.delete(record);
    this.#bytes -= record.bytes.length;
  }

  /** Out of whichever of ready and parked it is in; the caller sets the next state at once. */
  #withdraw(record: PoolRecord<Tag>): void {
    if (record.state === 'ready') this.#leaveReady(record);
    else if (record.state === 'parked') this.#parking.leave(record);
  }

  #leaveReady(record: PoolRecord<Tag>): void {
    this.#readyCount -= 1;
    // Its place in the queue is dropped later; until the caller sets the state it looks ready.
    record.state = 'taken';
    this.#queue.markStale();
  }
}

/** Nanoseconds: in a block of an earlier time it is not expired. A little early, by rounding. */
function expiryOf({ roundedTime, expiration }: PoolRecord<unknown>): number {
  return Math.min(roundedTime + AGE_NS_MAX, Number(expiration)) - ROUNDING_NS;
}
