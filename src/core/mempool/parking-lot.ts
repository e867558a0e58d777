/**
 * Transactions that cannot run until something happens elsewhere (a fact arrives from another
 * shard, a reservation of the publisher is released), grouped by what they wait for. Bounded by
 * count: at the bound parking is declined and the owner refuses the transaction.
 */

import type { PoolRecord } from './pool-entry.ts';

export class ParkingLot<Tag> {
  readonly #byReason = new Map<string, Set<PoolRecord<Tag>>>();
  readonly #countMax: number;
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#count;
  }

  /** False when the lot is full. */
  tryPark(record: PoolRecord<Tag>, reason: string): boolean {
    if (this.#count >= this.#countMax) return false;
    let waiting = this.#byReason.get(reason);
    if (waiting === undefined) {
      waiting = new Set();
      this.#byReason.set(reason, waiting);
    }
    waiting.add(record);
    record.parkedFor = reason;
    this.#count += 1;
    return true;
  }

  get reasons(): readonly string[] {
    return [...this.#byReason.keys()];
  }

  leave(record: PoolRecord<Tag>): void {
    const reason = record.parkedFor as string;
    const waiting = this.#byReason.get(reason) as Set<PoolRecord<Tag>>;
    waiting.delete(record);
    if (waiting.size === 0) this.#byReason.delete(reason);
    record.parkedFor = undefined;
    this.#count -= 1;
  }

  /** Everything that waited for `reason`, in the order of parking. */
  release(reason: string): readonly PoolRecord<Tag>[] {
    const waiting = this.#byReason.get(reason);
    if (waiting === undefined) return [];
    this.#byReason.delete(reason);
    this.#count -= waiting.size;
    const released = [...waiting];
    for (const record of released) record.parkedFor = undefined;
    return released;
  }
}
