/** Conflicts over locked keys, and how fairly they end (cross-shard.md, mechanism 3). */

import type { Counter, Histogram, Metrics } from '#actors/runtime/actor-context.ts';
import type { LockCounts } from '#core/atomix/lock-counts.ts';

const ATTEMPT_BOUNDS = [1, 2, 4, 8, 16, 32];

export class LockMetrics {
  readonly #granted: Counter;
  readonly #refused: Counter;
  readonly #rounds: Counter;
  readonly #retries: Counter;
  readonly #committed: Counter;
  readonly #aborted: Counter;
  readonly #attempts: Histogram;

  constructor(metrics: Metrics) {
    this.#granted = metrics.counter(
      'locks_granted_total',
      'Requests for keys of this chain granted',
    );
    this.#refused = metrics.counter(
      'locks_refused_total',
      'Requests for keys of this chain refused: somebody else has them',
    );
    this.#rounds = metrics.counter('lock_rounds_total', 'Rounds of requests to other chains');
    this.#retries = metrics.counter(
      'lock_retries_total',
      'Attempts of transactions given up for a conflict, to begin again',
    );
    this.#committed = metrics.counter(
      'lock_commits_total',
      'Transactions with locks on other chains that took effect',
    );
    this.#aborted = metrics.counter(
      'lock_aborts_total',
      'Transactions with locks on other chains that ended without effect',
    );
    this.#attempts = metrics.histogram(
      'lock_attempts',
      'Blocks by the most attempts that a transaction which ended in them had taken',
      ATTEMPT_BOUNDS,
    );
  }

  /** Of one final block. */
  add(counts: LockCounts): void {
    this.#granted.add(counts.granted);
    this.#refused.add(counts.refused);
    this.#rounds.add(counts.rounds);
    this.#retries.add(counts.retries);
    this.#committed.add(counts.committed);
    this.#aborted.add(counts.aborted);
    if (counts.attemptsMax > 0) this.#attempts.observe(counts.attemptsMax);
  }
}
