/** The ActorContext of a real thread: links, timers, clock, log and metrics of one actor. */

import type { Message } from '#ipc/frame.ts';
import type { Sender } from '#ipc/link.ts';
import type { ActorContext, ActorHealth, Clock, FatalDetails, LogLevel } from './actor-context.ts';
import {
  type ActorToSupervisor,
  type LogRecord,
  REPORT_BYTES_MAX,
  SUPERVISOR,
} from './control-protocol.ts';
import { FatalActorError } from './fatal-actor-error.ts';
import { LinkTable } from './link-table.ts';
import { LOOP_CELL, LoopMetrics } from './loop-metrics.ts';
import { RingLogger } from './ring-logger.ts';
import { SteadyClock } from './steady-clock.ts';
import { TimerTable } from './timer-table.ts';
import type { WorkerWiring } from './wiring.ts';

/** Lane of the lossy link to the supervisor that carries log records. */
export const LOG_LANE = 'log';

/** Longest reason or stack that fits a control message with everything else in it. */
const REASON_CHARACTERS_MAX = 4096;

export class LoopContext implements ActorContext {
  readonly name: string;
  readonly clock: Clock;
  readonly log: RingLogger;
  readonly metrics: LoopMetrics;
  readonly links: LinkTable;
  readonly timers = new TimerTable();
  /** Called when a turn is wanted; the driver of an event-loop thread schedules one. */
  onTurnWanted: () => void = () => {};
  #turnRequested = false;
  #turnMsMax = 0;

  constructor(wiring: WorkerWiring) {
    this.name = wiring.name;
    this.clock = new SteadyClock();
    this.links = new LinkTable(wiring.inbound, wiring.outbound, () => this.onTurnWanted());
    const logSender = this.links.sender<LogRecord>(SUPERVISOR, LOG_LANE);
    this.log = new RingLogger(logSender, this.clock, wiring.logLevel as LogLevel);
    this.metrics = new LoopMetrics(wiring.counters, (metric) => this.tellSupervisor(metric));
  }

  get outboundPeers(): readonly string[] {
    return this.links.outboundPeers.filter((peer) => peer !== SUPERVISOR);
  }
  get inboundPeers(): readonly string[] {
    return this.links.inboundPeers.filter((peer) => peer !== SUPERVISOR);
  }
  get congested(): boolean {
    return this.links.congested;
  }
  get turnRequested(): boolean {
    return this.#turnRequested;
  }

  holdWork(held: boolean): void {
    this.links.holdWork(held);
    if (!held) this.onTurnWanted();
  }

  sender<Outbound extends Message>(peer: string, lane = ''): Sender<Outbound> {
    return this.links.sender<Outbound>(peer, lane);
  }

  setTimer(id: string, atMs: number): void {
    const isEarliest = atMs < this.timers.earliestMs;
    this.timers.set(id, atMs);
    if (isEarliest) this.onTurnWanted();
  }
  clearTimer(id: string): void {
    this.timers.clear(id);
  }

  requestTurn(): void {
    this.#turnRequested = true;
    this.onTurnWanted();
  }
  takeTurnRequest(): boolean {
    const requested = this.#turnRequested;
    this.#turnRequested = false;
    return requested;
  }

  setHealth(health: ActorHealth): void {
    this.tellSupervisor({
      kind: 'healthChanged',
      ready: health.ready,
      reason: health.reason.slice(0, REASON_CHARACTERS_MAX),
    });
  }

  setReport(report: unknown): void {
    const text = JSON.stringify(report);
    if (Buffer.byteLength(text) > REPORT_BYTES_MAX) return;
    this.tellSupervisor({ kind: 'reportChanged', text });
  }

  fatal(reason: string, details?: FatalDetails): Error {
    return new FatalActorError(reason, details);
  }

  tellSupervisor(message: ActorToSupervisor): void {
    this.links.sender<ActorToSupervisor>(SUPERVISOR, '').send(message);
  }

  /** The last words of a dying thread. */
  tellFailure(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    this.tellSupervisor({
      kind: 'actorFailed',
      reason: reason.slice(0, REASON_CHARACTERS_MAX),
      stack: stack.slice(0, REASON_CHARACTERS_MAX),
      fatal: error instanceof FatalActorError ? { code: error.code, fix: error.fix } : null,
    });
    this.links.flush();
  }

  noteTurnMs(turnMs: number): void {
    this.#turnMsMax = Math.max(this.#turnMsMax, turnMs);
  }

  publishMetrics(): void {
    const totals = this.links.totals();
    this.metrics.setTo(LOOP_CELL.messagesOut, totals.sentCount);
    this.metrics.setTo(LOOP_CELL.messagesDropped, totals.droppedCount);
    this.metrics.setTo(LOOP_CELL.queueBytes, totals.unreadBytes);
    this.metrics.setTo(LOOP_CELL.overflowBytes, totals.overflowBytes);
    this.metrics.setTo(LOOP_CELL.turnMsMax, this.#turnMsMax);
    this.metrics.setTo(LOOP_CELL.heartbeatMs, this.clock.nowMs());
    this.metrics.publish();
  }
}
