/**
 * The main thread's duty: start one worker per actor, start it again when it dies, stop them all in
 * order, and know how they are.
 *
 * Restart of one actor is safe because its threads share nothing but rings, and every ring to and
 * from a dead actor is replaced before its successor starts (`wire-topology.ts`). The successor
 * rebuilds its state from storage in `onStart`; its peers are told by `onPeerRestarted` to ask again
 * for what is unanswered. An actor that keeps dying, or says that a restart cannot help, ends the
 * node with a reason and a code: a node that limps is worse than one that a service manager sees.
 *
 * Ordered stop, stage by stage: `drain` (no new work, finish what is in flight) to all actors of the
 * stage, and when all have drained or the stage's time is over `finish` (onStop, exit).
 */

import { EventEmitter } from 'node:events';
import type { LogLevel } from '#actors/runtime/actor-context.ts';
import { SUPERVISOR } from '#actors/runtime/control-protocol.ts';
import { assert, assertNever } from '#core/assert.ts';
import type { NodeHealth } from '#io/telemetry/telemetry-server.ts';
import { ActorThread } from './actor-thread.ts';
import { checkTopology } from './check-topology.ts';
import { EXIT_CODE } from './exit-code.ts';
import { type LogPrinter, supervisorRecord } from './log-printer.ts';
import type { ActorMetrics, ActorStatus } from './metrics-snapshot.ts';
import { RESTART_LIMITS, type RestartLimits, RestartPolicy } from './restart-policy.ts';
import { type InboxMessage, SupervisorInbox } from './supervisor-inbox.ts';
import type { ActorRow, Topology } from './topology-types.ts';
import { TopologyWiring } from './wire-topology.ts';

/** Why the node ended; `fix` is empty when there is nothing an operator could do. */
export type NodeExit = { readonly code: number; readonly reason: string; readonly fix: string };

export type SupervisorEvents = {
  actorReady: [actor: string];
  /** The actor died; `restartInMs` is undefined when the node ends because of it. */
  actorFailed: [actor: string, reason: string, restartInMs: number | undefined];
};

export type SupervisorOptions = {
  readonly topology: Topology;
  readonly printer: LogPrinter;
  readonly logLevel: LogLevel;
  readonly restartLimits?: RestartLimits;
  /** Time for the whole ordered stop; 9 s unless said, so that an exit within 10 s is kept. */
  readonly stopMsMax?: number;
  /** A ready actor whose loop has not turned for so long is ended; 60 s unless said. */
  readonly stallMsMax?: number;
};

const STOP_MS_MAX = 9_000;
/** After a fault others may wait in vain for the dead actor: soon gone is soon started again. */
const FAULT_STOP_MS_MAX = 4_000;
const STALL_MS_MAX = 60_000;
const SAMPLE_MS = 1_000;
/** What `onStop` and the last flush may take after a stage was told to finish. */
const FINISH_MS_MAX = 3_000;

type Actor = {
  readonly row: ActorRow;
  readonly policy: RestartPolicy;
  status: ActorStatus;
  thread: ActorThread | undefined;
  restartCount: number;
  restartTimer: NodeJS.Timeout | undefined;
};

export class Supervisor {
  readonly events = new EventEmitter<SupervisorEvents>();
  /** Settles when every thread is gone. Never rejects. */
  readonly finished: Promise<NodeExit>;
  readonly #actors = new Map<string, Actor>();
  readonly #wiring: TopologyWiring;
  readonly #inbox: SupervisorInbox;
  readonly #printer: LogPrinter;
  readonly #stopMsMax: number;
  readonly #stallMsMax: number;
  #logLevel: LogLevel;
  #sampler: NodeJS.Timeout | undefined;
  #sampledAtMs = performance.now();
  /** Set once the node is to end; the first reason counts. */
  #exit: NodeExit | undefined;
  #settle: (exit: NodeExit) => void = () => {};
  /** Called whenever the status of an actor changes. */
  readonly #waiters = new Set<() => void>();

  /** Throws nothing but a list of the topology's problems. Threads start with `start`. */
  constructor(options: SupervisorOptions) {
    const problems = checkTopology(options.topology);
    assert(problems.length === 0, `the topology is sound: ${problems.join('; ')}`);
    this.#printer = options.printer;
    this.#logLevel = options.logLevel;
    this.#stopMsMax = options.stopMsMax ?? STOP_MS_MAX;
    this.#stallMsMax = options.stallMsMax ?? STALL_MS_MAX;
    this.#wiring = new TopologyWiring(options.topology);
    for (const row of options.topology.actors) {
      this.#actors.set(row.name, {
        row,
        policy: new RestartPolicy(options.restartLimits ?? RESTART_LIMITS),
        status: 'waiting',
        thread: undefined,
        restartCount: 0,
        restartTimer: undefined,
      });
    }
    this.#inbox = new SupervisorInbox(this.#wiring, (message, from) => this.#on(message, from));
    this.finished = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /**
   * Starts the threads in the reverse order of stopping, so that whoever reads what storage wrote
   * finds it. Resolves true when all are ready, false when the node ends before that.
   */
  async start(): Promise<boolean> {
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_MS);
    for (const stage of this.#stagesLastFirst()) {
      const actors = [...this.#actors.values()].filter(({ row }) => row.stopStage === stage);
      for (const actor of actors) this.#spawn(actor);
      await this.#statusReached(
        () => this.#exit !== undefined || actors.every((actor) => actor.status === 'ready'),
      );
      if (this.#exit !== undefined) return false;
    }
    return true;
  }

  /** Begins the ordered stop. A second call is without effect; see `force`. */
  stop(reason: string): void {
    this.#end({ code: EXIT_CODE.clean, reason, fix: '' });
  }

  /** Ends all threads at once; `finished` settles with a failure code unless there is one already. */
  force(reason: string): void {
    this.#log('warn', `forced: ${reason}`);
    this.#exit = { code: EXIT_CODE.failure, reason: `forced: ${reason}`, fix: '' };
    for (const actor of this.#actors.values()) {
      clearTimeout(actor.restartTimer);
      if (actor.thread === undefined) this.#setStatus(actor, 'stopped');
      else actor.thread.terminate('forced stop');
    }
    void this.#settleWhenStopped();
  }

  setLogLevel(level: LogLevel): void {
    this.#logLevel = level;
    for (const actor of this.#actors.values()) {
      if (actor.thread !== undefined) {
        this.#inbox.send(actor.row.name, { kind: 'setLogLevel', level });
      }
    }
  }

  /** Whether the node can serve, and if not, why not: one sentence per actor; else how they do. */
  health(): NodeHealth {
    const reasons: string[] = [];
    const details: Record<string, string> = {};
    if (this.#exit !== undefined) reasons.push(`stopping: ${this.#exit.reason}`);
    for (const { row, status, thread } of this.#actors.values()) {
      if (status !== 'ready') reasons.push(`${row.name} is ${status}`);
      else if (thread?.health.ready === false) reasons.push(`${row.name}: ${thread.health.reason}`);
      if (thread !== undefined && thread.health.reason !== '') {
        details[row.name] = thread.health.reason;
      }
    }
    return { ready: reasons.length === 0, reasons, details };
  }

  /** What an actor has to say to operators, as JSON text; `undefined` without it. */
  report(actor: string): string | undefined {
    const text = this.#actors.get(actor)?.thread?.report ?? '';
    return text === '' ? undefined : text;
  }

  /** A snapshot of all numbers, at most about 100 ms old. Actors without a thread are left out. */
  metrics(): readonly ActorMetrics[] {
    return [...this.#actors.values()].flatMap(({ row, status, restartCount, thread }) =>
      thread === undefined
        ? []
        : [
            {
              actor: row.name,
              status,
              restartCount,
              busyShare: thread.busyShare,
              loop: thread.loop(),
              custom: thread.customMetrics(),
            },
          ],
    );
  }

  #spawn(actor: Actor): void {
    actor.restartTimer = undefined;
    actor.status = 'starting';
    const thread = new ActorThread({
      row: actor.row,
      wiring: this.#wiring,
      logLevel: this.#logLevel,
      onExit: ({ code, error }) => {
        this.#inbox.drain(actor.row.name);
        actor.thread = undefined;
        this.#onThreadGone(actor, thread, error?.message ?? `exited with code ${code}`);
      },
    });
    actor.thread = thread;
  }

  #on(message: InboxMessage, from: string): void {
    const actor = this.#actors.get(from);
    assert(actor !== undefined, 'only actors of the topology speak to the supervisor');
    switch (message.kind) {
      case 'log':
        this.#printer.print(from, message);
        return;
      case 'actorReady':
        if (actor.status === 'starting') this.#setStatus(actor, 'ready');
        this.events.emit('actorReady', from);
        return;
      case 'actorDrained':
        if (actor.status === 'draining') this.#setStatus(actor, 'drained');
        return;
      case 'actorStopped':
        this.#setStatus(actor, 'stopped');
        return;
      case 'actorFailed':
        if (actor.thread !== undefined) actor.thread.failure = message;
        return;
      case 'healthChanged':
        if (actor.thread !== undefined) {
          actor.thread.health = { ready: message.ready, reason: message.reason };
        }
        return;
      case 'reportChanged':
        if (actor.thread !== undefined) actor.thread.report = message.text;
        return;
      case 'metricRegistered':
        actor.thread?.addMetric(message);
        return;
      default:
        assertNever(message);
    }
  }

  /** The thread of `actor` does not run any more and everything it said has been read. */
  #onThreadGone(actor: Actor, thread: ActorThread, exitReason: string): void {
    const { name } = actor.row;
    if (actor.status === 'stopped') {
      this.#setStatus(actor, 'stopped');
      return;
    }
    const reason = thread.terminationReason ?? thread.failure?.reason ?? exitReason;
    // An actor that has found what the operator must put right did not break: no stack for that.
    const isExplained = (thread.failure?.fatal ?? null) !== null;
    const level = isExplained ? 'debug' : 'error';
    this.#log(level, `actor ${name} died: ${reason}`, { stack: thread.failure?.stack ?? '' });
    if (this.#exit !== undefined) {
      this.#fault(`actor ${name} died while stopping: ${reason}`);
      this.#setStatus(actor, 'stopped');
      this.#announceStopped(actor);
      return;
    }
    const exit = this.#exitBecauseOf(actor, thread, reason);
    if (exit !== undefined) {
      this.#setStatus(actor, 'stopped');
      this.#announceStopped(actor);
      this.events.emit('actorFailed', name, exit.reason, undefined);
      this.#end(exit);
    }
  }

  /** Restarts the actor later, or says why the node must end instead. */
  #exitBecauseOf(actor: Actor, thread: ActorThread, reason: string): NodeExit | undefined {
    const { name } = actor.row;
    const fatal = thread.failure?.fatal;
    if (fatal !== undefined && fatal !== null) {
      return { code: EXIT_CODE[fatal.code], reason, fix: fatal.fix };
    }
    if (actor.row.onFailure === 'restart-node') return faultExit(`actor ${name} died: ${reason}`);
    const decision = actor.policy.onFailure(Date.now());
    if (decision.kind === 'giveUp') {
      const times = `${decision.failureCount} times in a short while`;
      return faultExit(`actor ${name} died ${times}, lastly: ${reason}`);
    }
    this.#restartLater(actor, reason, decision.delayMs);
    return undefined;
  }

  /** Peers get new rings at once: what they send from now on waits for the successor. */
  #restartLater(actor: Actor, reason: string, delayMs: number): void {
    const { name } = actor.row;
    actor.restartCount += 1;
    this.#setStatus(actor, 'waiting');
    for (const [peer, relink] of this.#wiring.renewLinksOf(name)) {
      if (peer === SUPERVISOR) {
        this.#inbox.relink(relink);
        continue;
      }
      const peerThread = this.#actors.get(peer)?.thread;
      if (peerThread === undefined) continue; // It will start with the new rings.
      peerThread.post(relink);
      this.#inbox.send(peer, { kind: 'relink', peer: name });
    }
    actor.restartTimer = setTimeout(() => this.#spawn(actor), delayMs);
    this.#log('warn', `actor ${name} starts again in ${delayMs} ms`);
    this.events.emit('actorFailed', name, reason, delayMs);
  }

  #end(exit: NodeExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    // Why it is not a clean end is said last, by whoever owns the process, with what helps.
    this.#log('info', exit.code === EXIT_CODE.clean ? `stopping: ${exit.reason}` : 'stopping');
    this.#wake();
    void this.#stopStages();
  }

  async #stopStages(): Promise<void> {
    const isClean = this.#exit?.code === EXIT_CODE.clean;
    const stopMsMax = isClean ? this.#stopMsMax : Math.min(this.#stopMsMax, FAULT_STOP_MS_MAX);
    const deadlineMs = performance.now() + stopMsMax;
    const stages = [...new Set([...this.#actors.values()].map(({ row }) => row.stopStage))];
    stages.sort((a, b) => a - b);
    for (const [index, stage] of stages.entries()) {
      const leftMs = Math.max(0, deadlineMs - performance.now() - FINISH_MS_MAX);
      await this.#stopStage(stage, leftMs / (stages.length - index), deadlineMs);
    }
    await this.#settleWhenStopped();
  }

  async #stopStage(stage: number, drainMs: number, deadlineMs: number): Promise<void> {
    const members = [...this.#actors.values()].filter(({ row }) => row.stopStage === stage);
    for (const actor of members) this.#drain(actor);
    const drained = await this.#statusReached(
      () => members.every(({ status }) => status === 'drained' || status === 'stopped'),
      drainMs,
    );
    if (!drained) this.#reportLate(members, 'did not drain in time', 'draining');
    for (const actor of members) this.#finish(actor);
    const finishMs = Math.max(100, Math.min(FINISH_MS_MAX, deadlineMs - performance.now()));
    const stopped = await this.#statusReached(
      () => members.every(({ status }) => status === 'stopped'),
      finishMs,
    );
    if (!stopped) {
      this.#reportLate(members, 'did not stop in time', 'finishing');
      for (const { thread, status } of members) {
        if (status !== 'stopped') thread?.terminate('did not stop in time');
      }
    }
    for (const actor of members) this.#announceStopped(actor);
  }

  #drain(actor: Actor): void {
    if (actor.thread === undefined) {
      clearTimeout(actor.restartTimer);
      this.#setStatus(actor, 'stopped');
    } else if (actor.status !== 'stopped') {
      this.#setStatus(actor, 'draining');
      this.#inbox.send(actor.row.name, { kind: 'drain' });
    }
  }

  #finish(actor: Actor): void {
    if (actor.status === 'stopped') return;
    this.#setStatus(actor, 'finishing');
    this.#inbox.send(actor.row.name, { kind: 'finish' });
  }

  /** Nobody reads these rings any more: the actors still running must not wait for room in them. */
  #announceStopped(stopped: Actor): void {
    for (const { row, status, thread } of this.#actors.values()) {
      if (status !== 'stopped' && thread !== undefined) {
        this.#inbox.send(row.name, { kind: 'peerStopped', peer: stopped.row.name });
      }
    }
  }

  async #settleWhenStopped(): Promise<void> {
    await this.#statusReached(() =>
      this.#all(({ status, thread }) => status === 'stopped' && thread === undefined),
    );
    clearInterval(this.#sampler);
    this.#inbox.close();
    assert(this.#exit !== undefined, 'a node that has stopped was told to');
    this.#settle(this.#exit);
  }

  /** A clean stop that does not stay clean ends with a failure code. */
  #fault(reason: string): void {
    this.#log('error', reason);
    if (this.#exit?.code === EXIT_CODE.clean) this.#exit = faultExit(reason);
  }

  #reportLate(members: readonly Actor[], what: string, status: ActorStatus): void {
    const late = members.filter((actor) => actor.status === status).map(({ row }) => row.name);
    if (late.length > 0) this.#fault(`${late.join(', ')} ${what}`);
  }

  #setStatus(actor: Actor, status: ActorStatus): void {
    actor.status = status;
    this.#wake();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #stagesLastFirst(): number[] {
    const stages = new Set([...this.#actors.values()].map(({ row }) => row.stopStage));
    return [...stages].sort((left, right) => right - left);
  }

  #all(test: (actor: Actor) => boolean): boolean {
    return [...this.#actors.values()].every(test);
  }

  /** False when `reached` does not come true within `waitMs`. */
  #statusReached(reached: () => boolean, waitMs?: number): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const check = (): void => {
        if (reached()) settle();
      };
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(check);
        resolve(reached());
      };
      if (waitMs !== undefined) timer = setTimeout(settle, waitMs);
      this.#waiters.add(check);
      check();
    });
  }

  #sample(): void {
    const nowMs = performance.now();
    const intervalMs = nowMs - this.#sampledAtMs;
    this.#sampledAtMs = nowMs;
    for (const { row, status, thread } of this.#actors.values()) {
      if (thread === undefined) continue;
      thread.sampleBusyShare(intervalMs);
      const silentMs = Date.now() - thread.loop().heartbeatMs;
      if (status !== 'ready' || silentMs < this.#stallMsMax) continue;
      this.#log('error', `actor ${row.name} stands still`, { silentMs });
      thread.terminate(`its loop stood still for ${silentMs} ms`);
    }
  }

  #log(level: LogLevel, text: string, fields: { readonly [name: string]: string | number } = {}) {
    this.#printer.print(SUPERVISOR, supervisorRecord(level, text, fields));
  }
}

function faultExit(reason: string): NodeExit {
  return { code: EXIT_CODE.fault, reason, fix: '' };
}
