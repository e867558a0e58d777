/** What operators see of the checkpoints of the root chain: metrics, and a few words in its status. */

import type { Gauge, Metrics } from '#actors/runtime/actor-context.ts';
import type { CheckpointStatus } from '#core/shard/checkpoint-votes.ts';

export class CheckpointReport {
  readonly #justified: Gauge;
  readonly #finalized: Gauge;
  readonly #percent: Gauge;

  constructor(metrics: Metrics) {
    this.#justified = metrics.gauge(
      'checkpoint_justified_height',
      'Newest root block that more than two thirds of all votes stand by',
    );
    this.#finalized = metrics.gauge(
      'checkpoint_final_height',
      'Newest root block that is final by checkpoints of all candidates',
    );
    this.#percent = metrics.gauge(
      'checkpoint_votes_percent',
      'Votes that are known for the checkpoint under way; 100 where none is',
    );
  }

  show({ justified, finalized, target, percent }: CheckpointStatus): void {
    this.#justified.set(justified);
    this.#finalized.set(finalized);
    this.#percent.set(target === undefined ? 100 : percent);
  }
}

/** Added to what is said of the chain. */
export function describeCheckpoints(status: CheckpointStatus | undefined): string {
  if (status === undefined) return '';
  const { justified, finalized, target, percent } = status;
  const next = target === undefined ? '' : `, ${percent} % of the votes for ${target}`;
  return `; checkpoints: ${finalized} final, ${justified} justified${next}`;
}
