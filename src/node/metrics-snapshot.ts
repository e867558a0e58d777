/** What the supervisor knows about one actor, as numbers, for the telemetry endpoint. */

import type { MetricRegistered } from '#actors/runtime/control-protocol.ts';
import { LOOP_CELL } from '#actors/runtime/loop-metrics.ts';
import type { MetricSample } from '#io/telemetry/metrics-text.ts';

/**
 * - `starting`: `onStart` runs. `ready`: takes messages. `waiting`: dead, to be started again.
 * - `draining`, `drained`, `finishing`, `stopped`: the ordered stop.
 */
export type ActorStatus =
  | 'starting'
  | 'ready'
  | 'waiting'
  | 'draining'
  | 'drained'
  | 'finishing'
  | 'stopped';

/** The run loop's own numbers; counters start at 0 with every start of the actor. */
export type LoopNumbers = { readonly [Name in keyof typeof LOOP_CELL]: number };

export type ActorMetrics = {
  readonly actor: string;
  readonly status: ActorStatus;
  readonly restartCount: number;
  /** Share of the last sampling interval spent in turns, 0 to 1. */
  readonly busyShare: number;
  readonly loop: LoopNumbers;
  readonly custom: readonly MetricSample[];
};

export function loopNumbers(cells: Float64Array): LoopNumbers {
  const entries = Object.entries(LOOP_CELL).map(([name, cell]) => [name, cells[cell] ?? 0]);
  return Object.fromEntries(entries) as LoopNumbers;
}

export function metricValue(registered: MetricRegistered, cells: Float64Array): MetricSample {
  const { type, name, help, label, cell, bounds } = registered;
  if (type !== 'histogram') return { type, name, help, label, value: cells[cell] ?? 0 };
  const infinityCell = cell + bounds.length;
  return {
    type,
    name,
    help,
    bounds,
    bucketCounts: [...cells.subarray(cell, infinityCell + 1)],
    sum: cells[infinityCell + 1] ?? 0,
  };
}
