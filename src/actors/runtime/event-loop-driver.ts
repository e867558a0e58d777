/**
 * Drives an event-loop actor: turns are tasks of Node's event loop, so sockets and promises get
 * their time in between. Between turns the thread sleeps wherever Node sleeps, and is woken by its
 * doorbell (`Atomics.waitAsync`), by a Node timer for the next actor timer or tick, or by its own
 * I/O.
 *
 * What an actor sends outside a turn (from a socket callback) asks for a turn by `setImmediate`:
 * all callbacks of one poll phase share it, which is the batch.
 */

import type { Doorbell } from '#ipc/doorbell.ts';
import { type RunLoop, SLEEP_MS_MAX } from './run-loop.ts';

export class EventLoopDriver {
  readonly #loop: RunLoop;
  readonly #doorbell: Doorbell;
  readonly #onFinished: () => void;
  #inTurn = false;
  #turnScheduled = false;
  /** Also what keeps the thread alive: a pending `waitAsync` does not. */
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(loop: RunLoop, doorbell: Doorbell, onFinished: () => void) {
    this.#loop = loop;
    this.#doorbell = doorbell;
    this.#onFinished = onFinished;
  }

  /** Schedules a turn after the callbacks that are due now. Many calls make one turn. */
  wantTurn = (): void => {
    if (this.#inTurn || this.#turnScheduled || this.#loop.finished) return;
    this.#turnScheduled = true;
    setImmediate(this.#turn);
  };

  #turn = (): void => {
    this.#turnScheduled = false;
    if (this.#loop.finished) return;
    this.#doorbell.awake();
    this.#inTurn = true;
    this.#loop.turn();
    if (!this.#loop.finished && !this.#loop.hasWork()) this.#loop.idle();
    this.#inTurn = false;
    if (this.#loop.finished) this.#finish();
    else this.#sleep();
  };

  #sleep(): void {
    this.#setTimer();
    const asleep = this.#doorbell.trySleepAsync(SLEEP_MS_MAX, this.#loop.hasWork, this.#onDoorbell);
    if (!asleep) this.wantTurn();
  }

  #onDoorbell = (): void => {
    if (!this.#turnScheduled) this.#turn();
  };

  /** One Node timer for the earliest actor timer; moved only when that changes. */
  #setTimer(): void {
    const nowMs = this.#loop.nowMs();
    const dueMs = Math.min(this.#loop.nextDueMs, nowMs + SLEEP_MS_MAX);
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs && this.#timerDueMs > nowMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    this.#timer = setTimeout(this.#onTimer, Math.max(0, dueMs - nowMs));
  }

  #onTimer = (): void => {
    this.#timer = undefined;
    this.wantTurn();
  };

  #finish(): void {
    clearTimeout(this.#timer);
    this.#onFinished();
  }
}
