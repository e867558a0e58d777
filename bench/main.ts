/**
 * `npm run bench`: measures the node and its parts, writes a result file, compares result files.
 * See docs/benchmarks.md.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PROFILE_NAMES, type ProfileName, profileOf } from './profile.ts';
import { compareFiles } from './report/compare.ts';
import { type BenchFile, SCHEMA } from './report/result.ts';
import { comparisonReport, reportOf } from './report/table.ts';
import { runSuite } from './suite.ts';

const DEFAULT_FILE = 'bench/out/latest.json';
const SHARDS_MAX = 64;
/** As a shell reports the end by SIGINT. */
const INTERRUPTED = 130;

type RunFlags = {
  readonly profile: ProfileName;
  readonly smoke?: true;
  readonly json: string;
  readonly only: string;
  readonly set: Readonly<Record<string, string>>;
};

const EXAMPLES = `
Examples:
  $ npm run bench -- --profile quick --json before.json
  $ npm run bench -- --only pipeline --set shards=2     the rows of two shards
  $ npm run bench -- --only micro                       no nodes
  $ npm run bench -- --only micro/verify                one group of micro benchmarks
  $ npm run bench -- compare before.json after.json`;

const program = new Command('bench')
  .description('measure the node and its parts')
  .addOption(
    new Option('--profile <name>', 'how long it takes').choices(PROFILE_NAMES).default('quick'),
  )
  .option('--smoke', 'the same as --profile smoke: everything once, the numbers mean nothing')
  .option('--json <file>', 'where the results go', DEFAULT_FILE)
  .option('--only <text>', 'benchmarks whose name contains it', '')
  .option(
    '--set <key=value>',
    'shards=N: the sweep is over N shards only; other keys: settings of the nodes',
    addSetting,
    {},
  )
  .addHelpText('after', EXAMPLES)
  .action(run);

program
  .command('compare')
  .description('what became better and worse from one result file to another')
  .argument('<before>', 'result file')
  .argument('<after>', 'result file')
  .option('--gate', 'exit with 1 when something became worse')
  .action(compare);

await program.parseAsync();

async function run(flags: RunFlags): Promise<void> {
  const { shards, ...settings } = flags.set;
  const name = flags.smoke ? 'smoke' : flags.profile;
  const profile = profileOf(name, shards === undefined ? undefined : shardCount(shards));
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => abort.abort());
  }
  const startedMs = performance.now();
  const progress = (text: string) => {
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
  };
  try {
    const { only } = flags;
    const file = await runSuite({ profile, only, settings, signal: abort.signal, progress });
    if (file.results.length + file.failures.length === 0) {
      program.error(`no benchmark has "${only}" in its name`);
    }
    mkdirSync(dirname(flags.json), { recursive: true });
    writeFileSync(flags.json, `${JSON.stringify(file, null, 2)}\n`);
    process.stdout.write(`${reportOf(file)}\n\nwritten to ${flags.json}\n`);
    if (file.failures.length > 0) process.exitCode = 1;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write('interrupted; nothing was written\n');
    process.exitCode = INTERRUPTED;
  }
}

function compare(before: string, after: string, { gate }: { readonly gate?: true }): void {
  const comparison = compareFiles(readResult(before), readResult(after));
  process.stdout.write(`${comparisonReport(comparison)}\n`);
  const gotWorse = comparison.comparisons.some(({ verdict }) => verdict === 'worse');
  if (gate && gotWorse) process.exitCode = 1;
}

function readResult(path: string): BenchFile {
  let file: BenchFile;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as BenchFile;
  } catch (error) {
    return program.error(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (file.schema !== SCHEMA) program.error(`${path} is not a result file (schema ${SCHEMA})`);
  return file;
}

function addSetting(text: string, settings: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('it has the form key=value');
  return { ...settings, [text.slice(0, at)]: text.slice(at + 1) };
}

function shardCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > SHARDS_MAX) {
    program.error(`shards must be 1 to ${SHARDS_MAX}, not ${text}`);
  }
  return count;
}
