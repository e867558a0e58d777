/**
 * What the run loop gives to an actor. Everything here may be used from `onStart` on, in every
 * callback, and (event-loop actors) from socket and promise callbacks too.
 */

import type { Message } from '#ipc/frame.ts';
import type { Sender } from '#ipc/link.ts';

export interface ActorContext {
  /** The actor's own name in the topology, like `shard-0`. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;

  /** Names of the actors this one can send to and receive from, in topology order. */
  readonly outboundPeers: readonly string[];
  readonly inboundPeers: readonly string[];

  /**
   * The sending end of the link to `peer`; `lane` only where the topology has several links between
   * the two. A missing link is a bug (assertion). The object stays valid when the peer restarts.
   */
  sender<Outbound extends Message>(peer: string, lane?: string): Sender<Outbound>;

  /** True while a reliable outbound link overflows: take no new input from outside. */
  readonly congested: boolean;

  /**
   * For actors that work beside the loop (a thread pool): while held, `work` links are not read, as
   * if an outbound link were congested. Only for a time that ends by itself.
   */
  holdWork(held: boolean): void;

  /** Calls `onTimer(id, now)` once `clock.nowMs() >= atMs`. Setting an id again moves it. */
  setTimer(id: string, atMs: number): void;
  clearTimer(id: string): void;

  /** Asks for a turn soon (event-loop actors, after socket input): `onTurnEnd` will be called. */
  requestTurn(): void;

  /** Tells the supervisor whether this actor can serve, for `/readyz`. Ready after `onStart`. */
  setHealth(health: ActorHealth): void;

  /** What operators may ask for about this actor, as JSON; a longer one than fits is not told. */
  setReport(report: unknown): void;

  /**
   * The reason why restarting cannot help (foreign data directory, full disk, taken port): the node
   * stops with it and a non-zero exit code. Throw it like an error: `throw context.fatal('…')`.
   */
  fatal(reason: string, details?: FatalDetails): Error;
}

export type FatalDetails = {
  /** Chooses the exit code: 70 fault (unless said), 75 retry, 78 config; see node/exit-code.ts. */
  readonly code?: FatalCode;
  /** What the operator can do about it. */
  readonly fix?: string;
  readonly cause?: unknown;
};
export type FatalCode = 'fault' | 'retry' | 'config';

/** `reason`: in words why it is not ready; where it is, how it does, if there is something to say. */
export type ActorHealth = { readonly ready: boolean; readonly reason: string };

export interface Clock {
  /** Unix milliseconds, integer. Never goes backwards within a thread. */
  nowMs(): number;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export type LogFields = { readonly [name: string]: string | number | boolean | bigint };

/** Records travel to the supervisor over a lossy link and are printed there. */
export interface Logger {
  trace(text: string, fields?: LogFields): void;
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  /** Ask before building expensive fields. */
  isEnabled(level: LogLevel): boolean;
}

/**
 * Numbers kept by the actor's thread and copied to shared memory some times a second. Names are
 * Prometheus names without the `iost_` prefix, like `mempool_bytes`; register them in `onStart`.
 */
export interface Metrics {
  counter(name: string, help: string): Counter;
  /** Several gauges may have one name if each has another value of one label. */
  gauge(name: string, help: string, label?: MetricLabel): Gauge;
  /** `bounds` are the upper bucket limits, ascending; the last bucket (infinity) is implied. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
}

/** Besides the actor; the number of values must be bounded. */
export type MetricLabel = { readonly name: string; readonly value: string };

export interface Counter {
  add(amount?: number): void;
}
export interface Gauge {
  set(value: number): void;
}
export interface Histogram {
  observe(value: number): void;
}
