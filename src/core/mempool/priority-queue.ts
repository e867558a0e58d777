/**
 * The records that may be proposed, in the order of `pool-entry.ts`: one queue per rank, the ranks
 * sorted. Transactions arrive nearly in the order of their times, so a queue is a sorted run plus
 * the few latecomers, which are sorted in only when somebody takes from that queue.
 *
 * Records that stop being ready stay where they are and are dropped when they come up; the owner
 * reports them by `markStale` so that the queue sweeps before the stale ones outnumber the rest.
 */

import { compareAge, type PoolRecord } from './pool-entry.ts';

const COMPACT_FROM = 1024;
const SWEEP_FROM = 4096;

export class PriorityQueue<Tag> {
  readonly #runs = new Map<number, Run<Tag>>();
  #ranks: number[] = [];
  #queuedCount = 0;
  #staleCount = 0;

  /** The record is ready and not queued. */
  push(record: PoolRecord<Tag>): void {
    let run = this.#runs.get(record.rank);
    if (run === undefined) {
      run = new Run();
      this.#runs.set(record.rank, run);
      this.#ranks.splice(this.#positionOf(record.rank), 0, record.rank);
    }
    record.queued = true;
    run.push(record);
    this.#queuedCount += 1;
  }

  /**
   * Removes ready records in order and offers each to `accept` until that refuses one (which stays
   * queued). A record of a time after `notAfter` is passed over, with all later ones of its rank.
   */
  drain(notAfter: bigint, accept: (record: PoolRecord<Tag>) => boolean): void {
    let index = 0;
    while (index < this.#ranks.length) {
      const rank = this.#ranks[index] as number;
      const run = this.#runs.get(rank) as Run<Tag>;
      const refused = this.#drainRun(run, notAfter, accept);
      if (run.isEmpty) {
        this.#runs.delete(rank);
        this.#ranks.splice(index, 1);
      } else {
        index += 1;
      }
      if (refused) return;
    }
  }

  /** A queued record is not ready any more. */
  markStale(): void {
    this.#staleCount += 1;
    if (this.#staleCount < SWEEP_FROM || this.#staleCount * 2 < this.#queuedCount) return;
    this.#sweep();
  }

  /** A queued stale record became ready again. */
  unmarkStale(): void {
    this.#staleCount -= 1;
  }

  #drainRun(
    run: Run<Tag>,
    notAfter: bigint,
    accept: (record: PoolRecord<Tag>) => boolean,
  ): boolean {
    run.settle();
    let refused = false;
    for (let record = run.first; record !== undefined; record = run.first) {
      if (record.state === 'ready') {
        if (record.time > notAfter) break;
        refused = !accept(record);
        if (refused) break;
      } else {
        this.#staleCount -= 1;
      }
      run.shift();
      record.queued = false;
      this.#queuedCount -= 1;
    }
    return refused;
  }

  #sweep(): void {
    for (const [rank, run] of this.#runs) {
      this.#queuedCount -= run.dropStale();
      if (run.isEmpty) this.#runs.delete(rank);
    }
    this.#ranks = this.#ranks.filter((rank) => this.#runs.has(rank));
    this.#staleCount = 0;
  }

  /** Where `rank` stands or belongs, by binary search. */
  #positionOf(rank: number): number {
    let low = 0;
    let high = this.#ranks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranks[middle] as number) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The queue of one rank. */
class Run<Tag> {
  #sorted: PoolRecord<Tag>[] = [];
  #head = 0;
  #late: PoolRecord<Tag>[] = [];

  get isEmpty(): boolean {
    return this.#head === this.#sorted.length && this.#late.length === 0;
  }

  /** Of the sorted part; settle first. */
  get first(): PoolRecord<Tag> | undefined {
    return this.#sorted[this.#head];
  }

  push(record: PoolRecord<Tag>): void {
    const last = this.#sorted[this.#sorted.length - 1];
    if (this.#head === this.#sorted.length || compareAge(last as PoolRecord<Tag>, record) < 0) {
      this.#sorted.push(record);
    } else {
      this.#late.push(record);
    }
  }

  shift(): void {
    this.#head += 1;
    if (this.#head < COMPACT_FROM || this.#head * 2 < this.#sorted.length) return;
    this.#sorted = this.#sorted.slice(this.#head);
    this.#head = 0;
  }

  /** Sorts the latecomers in; only the part of the run behind the earliest of them moves. */
  settle(): void {
    const late = this.#late;
    if (late.length === 0) return;
    late.sort(compareAge);
    const from = this.#upperBound(late[0] as PoolRecord<Tag>);
    const tail = this.#sorted.splice(from);
    let lateIndex = 0;
    for (const record of tail) {
      while (lateIndex < late.length) {
        const candidate = late[lateIndex] as PoolRecord<Tag>;
        if (compareAge(candidate, record) > 0) break;
        this.#sorted.push(candidate);
        lateIndex += 1;
      }
      this.#sorted.push(record);
    }
    for (; lateIndex < late.length; lateIndex++) {
      this.#sorted.push(late[lateIndex] as PoolRecord<Tag>);
    }
    this.#late = [];
  }

  /** Drops what is not ready; returns how many that were. */
  dropStale(): number {
    const before = this.#sorted.length - this.#head + this.#late.length;
    this.#sorted = this.#sorted.slice(this.#head).filter(keepReady);
    this.#late = this.#late.filter(keepReady);
    this.#head = 0;
    return before - this.#sorted.length - this.#late.length;
  }

  #upperBound(record: PoolRecord<Tag>): number {
    let low = this.#head;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAge(this.#sorted[middle] as PoolRecord<Tag>, record) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keepReady(record: PoolRecord<unknown>): boolean {
  if (record.state === 'ready') return true;
  record.queued = false;
  return false;
}
