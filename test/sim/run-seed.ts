/** One run of one scenario, as a task of a thread: what it has to say is plain data. */

import { SCENARIOS } from './scenarios.ts';
import { SimFailure } from './sim-failure.ts';

export type SeedTask = { readonly name: string; readonly seed: number };

export type SeedOutcome =
  | { readonly ok: true; readonly summary: string }
  | {
      readonly ok: false;
      readonly message: string;
      /** The last things that were said, where the scenario keeps them. */
      readonly chart: readonly string[];
      readonly stack: string;
    };

export function runSeed({ name, seed }: SeedTask): SeedOutcome {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  try {
    return { ok: true, summary: scenario.run(seed) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const cause = error.cause instanceof Error ? error.cause : error;
    const chart = error instanceof SimFailure ? error.chart : [];
    return { ok: false, message: error.message, chart, stack: cause.stack ?? '' };
  }
}
