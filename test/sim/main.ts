/**
 * `npm run sim`: whole networks in one thread and in virtual time, with faults, from a seed. Says of
 * each run whether the invariants held, and how to repeat one that failed.
 */

import { parseArgs } from 'node:util';
import { BFT_MUTATIONS, catchMutation } from './bft/mutations.ts';
import { CHAINS_MUTATIONS, catchChainsMutation } from './chains/mutations.ts';
import { SimFailure } from './chains/sim-failure.ts';
import { SCENARIOS, type Scenario, scenariosNamed } from './scenarios.ts';

const HELP = `npm run sim -- --seed N [--scenario NAME]    one seed, every scenario or one
npm run sim -- --seeds K [--scenario NAME]   the seeds 1 to K
npm run sim -- --mutations                   seeded bugs, each of which must be caught (minutes)
npm run sim -- --list                        the scenarios and what they do

NAME is a scenario or a group of them (chains, bft). Equal seeds give equal histories; each run is
repeated and must say the same. A failure prints the last messages and the command that repeats it.`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options.mutations) return await runMutations();
  if (options.list) return list();
  const seeds = seedsOf(options.seed, options.seeds);
  if (seeds === undefined) {
    console.log(HELP);
    return options.help ? 0 : 2;
  }
  const scenarios = scenariosNamed(options.scenario);
  if (scenarios.length > 0) return runAll(scenarios, seeds);
  console.error(`there is no scenario ${options.scenario}; --list shows them`);
  return 2;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        scenario: { type: 'string' },
        mutations: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return undefined;
  }
}

function seedsOf(seed: string | undefined, seeds: string | undefined): number[] | undefined {
  const number = Number(seed ?? seeds);
  if (!Number.isSafeInteger(number) || number < 0) return undefined;
  return seed === undefined ? Array.from({ length: number }, (_, index) => index + 1) : [number];
}

function list(): number {
  for (const { name, about, isLong } of SCENARIOS) {
    console.log(`${name.padEnd(28)} ${about}${isLong === true ? ' (minutes; by name only)' : ''}`);
  }
  return 0;
}

function runAll(scenarios: readonly Scenario[], seeds: readonly number[]): number {
  let failed = 0;
  for (const scenario of scenarios) {
    for (const seed of seeds) if (!runOne(scenario, seed)) failed += 1;
  }
  const count = scenarios.length * seeds.length;
  console.log(`${count - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function runOne({ name, run }: Scenario, seed: number): boolean {
  try {
    console.log(`ok      ${name} seed ${seed}: ${run(seed)}`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${name} seed ${seed}: ${error instanceof Error ? error.message : error}`);
    if (error instanceof SimFailure) {
      console.log(`  the last that was said:\n${error.chart.join('\n')}`);
    }
    if (error instanceof Error) console.log(((error.cause as Error | undefined) ?? error).stack);
    console.log(`  again: npm run sim -- --seed ${seed} --scenario ${name}`);
    return false;
  }
}

async function runMutations(): Promise<number> {
  let survived = 0;
  const runs = [
    ...CHAINS_MUTATIONS.map((each) => ({ ...each, caught: () => catchChainsMutation(each) })),
    ...BFT_MUTATIONS.map((each) => ({ ...each, caught: () => catchMutation(each) })),
  ];
  for (const { name, scenario, caught } of runs) {
    const by = await caught();
    if (by === undefined) survived += 1;
    const how = by === undefined ? '' : `by seed ${by.seed}: ${by.by.split('\n')[0]}`;
    console.log(`${by === undefined ? 'SURVIVED' : 'caught  '} ${name} in ${scenario} ${how}`);
  }
  console.log(`${runs.length - survived} caught, ${survived} survived`);
  return survived === 0 ? 0 : 1;
}
