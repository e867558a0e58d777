/**
 * What the suite and its load generator say to each other: one JSON object a line, jobs on the
 * generator's standard input, reports on its standard output.
 */

import type { Workload } from '../report/result.ts';
import type { LoadMix } from './transactions.ts';

/** `websocket`: batches in binary frames. `http`: one `/sendTx` a transaction, as iost.js does. */
export type Transport = 'websocket' | 'http';

/** What a generator is started for. */
export type LoadTarget = LoadMix & {
  readonly workload: Workload;
  /**
   * `http://host:port` of each node; batches go to them in turn, and blocks are followed over the
   * WebSocket of the first whatever the transport.
   */
  readonly urls: readonly string[];
  readonly transport: Transport;
  /** HTTP only: keep-alive connections, each with one request at a time. */
  readonly connections: number;
};

export type LoadJob = {
  readonly transactions: number;
  /** Transactions per second to offer; 0 for the closed loop. */
  readonly rate: number;
  /** Closed loop: transactions sent and not yet committed. */
  readonly window: number;
};

export type LoadResult = {
  readonly committed: number;
  readonly rejected: number;
  readonly rejections: readonly (readonly [message: string, count: number])[];
  /** Committed per second while the loop was full (see `steadyRate`). */
  readonly committedTps: number;
  readonly seconds: number;
  /** From the last commit until those followed were irreversible: is there a backlog behind? */
  readonly settleMs: number;
  readonly cpuMicros: number;
  /** Followed from their receipts, which all say SUCCESS, until they were irreversible. */
  readonly followed: number;
  /** Open loop only, without the first fifth. */
  readonly openLoop?: {
    /** From the intended time of sending to the flushed block, in ms. */
    readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
    /** From the intended to the real time of sending. */
    readonly sendLagP99Ms: number;
  };
};

export type LoadReport =
  /** Everything is signed and the clock runs. */
  | { readonly kind: 'started' }
  | { readonly kind: 'finished'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };
