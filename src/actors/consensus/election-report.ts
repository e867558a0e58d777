/** What operators see of an election, once per period. */

import type { ActorContext, Gauge } from '#actors/runtime/actor-context.ts';
import type { StateReader } from '#core/ledger/ports.ts';
import { readCommittee } from '#core/pob/pob-state.ts';

const UNITS_PER_VOTE = 100_000_000n;

export class ElectionReport {
  readonly #context: ActorContext;
  readonly #candidates: Gauge;
  readonly #price: Gauge;
  #period = -1;

  constructor(context: ActorContext) {
    this.#context = context;
    const { metrics } = context;
    this.#candidates = metrics.gauge('pob_candidates', 'Candidates at the newest election');
    this.#price = metrics.gauge('pob_seat_price', 'Servi that a seat cost at it, in votes');
  }

  /** `state` is that of the newest root block on disk. */
  update(state: StateReader): void {
    const committee = readCommittee(state);
    if (committee === undefined || committee.period === this.#period) return;
    const { period, candidates, price, members } = committee;
    this.#period = period;
    this.#candidates.set(candidates);
    this.#price.set(Number(BigInt(price) / UNITS_PER_VOTE));
    const accounts = members.map(({ account }) => account).join(' ');
    this.#context.log.info('committee', { period, candidates, members: accounts });
  }
}
