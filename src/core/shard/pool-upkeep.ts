/**
 * What becomes of the pool when a block is final or comes to nothing: what it packed goes or comes
 * back, and who waits for something that has happened in it is woken.
 */

import type { Mempool } from '../mempool/mempool.ts';
import type { AskedFacts } from './asked-facts.ts';
import type { Origin } from './chain-events.ts';
import type { ExecutedBlock } from './executed-block.ts';
import { factReason, lockReason, reservationReason } from './proposer.ts';

export class PoolUpkeep {
  readonly #pool: Mempool<Origin>;
  readonly #asked: Pick<AskedFacts, 'forget'>;

  constructor(pool: Mempool<Origin>, asked: Pick<AskedFacts, 'forget'>) {
    this.#pool = pool;
    this.#asked = asked;
  }

  onFinal({ block, executed }: ExecutedBlock): void {
    const { results, answeredFacts, settledPublishers, unlockedKeys } = executed;
    for (const result of results) this.#pool.remove(result.id);
    for (const fact of answeredFacts) {
      this.#asked.forget(fact);
      this.#pool.unpark(factReason(fact));
    }
    for (const publisher of settledPublishers) this.#pool.unpark(reservationReason(publisher));
    for (const key of unlockedKeys) this.#pool.unpark(lockReason(key));
    this.#pool.expire(block.header.timestamp);
  }

  onAbandoned({ body, executed }: ExecutedBlock): void {
    for (const result of executed.results) this.#pool.giveBack(result.id);
    // What waits for something that happened in this block waits for nothing now.
    for (const fact of body.asks) this.#asked.forget(fact);
    this.#pool.unparkAll();
  }
}
