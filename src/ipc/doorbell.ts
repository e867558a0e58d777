/**
 * Wakes a sleeping thread. One doorbell per thread, however many rings it reads or waits on.
 *
 *     word 0  sleeping: 1 from "about to sleep" until somebody rings or the sleeper wakes
 *
 * The sleeper polls its rings a little, sets `sleeping`, looks at all its rings once more, and only
 * then waits on the word while it is 1. Whoever publishes to it stores head first and then looks at
 * `sleeping`; only when that is set does it pay for a wake-up (28 ns against 23 µs).
 *
 * SAFETY (no lost wake-up): publisher: store head; load sleeping. Sleeper: store sleeping; load
 * head. All sequentially consistent, so at least one sees the other's store. If the ringer clears
 * the word before the wait begins, the wait returns at once ("not-equal"). Every wait has a timeout
 * all the same, so a bug here would cost latency and not liveness.
 */

/**
 * Loads before sleeping, about 1 to 2 µs. More keeps a core busy that another thread needs: on two
 * cores 2,000 loads took a third of the verification throughput (limits.md §4).
 */
export const SPIN_LOADS_MAX = 200;

const SLEEPING_WORD = 0;
const DOORBELL_BYTES = 64;

export function createDoorbell(): SharedArrayBuffer {
  return new SharedArrayBuffer(DOORBELL_BYTES);
}

/** The side that wakes. Many threads may ring one doorbell. */
export class DoorbellButton {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Wakes the thread if it sleeps. Call it after the store that the sleeper should see. */
  ring(): void {
    if (Atomics.load(this.#words, SLEEPING_WORD) === 0) return;
    if (Atomics.exchange(this.#words, SLEEPING_WORD, 0) === 0) return;
    Atomics.notify(this.#words, SLEEPING_WORD);
  }
}

/** The side that sleeps: exactly one thread. */
export class Doorbell {
  readonly #words: Int32Array<SharedArrayBuffer>;
  /** A `waitAsync` promise is pending. */
  #waiting = false;

  /** Taking over the doorbell of a dead thread is allowed: its flag is cleared. */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    Atomics.store(this.#words, SLEEPING_WORD, 0);
  }

  /**
   * Blocks until rung, until `hasWork()` or until the timeout. `loadsPerPoll` is how many atomic
   * loads one `hasWork` call makes, so that the spin keeps to its budget.
   * False after the timeout.
   */
  sleep(timeoutMs: number, loadsPerPoll: number, hasWork: () => boolean): boolean {
    const polls = Math.ceil(SPIN_LOADS_MAX / Math.max(1, loadsPerPoll));
    for (let poll = 0; poll < polls; poll += 1) if (hasWork()) return true;
    Atomics.store(this.#words, SLEEPING_WORD, 1);
    const woken =
      hasWork() || Atomics.wait(this.#words, SLEEPING_WORD, 1, timeoutMs) !== 'timed-out';
    this.awake();
    return woken;
  }

  /**
   * Event-loop threads: declares sleep; `onWake` is called when rung or after the timeout. False
   * means there is work already and nothing was declared. No spinning: the event loop has other
   * work. A wait still pending from an earlier sleep is used again.
   */
  trySleepAsync(timeoutMs: number, hasWork: () => boolean, onWake: () => void): boolean {
    Atomics.store(this.#words, SLEEPING_WORD, 1);
    if (hasWork() || !this.#armWait(timeoutMs, onWake)) {
      this.awake();
      return false;
    }
    return true;
  }

  /** Ends a declared sleep, so that publishers stop paying for wake-ups while this thread works. */
  awake(): void {
    Atomics.store(this.#words, SLEEPING_WORD, 0);
  }

  #armWait(timeoutMs: number, onWake: () => void): boolean {
    if (this.#waiting) return true;
    const wait = Atomics.waitAsync(this.#words, SLEEPING_WORD, 1, timeoutMs);
    if (!wait.async) return false;
    this.#waiting = true;
    void wait.value.then(() => {
      this.#waiting = false;
      onWake();
    });
    return true;
  }
}
