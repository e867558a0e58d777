/** A simulated run that broke an invariant, with what its members said to each other last. */

export class SimFailure extends Error {
  override readonly name = 'SimFailure';
  readonly chart: readonly string[];

  constructor(cause: unknown, chart: readonly string[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.chart = chart;
  }
}
