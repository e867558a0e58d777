/** Two processes over the same programs, and what they do not agree on. */

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('./run-programs.ts', import.meta.url));

export type Comparison = {
  /** Numbers of the programs that came out differently. */
  readonly different: readonly number[];
  /** Calls that did not fail, of all programs. */
  readonly succeeded: number;
};

export type Order = 'cold' | 'warm';

type Line = { readonly digest: string; readonly succeeded: number };

/** `onDone` is told how many programs each of the two has behind it. */
export async function comparePrograms(
  seed: number,
  count: number,
  onDone: (order: Order, done: number) => void = () => {},
): Promise<Comparison> {
  const run = (order: Order) => lines(seed, count, order, (done) => onDone(order, done));
  const [cold, warm] = await Promise.all([run('cold'), run('warm')]);
  const different: number[] = [];
  let succeeded = 0;
  for (let number = 0; number < count; number++) {
    const line = cold.get(number);
    if (line === undefined || line.digest !== warm.get(number)?.digest) different.push(number);
    succeeded += line?.succeeded ?? 0;
  }
  return { different, succeeded };
}

async function lines(
  seed: number,
  count: number,
  order: Order,
  onDone: (done: number) => void,
): Promise<Map<number, Line>> {
  const args = [RUNNER, String(seed), String(count), order];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const found = new Map<number, Line>();
  for await (const line of createInterface(child.stdout)) {
    const [number, digest, succeeded] = line.split(' ') as [string, string, string];
    found.set(Number(number), { digest, succeeded: Number(succeeded) });
    onDone(found.size);
  }
  assert.deepEqual(await closed, [0, null], `the ${order} process came to its end`);
  return found;
}
