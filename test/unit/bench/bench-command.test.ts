/** The command as a whole; real nodes under load are run by `npm run check`, not here. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { BenchFile } from '../../../bench/report/result.ts';

const MAIN = fileURLToPath(new URL('../../../bench/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'iost-bench-test-'));
const first = join(folder, 'first.json');
after(() => rmSync(folder, { recursive: true }));

function bench(...args: readonly string[]) {
  const run = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

function read(path: string): BenchFile {
  return JSON.parse(readFileSync(path, 'utf8'));
}

test('a smoke run of a group writes its results, shows progress and prints a table', () => {
  const { code, stdout, stderr } = bench('--smoke', '--only', 'framing', '--json', first);
  assert.equal(code, 0, stderr);
  const file = read(first);
  assert.equal(file.schema, 'iost-bench/1');
  assert.equal(file.profile, 'smoke');
  assert.equal(file.machine.node, process.versions.node);
  assert.match(file.commit, /^([0-9a-f]{40}|unknown)$/);
  assert.deepEqual(
    file.results.map(({ name }) => name),
    [
      'framing/encode control message',
      'framing/decode control message',
      'framing/encode batch of 64',
      'framing/decode batch of 64',
    ],
  );
  assert.deepEqual(file.failures, []);
  assert.match(stderr, /framing\/encode batch of 64: \d+ transaction\/s/);
  assert.match(stdout, /^micro +per second/);
});

test('every micro benchmark still works', () => {
  const path = join(folder, 'micro.json');
  const { code, stderr } = bench('--smoke', '--only', 'micro', '--json', path);
  assert.equal(code, 0, stderr);
  const groups = new Set(read(path).results.map(({ name }) => name.split('/')[0]));
  assert.deepEqual(
    [...groups],
    [
      'ring',
      'framing',
      'codec',
      'hash',
      'base58',
      'verify',
      'ledger',
      'contract',
      'state-tree',
      'chain',
      'lmdb-commit',
    ],
  );
});

test('a result file says nothing about whose machine it was', () => {
  const text = readFileSync(first, 'utf8');
  for (const secret of [process.cwd(), tmpdir(), process.env['HOME'] ?? tmpdir()]) {
    if (secret !== '/') assert.ok(!text.includes(secret), secret);
  }
});

test('compare: a file against itself is unclear throughout; a slower one fails the gate', () => {
  const same = bench('compare', first, first, '--gate');
  assert.equal(same.code, 0, same.stderr);
  assert.equal(same.stdout.match(/unclear/g)?.length, 4);
  const file = read(first);
  const slower = join(folder, 'slower.json');
  const results = file.results.map((result) =>
    result.kind === 'micro' ? { ...result, perSecond: result.perSecond / 10 } : result,
  );
  writeFileSync(slower, JSON.stringify({ ...file, results }));
  const worse = bench('compare', first, slower);
  assert.equal(worse.code, 0);
  assert.match(worse.stdout, /0\.10 .* worse/);
  assert.equal(bench('compare', first, slower, '--gate').code, 1);
});

test('mistakes are told: nothing of that name, no shard count, no result file', () => {
  const json = join(folder, 'none.json');
  assert.notEqual(bench('--smoke', '--only', 'nothing like it', '--json', json).code, 0);
  const shards = bench('--smoke', '--set', 'shards=many', '--json', json);
  assert.notEqual(shards.code, 0);
  assert.match(shards.stderr, /shards must be 1 to 64, not many/);
  assert.notEqual(bench('--smoke', '--set', 'shards', '--json', json).code, 0);
  const other = join(folder, 'other.json');
  writeFileSync(other, '{}');
  const compared = bench('compare', first, other);
  assert.notEqual(compared.code, 0);
  assert.match(compared.stderr, /is not a result file/);
});
