/**
 * Runs one BFT scenario with one seed, twice, and holds it against the invariants.
 */

import type { Simplex } from '#core/bft/simplex.ts';
import { Prng } from '../prng.ts';
import { SimFailure } from '../sim-failure.ts';
import { InvariantViolation } from './invariants.ts';
import {
  expectAgreement,
  expectProgress,
  expectProposalsFinal,
  type Scenario,
} from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { BftWorld } from './world.ts';

export type BftRun = {
  readonly scenario: string;
  readonly seed: number;
  readonly events: number;
  readonly finalHeight: number;
  /** Members proven to have broken the rules. */
  readonly guiltyCount: number;
  /** Of everything that happened; equal seeds give equal ones. */
  readonly digest: string;
};

export type BftRunOptions = {
  /** Another state machine in the place of the production one. */
  readonly Machine?: typeof Simplex;
  /** Saves half of the time where the second run adds nothing. */
  readonly isRunOnce?: boolean;
};

export const BFT_SCENARIOS: readonly Pick<Scenario, 'name' | 'about'>[] = SCENARIOS;

/** Throws `SimFailure` (with the command that repeats the run) on any failure. */
export function runBftScenario(name: string, seed: number, options: BftRunOptions = {}): BftRun {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  try {
    const run = runOnce(scenario, seed, options);
    if (options.isRunOnce !== true && runOnce(scenario, seed, options).digest !== run.digest) {
      throw new InvariantViolation('determinism', 'the second run has another history');
    }
    return run;
  } catch (error) {
    if (error instanceof Error) {
      error.message += ` (npm run sim -- --seed ${seed} --scenario ${name})`;
    }
    throw error;
  }
}

function runOnce(scenario: Scenario, seed: number, options: BftRunOptions): BftRun {
  const prng = new Prng(seed, 1);
  const settings = scenario.settings(prng, seed);
  const { Machine } = options;
  const world = new BftWorld(Machine === undefined ? settings : { ...settings, Machine });
  try {
    runWorld(scenario, world, prng);
  } catch (error) {
    throw new SimFailure(error, world.chart.lines());
  }
  return {
    scenario: scenario.name,
    seed,
    events: world.eventCount,
    finalHeight: world.finalAtMs.length,
    guiltyCount: world.invariants.guilty.size,
    digest: world.digest.hex,
  };
}

function runWorld(scenario: Scenario, world: BftWorld, prng: Prng): void {
  scenario.script(world, prng);
  world.start();
  const { healedAtMs, endsAtMs } = scenario;
  world.runUntil(endsAtMs);
  expectProgress(world, healedAtMs, endsAtMs);
  if (scenario.isHonestLate !== true) {
    expectProposalsFinal(world, healedAtMs, endsAtMs - 1500);
  }
  expectAgreement(world, scenario.absent?.(world) ?? []);
  scenario.check?.(world);
}
