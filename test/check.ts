/**
 * `npm run check`: everything that must hold before a change is shared. All steps run even if one
 * fails, so that one run shows all there is to do; what a good step printed is not shown.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Step = { readonly name: string; readonly command: readonly [string, ...string[]] };

const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
const scratch = mkdtempSync(join(tmpdir(), 'iost-node-check-'));
const node = process.execPath;

// Tools are found on the path that npm sets; the last two run sources with this very Node.
const STEPS: readonly Step[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'format and lint', command: ['biome', 'ci', '--colors=off', '.'] },
  {
    name: 'arrows',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'bench', 'test'],
  },
  { name: 'dead code', command: ['knip'] },
  { name: 'tests', command: [node, 'test/run.ts'] },
  {
    name: 'bench smoke',
    command: [node, 'bench/main.ts', '--profile', 'smoke', '--json', join(scratch, 'bench.json')],
  },
];

const failed: string[] = [];
for (const { name, command } of STEPS) {
  const [program, ...args] = command;
  const started = performance.now();
  const run = spawnSync(program, args, { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (run.status === 0) {
    console.log(`✔ ${name} (${seconds} s)`);
    continue;
  }
  failed.push(name);
  console.log(`✖ ${name} (${seconds} s)`);
  console.log(run.error?.message ?? `${run.stdout}${run.stderr}`);
}
rmSync(scratch, { recursive: true });
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
