/**
 * What operators watch of the consensus of one chain: is it in step, how long do certificates take,
 * who is silent.
 */

import type { Counter, Gauge, Metrics } from '#actors/runtime/actor-context.ts';
import type { BftStatus } from '#core/bft/status.ts';

const MS_PER_SECOND = 1000;

export class ConsensusMetrics {
  readonly #metrics: Metrics;
  readonly #view: Gauge;
  readonly #finalView: Gauge;
  readonly #nullified: Gauge;
  readonly #latency: Gauge;
  readonly #delta: Gauge;
  readonly #held: Gauge;
  readonly #halted: Gauge;
  readonly #epoch: Gauge;
  readonly #members: Gauge;
  readonly #votes: Gauge;
  readonly #evidence: Counter;
  /** By member; a group that grows gets more of them. */
  readonly #silent: Gauge[] = [];

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#view = metrics.gauge('bft_view', 'View of the consensus');
    this.#finalView = metrics.gauge('bft_final_view', 'Newest view whose block is final');
    this.#nullified = metrics.gauge(
      'bft_views_nullified',
      'Views that ended without a block, since the epoch or the actor started',
    );
    this.#latency = metrics.gauge(
      'bft_certificate_seconds',
      'Moving average from entering a view to its notarization',
    );
    this.#delta = metrics.gauge('bft_delta_seconds', 'Delay that is allowed to the network');
    this.#held = metrics.gauge('bft_views_held', 'Views in memory');
    this.#evidence = metrics.counter(
      'bft_evidence_total',
      'Proofs of this node that a member broke the rules',
    );
    this.#epoch = metrics.gauge('bft_epoch', 'Epoch of the group; of the root chain, its period');
    this.#members = metrics.gauge('bft_members', 'Members of the group');
    this.#votes = metrics.gauge('bft_votes', '1 while this node is a member that may vote');
    this.#halted = metrics.gauge('bft_halted', '1 after this node found that it must not vote on');
  }

  /** Of the group that decides now, and whether this node has a voice in it. */
  showEpoch(epoch: number, members: number, mayVote: boolean): void {
    this.#epoch.set(epoch);
    this.#members.set(members);
    this.#votes.set(Number(mayVote));
  }

  onEvidence(): void {
    this.#evidence.add();
  }

  show(status: BftStatus): void {
    this.#view.set(status.view);
    this.#finalView.set(status.finalView);
    this.#nullified.set(status.viewsNullified);
    this.#latency.set(status.latencyMs / MS_PER_SECOND);
    this.#delta.set(status.deltaMs / MS_PER_SECOND);
    this.#held.set(status.viewsHeld);
    this.#halted.set(Number(status.isHalted));
    for (const [member, views] of status.silentViews.entries()) this.#gaugeOf(member).set(views);
  }

  #gaugeOf(member: number): Gauge {
    this.#silent[member] ??= this.#metrics.gauge(
      'bft_member_silent_views',
      'Views since a vote of the member was heard',
      { name: 'member', value: String(member) },
    );
    return this.#silent[member];
  }
}
