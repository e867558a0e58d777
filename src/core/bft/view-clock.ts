/**
 * The deadlines of a view behind the one timer the host keeps. The host's timer is only moved when
 * something is due earlier than it; when it comes for nothing it is set anew. So a chain that runs
 * smoothly costs one timer per few views.
 */

export class ViewClock {
  /** No proposal by then: nullify (tL). */
  leaderAt = Number.POSITIVE_INFINITY;
  /** No certificate by then: nullify (tA). */
  progressAt = Number.POSITIVE_INFINITY;
  /** Say everything again. */
  resendAt = Number.POSITIVE_INFINITY;
  /** Ask somebody for what is missing. */
  fetchAt = Number.POSITIVE_INFINITY;
  #armedAt = Number.POSITIVE_INFINITY;

  onFired(): void {
    this.#armedAt = Number.POSITIVE_INFINITY;
  }

  /** When the host's timer has to be set, if it has to. */
  takeNewAlarm(): number | undefined {
    const next = Math.min(this.leaderAt, this.progressAt, this.resendAt, this.fetchAt);
    if (next >= this.#armedAt) return undefined;
    this.#armedAt = next;
    return next;
  }
}
