import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCli } from '#test/support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-cli-compile-'));
after(() => rmSync(folder, { recursive: true }));

function compile(source: string, ...flags: readonly string[]) {
  writeFileSync(join(folder, 'a.js'), source);
  return runCli(['contract', 'compile', 'a.js', ...flags], { cwd: folder });
}

const contract = (members: string) =>
  `class A {\n  init() { storage.put('a', '1'); }\n${members}\n}\nmodule.exports = A;\n`;

test('contract compile: the ABI on standard output or in a file, warnings beside it', async () => {
  const source = contract(
    '  pay() {\n    blockchain.deposit(tx.publisher, storage.get("a"), "");\n  }',
  );
  const run = await compile(source);
  assert.equal(run.code, 0);
  assert.deepEqual(JSON.parse(run.stdout), {
    lang: 'javascript',
    version: '1.0.0',
    abi: [{ name: 'pay', args: [], amountLimit: [{ token: 'iost', val: 'unlimited' }] }],
  });
  const [warning, line, caret] = run.stderr.split('\n');
  assert.match(warning ?? '', /^warning: a\.js:4:5: pay moves iost of an account/);
  assert.equal(line, '        blockchain.deposit(tx.publisher, storage.get("a"), "");');
  assert.equal(caret, '        ^');
  const written = await compile(source, '-o', 'a.js.abi', '--amount-limit', 'pay:iost:3');
  assert.deepEqual([written.stdout, written.stderr], ['', 'wrote a.js.abi\n']);
  const { abi } = JSON.parse(readFileSync(join(folder, 'a.js.abi'), 'utf8'));
  assert.deepEqual(abi[0].amountLimit, [{ token: 'iost', val: '3' }]);
});

test('contract compile: flaws with file, line and column, a caret, and exit code 1', async () => {
  const run = await compile(contract('  pay(to) {}\n  ask(x, y) {}'));
  assert.equal(run.code, 1);
  assert.equal(run.stdout, '');
  const shown = run.stderr.split('\n').filter((line) => !line.startsWith(' '));
  assert.deepEqual(
    shown.map((line) => line.split(': ').slice(0, 2).join(': ')).filter((line) => line !== ''),
    ['error: a.js:3:7', 'error: a.js:4:7', 'error: a.js:4:10'],
  );
  assert.match(run.stderr, /\n {6}pay\(to\) \{\}\n {10}\^\n/);
});

test('contract compile --check: measured by publishing it; what init does wrong is said', async () => {
  const good = await compile(contract('  run() { return 1; }'), '--check');
  assert.equal(good.code, 0, good.stderr);
  const value = (name: string) =>
    Number(new RegExp(`^${name} +(\\d+)`, 'm').exec(good.stdout)?.[1]);
  const source = Buffer.byteLength(readFileSync(join(folder, 'a.js')));
  assert.equal(value('source'), source);
  assert.ok(value('instrumented') > source);
  // What every byte of code costs, the base price, and the frame of init.
  assert.ok(value('gas') > 200_000 + 72 * source + 30_000);
  assert.ok(value('RAM') > value('instrumented'));
  const bad = await compile(contract('  run() {}').replace("'1'", '1'), '--check');
  assert.equal(bad.code, 1);
  assert.match(
    bad.stderr,
    /cannot be published on a new chain\nerror: .*storage put must be string/,
  );
});
