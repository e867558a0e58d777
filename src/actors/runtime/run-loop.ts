/**
 * The one run loop of all actors: what happens in a turn, in which order, within which budget. How
 * the thread sleeps between turns is the driver's business (`blocking-driver`, `event-loop-driver`).
 *
 * A turn: timers and tick, then `control`, `reply` and (unless congested) `work` links, then
 * `onTurnEnd`, then everything sent becomes visible. Budgets keep one link from starving the others
 * and a turn from holding back what it has sent.
 *
 * Invariant: an exception thrown by the actor passes through; the thread dies of it.
 */

import { assert, assertNever } from '#core/assert.ts';
import { FrameScratch, type Message } from '#ipc/frame.ts';
import type { LinkReceiver } from '#ipc/link.ts';
import type { Actor } from './actor.ts';
import { type ActorToSupervisor, SUPERVISOR, type SupervisorToActor } from './control-protocol.ts';
import type { LoopContext } from './loop-context.ts';
import { LOOP_CELL } from './loop-metrics.ts';
import type { PeerRelink } from './wiring.ts';

/** BOUND of one visit to one link: the others get their turn after so many messages. */
export const VISIT_MESSAGES_MAX = 64;
/** A turn takes no further message after this long: answers leave, sockets get served. */
const TURN_MS_MAX = 4;
/** Shared counters are copied at most this often. */
const HOUSEKEEPING_MS = 100;
/** Longest sleep: bounds the harm of a lost wake-up and keeps the heartbeat going. */
export const SLEEP_MS_MAX = 250;

type Phase = 'running' | 'draining' | 'finished';

export type RunLoopOptions = {
  readonly context: LoopContext;
  readonly actor: Actor;
  /** Period of `onTick`. */
  readonly tickMs: number;
  /** Fetches the new rings that were posted since the last call. */
  readonly takeRelinks: () => readonly PeerRelink[];
  /** Measures turns; the thread's own unless a test says otherwise. */
  readonly monotonicMs?: () => number;
};

export class RunLoop {
  readonly #context: LoopContext;
  readonly #actor: Actor;
  readonly #tickMs: number;
  readonly #scratch: FrameScratch | undefined;
  readonly #takeRelinks: () => readonly PeerRelink[];
  readonly #monotonicMs: () => number;
  #phase: Phase = 'running';
  #drainedSaid = false;
  #congestionTold = false;
  #nextTickMs: number;
  #nextHousekeepingMs = 0;
  /** First link of the next visit round, so that a busy first link does not win every time. */
  #visitFirst = 0;
  #turnDeadlineMs = 0;

  constructor({ context, actor, tickMs, takeRelinks, monotonicMs }: RunLoopOptions) {
    this.#context = context;
    this.#actor = actor;
    this.#tickMs = tickMs;
    this.#scratch = actor.borrowsBytes === true ? new FrameScratch() : undefined;
    this.#takeRelinks = takeRelinks;
    this.#monotonicMs = monotonicMs ?? (() => performance.now());
    this.#nextTickMs = actor.onTick === undefined ? Number.POSITIVE_INFINITY : 0;
  }

  /** The supervisor said `finish`: the driver stops taking turns. */
  get finished(): boolean {
    return this.#phase === 'finished';
  }

  /** A turn would find something to do now (timers aside). Atomic loads only. */
  hasWork = (): boolean => this.#context.turnRequested || this.#context.links.hasWork();

  /** Clock time of the next timer or tick. */
  get nextDueMs(): number {
    return Math.min(this.#context.timers.earliestMs, this.#nextTickMs);
  }

  /** Unix ms of the loop's clock. */
  nowMs(): number {
    return this.#context.clock.nowMs();
  }

  turn(): void {
    const startMs = this.#monotonicMs();
    this.#turnDeadlineMs = startMs + TURN_MS_MAX;
    const { links, metrics } = this.#context;
    const nowMs = this.#context.clock.nowMs();
    const requested = this.#context.takeTurnRequest();
    let handledCount = this.#runTimers(nowMs);
    this.#visitFirst += 1;
    handledCount += this.#visitAll(links.receivers('control'), false);
    handledCount += this.#visitAll(links.receivers('reply'), false);
    handledCount += this.#visitAll(links.receivers('work'), true);
    if (handledCount > 0 || requested) this.#actor.onTurnEnd?.(nowMs);
    links.flush();
    this.#tellCongestion();
    if (this.#phase === 'draining') this.#sayWhenDrained();
    const endMs = this.#monotonicMs();
    metrics.addTo(LOOP_CELL.turns, 1);
    metrics.addTo(LOOP_CELL.busyMs, endMs - startMs);
    this.#housekeep(endMs, endMs - startMs);
  }

  /** Spare time before a sleep. */
  idle(): void {
    this.#actor.onIdle?.(this.#context.clock.nowMs());
    this.#context.links.flush();
  }

  #runTimers(nowMs: number): number {
    const due = this.#context.timers.takeDue(nowMs);
    for (const id of due) this.#actor.onTimer?.(id, nowMs);
    if (nowMs < this.#nextTickMs) return due.length;
    this.#nextTickMs = nowMs + this.#tickMs;
    this.#actor.onTick?.(nowMs);
    return due.length + 1;
  }

  #visitAll(receivers: readonly LinkReceiver[], holdable: boolean): number {
    let handledCount = 0;
    for (let step = 0; step < receivers.length; step += 1) {
      const receiver = receivers[(this.#visitFirst + step) % receivers.length];
      if (receiver !== undefined) handledCount += this.#visit(receiver, holdable);
    }
    return handledCount;
  }

  #visit(receiver: LinkReceiver, holdable: boolean): number {
    const { links } = this.#context;
    let handledCount = 0;
    while (handledCount < VISIT_MESSAGES_MAX && !(holdable && links.refusesWork)) {
      // The first message is always taken, so that no link starves behind a slow one.
      if (handledCount > 0 && this.#monotonicMs() > this.#turnDeadlineMs) break;
      const message = receiver.next(this.#scratch);
      if (message === undefined) break;
      handledCount += 1;
      this.#deliver(message, receiver.peer);
    }
    if (handledCount > 0) {
      receiver.release();
      this.#context.metrics.addTo(LOOP_CELL.messagesIn, handledCount);
    }
    return handledCount;
  }

  #deliver(message: Message, from: string): void {
    if (from === SUPERVISOR) this.#onControl(message as SupervisorToActor);
    else this.#actor.onMessage(message, from);
  }

  #onControl(message: SupervisorToActor): void {
    switch (message.kind) {
      case 'drain':
        if (this.#phase === 'running') this.#phase = 'draining';
        this.#actor.onDrain?.();
        return;
      case 'finish':
        this.#phase = 'finished';
        return;
      case 'relink':
        // One message per death, but several posts may have arrived before the first is read.
        for (const fresh of this.#takeRelinks()) {
          this.#context.links.relink(fresh);
          this.#actor.onPeerRestarted?.(fresh.peer);
        }
        return;
      case 'peerStopped':
        this.#context.links.closeSendersTo(message.peer);
        return;
      case 'setLogLevel':
        this.#context.log.setLevel(message.level);
        return;
      default:
        assertNever(message);
    }
  }

  /** Told between turns and not inside `send`, so that no callback runs within another. */
  #tellCongestion(): void {
    const { congested } = this.#context.links;
    if (congested === this.#congestionTold) return;
    this.#congestionTold = congested;
    this.#actor.onCongestion?.(congested);
    this.#context.links.flush();
  }

  #sayWhenDrained(): void {
    if (this.#drainedSaid || !this.#context.links.isQuiet()) return;
    if (this.#actor.isDrained?.() === false) return;
    this.#drainedSaid = true;
    this.#context.tellSupervisor({ kind: 'actorDrained' } satisfies ActorToSupervisor);
    this.#context.links.flush();
  }

  #housekeep(endMs: number, turnMs: number): void {
    this.#context.noteTurnMs(turnMs);
    if (endMs < this.#nextHousekeepingMs) return;
    this.#nextHousekeepingMs = endMs + HOUSEKEEPING_MS;
    this.#context.publishMetrics();
  }

  /** After `onStop`: keeps moving overflow until all is out or the time is over. */
  isFlushed(): boolean {
    assert(this.finished, 'the last flush comes after finish');
    this.#context.links.flush();
    return !this.#context.links.congested;
  }
}
