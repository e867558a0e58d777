/**
 * What the supervisor and the run loop of an actor say to each other, over rings that every actor
 * gets besides those of the topology. Actors never see these messages.
 */

import type { FatalCode, LogLevel, MetricLabel } from './actor-context.ts';

/** The supervisor's name as a peer; no actor may have it. */
export const SUPERVISOR = 'supervisor';

export type SupervisorToActor =
  /** Take no more work from outside, finish what is in flight, answer `actorDrained`, keep going. */
  | { readonly kind: 'drain' }
  /** Stop now: `onStop`, deliver what was sent, answer `actorStopped`, exit. */
  | { readonly kind: 'finish' }
  /** A peer died. Its new rings have been posted to the worker's port as PeerRelink. */
  | { readonly kind: 'relink'; readonly peer: string }
  /** A peer stopped for good: what is sent to it is dropped. */
  | { readonly kind: 'peerStopped'; readonly peer: string }
  | { readonly kind: 'setLogLevel'; readonly level: LogLevel };

export type ActorToSupervisor =
  | { readonly kind: 'actorReady' }
  | { readonly kind: 'actorDrained' }
  | { readonly kind: 'actorStopped' }
  | ActorFailed
  | { readonly kind: 'healthChanged'; readonly ready: boolean; readonly reason: string }
  /** What operators may ask for about the actor: JSON text. */
  | { readonly kind: 'reportChanged'; readonly text: string }
  | MetricRegistered;

/** The thread exits right after this message. */
export type ActorFailed = {
  readonly kind: 'actorFailed';
  readonly reason: string;
  readonly stack: string;
  /** Null unless a restart cannot help. */
  readonly fatal: { readonly code: FatalCode; readonly fix: string } | null;
};

/** Says what the cells of the actor's shared counters from `cell` on mean. */
export type MetricRegistered = {
  readonly kind: 'metricRegistered';
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly label: MetricLabel | null;
  readonly cell: number;
  /** Histograms: upper limits of the buckets. Cells: one per bucket, then infinity, then the sum. */
  readonly bounds: readonly number[];
};

export type LogRecord = {
  readonly kind: 'log';
  readonly level: LogLevel;
  readonly timeMs: number;
  readonly text: string;
  readonly fields: { readonly [name: string]: string | number | boolean | bigint };
};

/** Longer texts (stacks) are cut: a log record must fit its ring. */
export const LOG_TEXT_CHARACTERS_MAX = 8192;
/** Longest control, event or log message in bytes. */
export const CONTROL_MESSAGE_BYTES_MAX = 56 * 1024;
/** Longest report. */
export const REPORT_BYTES_MAX: number = CONTROL_MESSAGE_BYTES_MAX - 1024;
export const CONTROL_RING_BYTES = 128 * 1024;
export const LOG_RING_BYTES = 256 * 1024;
