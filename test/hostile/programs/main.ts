/**
 * `npm run programs -- --seed N --count K`: K random contract programs on two runtimes in processes
 * of their own, one of which runs them backwards and warm. Receipts, gas, RAM and state must be the
 * same. 10,000 take some ten minutes of two cores.
 */

import { parseArgs } from 'node:util';
import { comparePrograms, type Order } from './compare-programs.ts';

const REPORT_EVERY = 1000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10000' },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
if (!Number.isInteger(seed) || !Number.isInteger(count) || count < 1) {
  console.error('npm run programs -- --seed N --count K');
  process.exit(2);
}
const startedMs = performance.now();
const { different, succeeded } = await comparePrograms(seed, count, report);
const seconds = Math.round((performance.now() - startedMs) / 1000);
console.log(`seed ${seed}: ${count} programs, ${different.length} different, ${seconds} s`);
console.log(`${succeeded} calls succeeded`);
for (const number of different.slice(0, 10)) {
  console.log(`node test/hostile/programs/run-programs.ts ${seed} ${count} cold ${number}`);
  console.log(`node test/hostile/programs/run-programs.ts ${seed} ${count} warm ${number}`);
}
process.exitCode = different.length === 0 ? 0 : 1;

function report(order: Order, done: number): void {
  if (done % REPORT_EVERY === 0) console.log(`  ${order}: ${done} of ${count}`);
}
