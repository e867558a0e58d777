/**
 * The metrics of one actor: those the run loop keeps about itself, at fixed cells that the
 * supervisor knows, and those the actor registers, announced by `metricRegistered`.
 */

import { assert } from '#core/assert.ts';
import { CounterWriter } from '#ipc/shared-counters.ts';
import type { Counter, Gauge, Histogram, MetricLabel, Metrics } from './actor-context.ts';
import type { MetricRegistered } from './control-protocol.ts';

/** Cell numbers of what every run loop reports. */
export const LOOP_CELL = {
  turns: 0,
  messagesIn: 1,
  messagesOut: 2,
  messagesDropped: 3,
  /** Unread bytes in all inbound rings: the queue depth. */
  queueBytes: 4,
  overflowBytes: 5,
  busyMs: 6,
  /** Longest turn since the actor started. */
  turnMsMax: 7,
  /** Unix ms of the last housekeeping: tells a working thread from a stuck one. */
  heartbeatMs: 8,
} as const;

const LOOP_CELL_COUNT = 9;
const METRIC_NAME = /^[a-z][a-z0-9_]*$/;
const LABEL_VALUE = /^[A-Za-z0-9_.:-]{1,64}$/;

export class LoopMetrics implements Metrics {
  readonly #writer: CounterWriter;
  readonly #names = new Set<string>();
  readonly #announce: (registered: MetricRegistered) => void;

  constructor(memory: SharedArrayBuffer, announce: (registered: MetricRegistered) => void) {
    this.#writer = new CounterWriter(memory);
    this.#announce = announce;
    this.#writer.reserve(LOOP_CELL_COUNT);
  }

  counter(name: string, help: string): Counter {
    const cell = this.#register('counter', name, help, [], null);
    const writer = this.#writer;
    return { add: (amount = 1) => writer.add(cell, amount) };
  }

  gauge(name: string, help: string, label: MetricLabel | null = null): Gauge {
    const cell = this.#register('gauge', name, help, [], label);
    const writer = this.#writer;
    return { set: (value) => writer.set(cell, value) };
  }

  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    assert(bounds.length > 0, 'a histogram has a bucket limit');
    assert(isAscending(bounds), 'the bucket limits of a histogram ascend');
    const first = this.#register('histogram', name, help, bounds, null);
    const writer = this.#writer;
    const observe = (value: number): void => {
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
      writer.add(first + bucket, 1);
      writer.add(first + bounds.length + 1, value);
    };
    return { observe };
  }

  addTo(cell: number, amount: number): void {
    this.#writer.add(cell, amount);
  }
  setTo(cell: number, value: number): void {
    this.#writer.set(cell, value);
  }
  publish(): void {
    this.#writer.publish();
  }

  #register(
    type: MetricRegistered['type'],
    name: string,
    help: string,
    bounds: readonly number[],
    label: MetricLabel | null,
  ): number {
    assert(METRIC_NAME.test(name), `metric name ${name} is lower case with underscores`);
    assert(label === null || METRIC_NAME.test(label.name), 'so are labels');
    assert(label === null || LABEL_VALUE.test(label.value), 'labels are words');
    const series = label === null ? name : `${name} ${label.name}=${label.value}`;
    assert(!this.#names.has(series), `metric ${series} is registered once`);
    this.#names.add(series);
    const cell = this.#writer.reserve(type === 'histogram' ? bounds.length + 2 : 1);
    this.#announce({ kind: 'metricRegistered', type, name, help, label, cell, bounds });
    return cell;
  }
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));
}
