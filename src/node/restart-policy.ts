/**
 * When a dead actor starts again, and when the node gives up: exponential backoff, and no more than
 * so many deaths within a window. A pure value machine; time comes in.
 */

export type RestartLimits = {
  /** Deaths within the window at which the node gives up. */
  readonly failuresMax: number;
  readonly windowMs: number;
  /** Delay before the first restart; doubles with every further death in the window. */
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
};

/** The fifth death within a minute ends the node; the four restarts before it took 1.5 s of pauses. */
export const RESTART_LIMITS: RestartLimits = {
  failuresMax: 5,
  windowMs: 60_000,
  backoffMsMin: 100,
  backoffMsMax: 10_000,
};

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'giveUp'; readonly failureCount: number };

export class RestartPolicy {
  readonly #limits: RestartLimits;
  #failuresMs: number[] = [];

  constructor(limits: RestartLimits = RESTART_LIMITS) {
    this.#limits = limits;
  }

  onFailure(nowMs: number): RestartDecision {
    const { failuresMax, windowMs, backoffMsMin, backoffMsMax } = this.#limits;
    this.#failuresMs = this.#failuresMs.filter((atMs) => nowMs - atMs < windowMs);
    this.#failuresMs.push(nowMs);
    const failureCount = this.#failuresMs.length;
    if (failureCount >= failuresMax) return { kind: 'giveUp', failureCount };
    const delayMs = Math.min(backoffMsMax, backoffMsMin * 2 ** (failureCount - 1));
    return { kind: 'restart', delayMs };
  }
}
