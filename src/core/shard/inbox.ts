/**
 * Channel batches that have arrived and wait for a block, by source. They are a copy of what the
 * source still holds, so what exceeds the bound is dropped and asked for again when there is room.
 */

import type { InboundBatch } from '../chain/block.ts';

/** BOUND: waiting batches per source; further ones are dropped. */
const BATCHES_MAX = 256;

export class Inbox {
  readonly #bySource = new Map<number, Map<number, InboundBatch>>();
  #dropped = new Set<number>();

  /** Keeps a batch that is not older than `nextSeq`. */
  add(batch: InboundBatch, nextSeq: number): void {
    if (batch.firstSeq < nextSeq) return;
    const waiting = this.#waitingOf(batch.source);
    if (waiting.size >= BATCHES_MAX) this.#dropped.add(batch.source);
    else waiting.set(batch.firstSeq, batch);
  }

  /** The batch that starts at this number, if it is here. */
  peek(source: number, firstSeq: number): InboundBatch | undefined {
    return this.#bySource.get(source)?.get(firstSeq);
  }

  /** Sources of which something may wait, ascending. */
  sources(): number[] {
    return [...this.#bySource.keys()].sort((left, right) => left - right);
  }

  /** Forgets what a final block has consumed; true when dropped batches should be asked for. */
  consumed(source: number, nextSeq: number): boolean {
    const waiting = this.#waitingOf(source);
    for (const firstSeq of waiting.keys()) if (firstSeq < nextSeq) waiting.delete(firstSeq);
    return this.#dropped.delete(source);
  }

  #waitingOf(source: number): Map<number, InboundBatch> {
    let waiting = this.#bySource.get(source);
    if (waiting === undefined) {
      waiting = new Map();
      this.#bySource.set(source, waiting);
    }
    return waiting;
  }
}
