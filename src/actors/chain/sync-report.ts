/** Tells operators how sync gets on: metrics, `/readyz`, and a line in the log when it changes. */

import type { ActorContext, Gauge } from '#actors/runtime/actor-context.ts';
import { describeSync, type SyncStatus } from '#core/sync/sync-status.ts';
import type { ChainHealth } from './chain-health.ts';

const REPORT_MS = 1000;
/** While it lasts the log repeats it so often. */
const REPEAT_MS = 10_000;

export class SyncReport {
  readonly #context: ActorContext;
  readonly #health: ChainHealth;
  readonly #gauges: Gauges | undefined;
  #state: SyncStatus['state'] = 'current';
  #reportedAtMs = 0;
  #loggedAtMs = 0;

  /** A node without peers has nothing to report. */
  constructor(context: ActorContext, health: ChainHealth, hasPeers: boolean) {
    this.#context = context;
    this.#health = health;
    this.#gauges = hasPeers ? gauges(context) : undefined;
  }

  /** `more`: words about the chain that go with it. */
  update(status: SyncStatus, more = ''): void {
    const nowMs = this.#context.clock.nowMs();
    if (this.#gauges === undefined || nowMs - this.#reportedAtMs < REPORT_MS) return;
    this.#reportedAtMs = nowMs;
    this.#gauges.target.set(status.target);
    this.#gauges.pace.set(status.blocksPerSecond);
    this.#gauges.eta.set((status.etaMs ?? 0) / 1000);
    this.#gauges.stuck.set(Number(status.state === 'stuck'));
    const isCurrent = status.state === 'current';
    const reason = describeSync(status);
    this.#health.show({ ready: isCurrent, reason: reason + more });
    const isNews = status.state !== this.#state;
    if (!isNews && (isCurrent || nowMs - this.#loggedAtMs < REPEAT_MS)) return;
    this.#state = status.state;
    this.#loggedAtMs = nowMs;
    this.#context.log[status.state === 'stuck' ? 'warn' : 'info']('sync', { status: reason });
  }
}

type Gauges = {
  readonly target: Gauge;
  readonly pace: Gauge;
  readonly eta: Gauge;
  readonly stuck: Gauge;
};

function gauges({ metrics }: ActorContext): Gauges {
  return {
    target: metrics.gauge('sync_target_height', 'Newest block that any peer says to have'),
    pace: metrics.gauge('sync_blocks_per_second', 'Pace of this chain over the last 15 s'),
    eta: metrics.gauge(
      'sync_eta_seconds',
      'Time until it has caught up; 0 where it has, or unknown',
    ),
    stuck: metrics.gauge('sync_stuck', '1 while sync does not get on; the log says why'),
  };
}
