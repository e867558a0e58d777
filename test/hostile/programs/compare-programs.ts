/** Two processes over the same programs, and what they do not agree on. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const RUNNER = fileURLToPath(new URL('./run-programs.ts', import.meta.url));
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export type Comparison = {
  /** Numbers of the programs that came out differently. */
  readonly different: readonly number[];
  /** Calls that did not fail, of all programs. */
  readonly succeeded: number;
};

type Line = { readonly digest: string; readonly succeeded: number };

export async function comparePrograms(seed: number, count: number): Promise<Comparison> {
  const [cold, warm] = await Promise.all([lines(seed, count, 'cold'), lines(seed, count, 'warm')]);
  const different: number[] = [];
  let succeeded = 0;
  for (let number = 0; number < count; number++) {
    const line = cold.get(number);
    if (line === undefined || line.digest !== warm.get(number)?.digest) different.push(number);
    succeeded += line?.succeeded ?? 0;
  }
  return { different, succeeded };
}

async function lines(seed: number, count: number, order: string): Promise<Map<number, Line>> {
  const run = promisify(execFile);
  const args = [RUNNER, String(seed), String(count), order];
  const { stdout } = await run(process.execPath, args, { maxBuffer: OUTPUT_BYTES_MAX });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [number, digest, succeeded] = line.split(' ') as [string, string, string];
        return [Number(number), { digest, succeeded: Number(succeeded) }];
      }),
  );
}
