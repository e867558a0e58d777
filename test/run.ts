/**
 * Runs the tests: `npm test` all of them, `npm test -- unit/core/ledger e2e` those whose path under
 * `test/` contains one of the words. The last line is `N passed, N failed`; a file that hangs,
 * crashes or holds no test counts as failed, so that nothing is silently left out.
 *
 * Each file runs in a process group of its own, which is killed as a whole when its time is over:
 * tests start nodes that handle SIGTERM themselves, and one that hangs must not hang the run.
 * Groups of files run one after the other, since an end-to-end test must not compete with others for
 * cores and ports.
 */

import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './support/report-outcomes.ts';

const TEST_DIR = fileURLToPath(new URL('.', import.meta.url));
const REPORTER = fileURLToPath(new URL('support/report-outcomes.ts', import.meta.url));
/** What is kept of the output of one file, to be shown if it fails. */
const OUTPUT_CHARACTERS_MAX = 20_000;

type Group = {
  readonly folder: string;
  readonly concurrency: number;
  /** A file that takes longer is killed and fails. */
  readonly fileTimeoutMs: number;
};

// Two at least: most files wait for processes or timers part of their time.
const SHARED = Math.max(2, availableParallelism());
const GROUPS: readonly Group[] = [
  { folder: 'unit', concurrency: SHARED, fileTimeoutMs: 120_000 },
  { folder: 'conformance', concurrency: SHARED, fileTimeoutMs: 120_000 },
  { folder: 'contracts', concurrency: SHARED, fileTimeoutMs: 120_000 },
  { folder: 'sim', concurrency: SHARED, fileTimeoutMs: 240_000 },
  { folder: 'hostile', concurrency: 1, fileTimeoutMs: 240_000 },
  { folder: 'e2e', concurrency: 1, fileTimeoutMs: 420_000 },
];

type FileRun = {
  readonly outcomes: readonly Outcome[];
  /** Why the file failed as a whole, apart from its tests; empty if it did not. */
  readonly fault: string;
  readonly output: string;
  readonly seconds: number;
};

const scratch = mkdtempSync(join(tmpdir(), 'iost-node-test-'));
const processGroups = new Set<number>();
let passed = 0;
let failed = 0;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(1));
}
process.once('exit', () => {
  for (const group of processGroups) killGroup(group);
  rmSync(scratch, { recursive: true, force: true });
});

const words = process.argv.slice(2).map((word) => word.replace(/^(\.\/)?test\//, ''));
for (const group of GROUPS) await runGroup(group, filesOf(group.folder, words));
if (passed + failed === 0) {
  console.error(`no test file under test/ has ${words.join(' or ')} in its path`);
}
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);

function filesOf(folder: string, filters: readonly string[]): readonly string[] {
  return globSync(`${TEST_DIR}${folder}/**/*.test.ts`)
    .filter((file) => {
      const path = relative(TEST_DIR, file);
      return filters.length === 0 || filters.some((word) => path.includes(word));
    })
    .sort();
}

async function runGroup(group: Group, files: readonly string[]): Promise<void> {
  const waiting = [...files];
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      report(file, await runFile(file, group.fileTimeoutMs));
    }
  };
  await Promise.all(Array.from({ length: group.concurrency }, lane));
}

function runFile(file: string, timeoutMs: number): Promise<FileRun> {
  const outcomesFile = join(scratch, relative(TEST_DIR, file).replaceAll('/', '-'));
  const started = performance.now();
  const reporting = [`--test-reporter=${REPORTER}`, `--test-reporter-destination=${outcomesFile}`];
  const child = spawn(process.execPath, [...reporting, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid ?? 0;
  processGroups.add(group);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(group);
  }, timeoutMs);
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      // Whatever the file left running would disturb the next one.
      killGroup(group);
      processGroups.delete(group);
      const outcomes = readOutcomes(outcomesFile);
      const end = timedOut ? `did not end within ${timeoutMs / 1000} s` : describeEnd(code, signal);
      const fault = faultOf(outcomes, end);
      resolve({ outcomes, fault, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

function readOutcomes(path: string): readonly Outcome[] {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Outcome);
  } catch {
    return []; // It ended before it could report, or while it wrote.
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 0) return '';
  return signal === null ? `exited with ${code}` : `was ended by ${signal}`;
}

function faultOf(outcomes: readonly Outcome[], end: string): string {
  if (outcomes.some((outcome) => outcome.result === 'failed')) return '';
  if (end !== '') return end;
  return outcomes.length === 0 ? 'holds no test' : '';
}

function report(file: string, run: FileRun): void {
  const name = relative(TEST_DIR, file);
  const failures = run.outcomes.filter((outcome) => outcome.result === 'failed');
  const successes = run.outcomes.filter((outcome) => outcome.result === 'passed');
  passed += successes.length;
  failed += failures.length + (run.fault === '' ? 0 : 1);
  const good = failures.length === 0 && run.fault === '';
  console.log(
    `${good ? '✔' : '✖'} ${name}: ${successes.length} passed in ${run.seconds.toFixed(1)} s`,
  );
  if (good) return;
  if (run.fault !== '') console.log(`  ✖ ${name} ${run.fault}`);
  for (const { name: test, place, reason } of failures) {
    console.log(`  ✖ ${test}\n${indent(`${relative(process.cwd(), place)}\n${reason}`)}`);
  }
  if (run.output.trim() !== '') console.log(indent(`its output:\n${run.output.trimEnd()}`));
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '      ');
}
