/**
 * Drives a ring-driven actor: turns while there is work, otherwise asleep in `Atomics.wait`. The
 * thread never returns to Node's event loop until the actor is finished.
 */

import type { Doorbell } from '#ipc/doorbell.ts';
import { type RunLoop, SLEEP_MS_MAX } from './run-loop.ts';

/** Returns when the supervisor said `finish`. `linkCount` sizes the spin before a sleep. */
export function runBlocking(loop: RunLoop, doorbell: Doorbell, linkCount: number): void {
  while (!loop.finished) {
    loop.turn();
    if (loop.finished || loop.hasWork()) continue;
    loop.idle();
    const waitMs = Math.min(loop.nextDueMs - loop.nowMs(), SLEEP_MS_MAX);
    if (waitMs > 0) doorbell.sleep(waitMs, linkCount, loop.hasWork);
  }
}
