/**
 * `npm run sim`: whole networks in one thread and in virtual time, with faults, from a seed. Says of
 * each run whether the invariants held, and how to repeat one that failed.
 */

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Piscina } from 'piscina';
import { BFT_MUTATIONS, catchMutation } from './bft/mutations.ts';
import { ordinary } from './bft/scenario.ts';
import { BftWorld } from './bft/world.ts';
import { CALL_SCENES, callsPerSecond } from './chains/call-rates.ts';
import { CHAINS_MUTATIONS, catchChainsMutation } from './chains/mutations.ts';
import { COMMITTEE_MUTATIONS, catchCommitteeMutation } from './committees/mutations.ts';
import type { SeedOutcome, SeedTask } from './run-seed.ts';
import { SCENARIOS, type Scenario, scenariosNamed } from './scenarios.ts';

const HELP = `npm run sim -- --seed N [--scenario NAME]    one seed, every scenario or one
npm run sim -- --seeds K [--scenario NAME]   the seeds 1 to K
npm run sim -- --mutations                   seeded bugs, each of which must be caught (minutes)
npm run sim -- --list                        the scenarios and what they do
npm run sim -- --rate                        blocks per second of one core, four and seventeen members;
                                             calls of one contract per second of virtual time

NAME is a scenario or a group of them (chains, bft). Equal seeds give equal histories; each run is
repeated and must say the same. Runs share the cores; --threads N sets how many. A failure prints the
last messages and the command that repeats it.`;

/** A tenth of the time warms up. */
const RATES = [
  { members: 4, virtualMs: 400_000 },
  { members: 17, virtualMs: 40_000 },
];

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options.mutations) return await runMutations();
  if (options.list) return list();
  if (options.rate) return printRate();
  const seeds = seedsOf(options.seed, options.seeds);
  if (seeds === undefined) {
    console.log(HELP);
    return options.help ? 0 : 2;
  }
  const scenarios = scenariosNamed(options.scenario);
  const threads = Number(options.threads ?? availableParallelism());
  if (!Number.isInteger(threads) || threads < 1) {
    console.error('--threads must be a whole number from 1');
    return 2;
  }
  if (scenarios.length > 0) return await runAll(scenarios, seeds, threads);
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
        threads: { type: 'string' },
        mutations: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        rate: { type: 'boolean', default: false },
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

/** CPU time, not time of the clock: other work on the machine shall not count. */
function printRate(): number {
  for (const { members, virtualMs } of RATES) {
    const world = new BftWorld(ordinary(1, members));
    world.start();
    world.runUntil(virtualMs / 10);
    const blocksBefore = world.finalAtMs.length;
    const before = process.cpuUsage();
    world.runUntil(virtualMs);
    const { user, system } = process.cpuUsage(before);
    const rate = (world.finalAtMs.length - blocksBefore) / ((user + system) / 1e6);
    console.log(`${members} members: ${Math.round(rate)} final blocks per second of one core`);
  }
  for (const scene of CALL_SCENES) {
    console.log(`${scene.about}: ${callsPerSecond(scene)} calls per second of virtual time`);
  }
  return 0;
}

/** The runs of all threads together; what each says comes in the order of the seeds. */
async function runAll(
  scenarios: readonly Scenario[],
  seeds: readonly number[],
  threads: number,
): Promise<number> {
  const tasks = scenarios.flatMap(({ name }) => seeds.map((seed) => ({ name, seed })));
  const pool = new Piscina<SeedTask, SeedOutcome>({
    filename: new URL('./run-seed.ts', import.meta.url).href,
    maxThreads: Math.min(threads, tasks.length),
    // Or a task that finds no thread goes to the end of the queue, and what is done is told late.
    stricterFIFO: true,
  });
  const startedMs = performance.now();
  const runs = tasks.map((task) => pool.run(task, { name: 'runSeed' }));
  let failed = 0;
  for (const [index, task] of tasks.entries()) {
    const outcome = await (runs[index] as Promise<SeedOutcome>);
    if (!outcome.ok) failed += 1;
    report(task, outcome);
  }
  await pool.close();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${tasks.length - failed} passed, ${failed} failed in ${seconds} s`);
  return failed === 0 ? 0 : 1;
}

function report({ name, seed }: SeedTask, outcome: SeedOutcome): void {
  if (outcome.ok) {
    console.log(`ok      ${name} seed ${seed}: ${outcome.summary}`);
    return;
  }
  const { message, chart, stack } = outcome;
  console.log(`FAILED  ${name} seed ${seed}: ${message}`);
  if (chart.length > 0) console.log(`  the last that was said:\n${chart.join('\n')}`);
  console.log(stack);
  console.log(`  again: npm run sim -- --seed ${seed} --scenario ${name}`);
}

async function runMutations(): Promise<number> {
  let survived = 0;
  const runs = [
    ...CHAINS_MUTATIONS.map((each) => ({ ...each, caught: () => catchChainsMutation(each) })),
    ...COMMITTEE_MUTATIONS.map((each) => ({
      ...each,
      caught: () => catchCommitteeMutation(each),
    })),
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
