/**
 * Runs one actor without threads, in virtual time: for unit tests of actors. Messages pass through
 * the real framing in both directions, so what would not survive a ring does not survive here.
 */

import type { Actor } from '#actors/runtime/actor.ts';
import type {
  ActorContext,
  ActorHealth,
  FatalDetails,
  LogFields,
  LogLevel,
} from '#actors/runtime/actor-context.ts';
import { FatalActorError } from '#actors/runtime/fatal-actor-error.ts';
import { TimerTable } from '#actors/runtime/timer-table.ts';
import { assert } from '#core/assert.ts';
import { decodeFrame, encodeFrame, FrameScratch, type Message } from '#ipc/frame.ts';
import type { Sender } from '#ipc/link.ts';

export type LoggedRecord = {
  readonly level: LogLevel;
  readonly text: string;
  readonly fields: LogFields;
};

export type ActorHarnessOptions = {
  readonly name?: string;
  readonly startMs?: number;
  readonly outboundPeers?: readonly string[];
  readonly inboundPeers?: readonly string[];
  /** Period of `onTick`; never unless said. */
  readonly tickMs?: number;
};

export class ActorHarness<Inbound extends Message> {
  readonly logged: LoggedRecord[] = [];
  readonly metricTotals = new Map<string, number>();
  health: ActorHealth = { ready: true, reason: '' };
  report: unknown;
  /** What `context.congested` and every sender's `congested` say; `trySend` then refuses. */
  congested = false;
  /** What the actor said last with `context.holdWork`. */
  workHeld = false;
  nowMs: number;
  readonly context: ActorContext;
  readonly #actor: Actor<Inbound>;
  readonly #timers = new TimerTable();
  readonly #scratch = new FrameScratch();
  readonly #sent = new Map<string, Message[]>();
  readonly #tickMs: number;
  #nextTickMs: number;

  constructor(actor: Actor<Inbound>, options: ActorHarnessOptions = {}) {
    this.#actor = actor;
    this.nowMs = options.startMs ?? 1_700_000_000_000;
    this.#tickMs = options.tickMs ?? Number.POSITIVE_INFINITY;
    this.#nextTickMs = this.nowMs + this.#tickMs;
    this.context = this.#createContext(options);
  }

  async start(): Promise<void> {
    await this.#actor.onStart(this.context);
  }

  /** Delivers the messages as one turn. */
  deliver(from: string, ...messages: readonly Inbound[]): void {
    for (const message of messages) this.#deliverOne(from, message);
    this.turnEnd();
  }

  turnEnd(): void {
    this.#actor.onTurnEnd?.(this.nowMs);
  }

  /** Lets virtual time pass, firing timers and ticks at their times, each in a turn of its own. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const nextMs = Math.min(this.#timers.earliestMs, this.#nextTickMs);
      if (nextMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      for (const id of this.#timers.takeDue(this.nowMs)) this.#actor.onTimer?.(id, this.nowMs);
      if (this.nowMs >= this.#nextTickMs) {
        this.#nextTickMs = this.nowMs + this.#tickMs;
        this.#actor.onTick?.(this.nowMs);
      }
      this.turnEnd();
    }
    this.nowMs = untilMs;
  }

  /** Everything sent to `peer` (with a lane: `peer#lane`) since the last call, oldest first. */
  takeSent<Outbound extends Message = Message>(peer: string): readonly Outbound[] {
    const sent = this.#sent.get(peer) ?? [];
    this.#sent.delete(peer);
    return sent as unknown as readonly Outbound[];
  }

  /** What an actor has only borrowed is overwritten when it returns. */
  #deliverOne(from: string, message: Inbound): void {
    if (this.#actor.borrowsBytes !== true) {
      return this.#actor.onMessage(passThroughFrame(message), from);
    }
    const { buffer, start, end } = encodeFrame(message);
    const frame = Uint8Array.from(buffer.subarray(start, end));
    this.#actor.onMessage(this.#scratch.decode(frame, 0, frame.length) as Inbound, from);
    const garbage = encodeFrame({
      kind: 'garbage',
      bytes: new Uint8Array(frame.length).fill(0xee),
    });
    this.#scratch.decode(garbage.buffer, garbage.start, garbage.end - garbage.start);
  }

  #createContext(options: ActorHarnessOptions): ActorContext {
    const log =
      (level: LogLevel) =>
      (text: string, fields: LogFields = {}) => {
        this.logged.push({ level, text, fields });
      };
    const add = (name: string, amount: number): void => {
      this.metricTotals.set(name, (this.metricTotals.get(name) ?? 0) + amount);
    };
    const isCongested = (): boolean => this.congested;
    return {
      name: options.name ?? 'actor',
      clock: { nowMs: () => this.nowMs },
      log: {
        trace: log('trace'),
        debug: log('debug'),
        info: log('info'),
        warn: log('warn'),
        error: log('error'),
        isEnabled: () => true,
      },
      metrics: {
        counter: (name) => ({ add: (amount = 1) => add(name, amount) }),
        gauge: (name) => ({ set: (value) => this.metricTotals.set(name, value) }),
        histogram: (name) => ({ observe: () => add(name, 1) }),
      },
      outboundPeers: options.outboundPeers ?? [],
      inboundPeers: options.inboundPeers ?? [],
      get congested() {
        return isCongested();
      },
      holdWork: (held) => {
        this.workHeld = held;
      },
      sender: (peer, lane) => this.#createSender(peer, lane ?? ''),
      setTimer: (id, atMs) => this.#timers.set(id, atMs),
      clearTimer: (id) => this.#timers.clear(id),
      requestTurn: () => {},
      setHealth: (health) => {
        this.health = health;
      },
      setReport: (report) => {
        this.report = report;
      },
      fatal: (reason: string, details?: FatalDetails) => new FatalActorError(reason, details),
    };
  }

  #createSender<Outbound extends Message>(peer: string, lane: string): Sender<Outbound> {
    const key = lane === '' ? peer : `${peer}#${lane}`;
    const send = (message: Outbound): void => {
      const list = this.#sent.get(key) ?? [];
      list.push(passThroughFrame(message));
      this.#sent.set(key, list);
    };
    const isCongested = (): boolean => this.congested;
    return {
      peer,
      send,
      trySend: (message) => {
        if (isCongested()) return false;
        send(message);
        return true;
      },
      get congested() {
        return isCongested();
      },
    };
  }
}

function passThroughFrame<Kind extends Message>(message: Kind): Kind {
  const { buffer, start, end } = encodeFrame(message);
  const decoded = decodeFrame(buffer, start, end - start);
  assert(decoded.kind === message.kind, 'framing keeps the kind');
  return decoded as Kind;
}
