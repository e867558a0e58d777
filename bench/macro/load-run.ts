/**
 * One run of a load against a node, from the first transaction sent to the last one committed.
 *
 * Closed loop: keeps a bounded number of transactions uncommitted, so it finds the saturation rate.
 * Open loop: sends at a fixed rate whatever happens; latency counts from the time at which a
 * transaction was meant to be sent, so a stall is not hidden by the stall itself.
 *
 * A transaction counts when the node says that its block is final and flushed.
 */

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { LoadJob, LoadResult } from './load-protocol.ts';
import type { Submitter } from './submitter.ts';

const OPEN_LOOP_TICK_MS = 5;
const WATCH_MS = 1000;
const STALL_MS = 20_000;
const WARM_SHARE = 0.2;
/** Shorter runs have next to no time with a full loop. */
const FULL_LOOP_WINDOWS_MIN = 3;
const HASH_BYTES = 32;
const KEY_BYTES = 12;
const REJECTIONS_SHOWN_MAX = 5;
const MICROS_PER_MS = 1000;
const HISTOGRAM = { lowest: 1, highest: 600_000_000, figures: 3 } as const;

export type StatusMessage = {
  readonly hash: Uint8Array;
  readonly status: string;
  readonly receipt: { readonly statusCode: number; readonly message: string } | null;
};

type Mark = { readonly atMs: number; readonly committed: number };

export class LoadRun {
  readonly #job: LoadJob;
  readonly #submitter: Submitter;
  readonly #ids: readonly Uint8Array[];
  /** Ids that have yet to become irreversible. */
  readonly #unsettled: Set<string>;
  readonly #followedCount: number;
  /** Open loop: position of an id that is on its way. */
  readonly #positions = new Map<string, number>();
  readonly #latency = createHistogram(HISTOGRAM);
  readonly #lag = createHistogram(HISTOGRAM);
  readonly #rejections = new Map<string, number>();
  readonly #marks: Mark[] = [];
  readonly #cpuAtStart = process.cpuUsage();
  readonly #startMs = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #settled = Promise.withResolvers<LoadResult>();
  #sent = 0;
  #committed = 0;
  #rejected = 0;
  #lastProgressMs = this.#startMs;
  /** 0 until everything is committed. */
  #committedAllMs = 0;

  /** `followed`: those that are followed until `onStatus` says that they are irreversible. */
  constructor(
    job: LoadJob,
    submitter: Submitter,
    ids: readonly Uint8Array[],
    followed: readonly Uint8Array[],
  ) {
    this.#job = job;
    this.#submitter = submitter;
    this.#ids = ids;
    this.#unsettled = new Set(followed.map(keyOf));
    this.#followedCount = followed.length;
  }

  /** Sends everything; rejects when the node makes no progress for 20 s. */
  run(): Promise<LoadResult> {
    this.#timers.push(setInterval(() => this.#watch(), WATCH_MS));
    if (this.#isOpenLoop) this.#timers.push(setInterval(() => this.pump(), OPEN_LOOP_TICK_MS));
    this.pump();
    return this.#settled.promise;
  }

  /** Sends what is due and finds room. */
  pump(): void {
    const due = this.#due();
    const all = this.#ids.length;
    const batch = this.#batch;
    while (this.#sent < due) {
      const count = Math.min(batch, due - this.#sent, this.#submitter.room);
      // A closed loop waits for a whole batch: small ones would cost it the rate it looks for.
      const isShort = count < batch && this.#sent + count < all;
      if (count <= 0 || (isShort && !this.#isOpenLoop)) return;
      if (this.#isOpenLoop) this.#noteSending(this.#sent, this.#sent + count);
      this.#submitter.submit(this.#sent, this.#sent + count);
      this.#sent += count;
    }
  }

  onRejected(message: string): void {
    this.#rejected += 1;
    this.#rejections.set(message, (this.#rejections.get(message) ?? 0) + 1);
    this.#advance();
  }

  onBlock(count: number, ids: Uint8Array | undefined): void {
    const nowMs = performance.now();
    if (count > 0) this.#lastProgressMs = nowMs;
    this.#committed += count;
    this.#marks.push({ atMs: nowMs, committed: this.#committed });
    for (let at = 0; ids !== undefined && at < ids.length; at += HASH_BYTES) {
      const key = keyOf(ids.subarray(at, at + HASH_BYTES));
      const position = this.#positions.get(key);
      if (position === undefined) continue;
      this.#positions.delete(key);
      if (position >= WARM_SHARE * this.#ids.length) {
        record(this.#latency, nowMs - this.#intendedMs(position));
      }
    }
    this.#advance();
  }

  onStatus({ hash, status, receipt }: StatusMessage): void {
    if (receipt !== null && receipt.statusCode !== 0) {
      this.fail(new Error(`a committed transfer failed: ${receipt.message}`));
    }
    if (status !== 'IRREVERSIBLE' || !this.#unsettled.delete(keyOf(hash))) return;
    this.#advance();
  }

  fail(error: Error): void {
    this.#stopTimers();
    this.#settled.reject(error);
  }

  get #isOpenLoop(): boolean {
    return this.#job.rate > 0;
  }

  /** A window smaller than a batch would otherwise never have room for one. */
  get #batch(): number {
    const { batch } = this.#submitter;
    return this.#isOpenLoop ? batch : Math.min(batch, this.#job.window);
  }

  #due(): number {
    const { rate, window } = this.#job;
    const elapsedMs = performance.now() - this.#startMs;
    const due = this.#isOpenLoop
      ? Math.floor((elapsedMs * rate) / 1000)
      : this.#committed + this.#rejected + window;
    return Math.min(this.#ids.length, due);
  }

  #intendedMs(position: number): number {
    return this.#startMs + (position * 1000) / this.#job.rate;
  }

  #noteSending(from: number, to: number): void {
    const nowMs = performance.now();
    for (let position = from; position < to; position++) {
      this.#positions.set(keyOf(this.#ids[position] as Uint8Array), position);
      record(this.#lag, nowMs - this.#intendedMs(position));
    }
  }

  #advance(): void {
    if (this.#committed + this.#rejected < this.#ids.length) return this.pump();
    this.#committedAllMs ||= performance.now();
    if (this.#unsettled.size > 0) return;
    this.#stopTimers();
    this.#settled.resolve(this.#result());
  }

  #result(): LoadResult {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    return {
      committed: this.#committed,
      rejected: this.#rejected,
      rejections: [...this.#rejections].slice(0, REJECTIONS_SHOWN_MAX),
      committedTps: steadyRate(this.#marks, this.#committed, this.#job.window),
      seconds: (this.#committedAllMs - this.#startMs) / 1000,
      settleMs: performance.now() - this.#committedAllMs,
      cpuMicros: user + system,
      followed: this.#followedCount,
      ...(this.#isOpenLoop ? { openLoop: this.#openLoop() } : {}),
    };
  }

  #openLoop(): NonNullable<LoadResult['openLoop']> {
    const ms = (value: number) => value / MICROS_PER_MS;
    return {
      latencyMs: {
        p50: ms(this.#latency.percentile(50)),
        p99: ms(this.#latency.percentile(99)),
        max: ms(this.#latency.max),
      },
      sendLagP99Ms: ms(this.#lag.percentile(99)),
    };
  }

  #watch(): void {
    if (performance.now() - this.#lastProgressMs < STALL_MS) return;
    const state = `${this.#sent} sent, ${this.#committed} committed, ${this.#rejected} rejected`;
    const open = `${this.#unsettled.size} of those followed not irreversible`;
    this.fail(new Error(`no progress for ${STALL_MS / 1000} s: ${state}, ${open}`));
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}

/**
 * Committed per second while the loop was full. Before as many are committed as fit into the window,
 * the node still empties what came in one gush; after the last one is sent, it finishes what is half
 * done. Both would look faster than the node is. A run too short to have such a middle, and an open
 * loop (`window` 0), are measured without their first fifth.
 */
export function steadyRate(marks: readonly Mark[], committed: number, window: number): number {
  const hasMiddle = window > 0 && committed >= FULL_LOOP_WINDOWS_MIN * window;
  const start = hasMiddle ? window : WARM_SHARE * committed;
  const end = hasMiddle ? committed - window : committed;
  const from = marks.find((mark) => mark.committed >= start);
  const to = marks.findLast((mark) => mark.committed <= end);
  if (from === undefined || to === undefined || to.atMs <= from.atMs) return 0;
  return ((to.committed - from.committed) * 1000) / (to.atMs - from.atMs);
}

function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * MICROS_PER_MS)));
}

/** Enough of an id to tell those of a run apart. */
function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, KEY_BYTES).toString('latin1');
}
