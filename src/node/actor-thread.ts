/**
 * One worker thread of the supervisor: starts it, keeps what it last said of itself, and tells once
 * when it is gone. A new object per start of an actor.
 */

import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { LogLevel } from '#actors/runtime/actor-context.ts';
import type { ActorFailed, MetricRegistered } from '#actors/runtime/control-protocol.ts';
import type { PeerRelink, WorkerWiring } from '#actors/runtime/wiring.ts';
import type { MetricSample } from '#io/telemetry/metrics-text.ts';
import { createCounters, readCounters } from '#ipc/shared-counters.ts';
import { type LoopNumbers, loopNumbers, metricValue } from './metrics-snapshot.ts';
import type { ActorRow } from './topology-types.ts';
import type { TopologyWiring } from './wire-topology.ts';

const WORKER_BOOT = new URL('../actors/runtime/worker-boot.ts', import.meta.url);
const TICK_MS_DEFAULT = 100;

export type ActorThreadOptions = {
  readonly row: ActorRow;
  readonly wiring: TopologyWiring;
  readonly logLevel: LogLevel;
  /** The thread is gone: no code of it runs any more. `error` is what it died of, if it said. */
  readonly onExit: (exit: { readonly code: number; readonly error: Error | undefined }) => void;
};

export class ActorThread {
  readonly #worker: Worker;
  readonly #counters = createCounters();
  readonly #metrics: MetricRegistered[] = [];
  #error: Error | undefined;
  /** Its last words, by ring. */
  failure: ActorFailed | undefined;
  /** Set when the supervisor ends the thread itself, with the reason. */
  terminationReason: string | undefined;
  health = { ready: true, reason: '' };
  /** JSON text; empty without one. */
  report = '';
  busyShare = 0;
  #busyMsSeen = 0;

  constructor({ row, wiring, logLevel, onExit }: ActorThreadOptions) {
    const workerData: WorkerWiring = {
      name: row.name,
      module: row.module,
      kind: row.kind,
      options: row.options,
      tickMs: row.tickMs ?? TICK_MS_DEFAULT,
      logLevel,
      doorbell: wiring.doorbellOf(row.name),
      counters: this.#counters,
      ...wiring.linksOf(row.name),
    };
    this.#worker = new Worker(WORKER_BOOT, {
      name: row.name,
      workerData,
      ...(row.semiSpaceMiB === undefined ? {} : { resourceLimits: youngLimit(row.semiSpaceMiB) }),
    });
    this.#worker.on('error', (error) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on('exit', (code) => onExit({ code, error: this.#error }));
  }

  /** Shared memory cannot travel through a ring, so it goes by the worker's port. */
  post(relink: PeerRelink): void {
    this.#worker.postMessage(relink);
  }

  /** Ends the thread wherever it is, even asleep or in an endless loop. */
  terminate(reason: string): void {
    this.terminationReason ??= reason;
    void this.#worker.terminate();
  }

  addMetric(registered: MetricRegistered): void {
    this.#metrics.push(registered);
  }

  loop(): LoopNumbers {
    return loopNumbers(readCounters(this.#counters));
  }

  customMetrics(): readonly MetricSample[] {
    const cells = readCounters(this.#counters);
    return this.#metrics.map((registered) => metricValue(registered, cells));
  }

  /** Takes the busy share of the interval since the last call. */
  sampleBusyShare(intervalMs: number): void {
    const { busyMs } = this.loop();
    this.busyShare = Math.min(1, (busyMs - this.#busyMsSeen) / intervalMs);
    this.#busyMsSeen = busyMs;
  }
}

/** V8 counts two semi-spaces and as much again for large objects. */
function youngLimit(semiSpaceMiB: number): ResourceLimits {
  return { maxYoungGenerationSizeMb: 3 * semiSpaceMiB };
}
