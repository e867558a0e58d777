import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { configKeys } from '#node/config/schema.ts';
import { runCli } from '#test/support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-cli-config-'));
after(() => rmSync(folder, { recursive: true }));

test('config show: every key with its origin, the secret key hidden', async () => {
  const environment = { IOSTD_RPC_PORT: '31001' };
  const args = ['config', 'show', '--profile', 'dev', '--set', 'shards=4'];
  const run = await runCli(args, { environment });
  assert.equal(run.code, 0, run.stderr);
  const lines = run.stdout.trimEnd().split('\n');
  assert.equal(lines.length, configKeys.length);
  assert.match(run.stdout, /^shards = 4 +# --set$/m);
  assert.match(run.stdout, /^rpc\.port = 31001 +# environment IOSTD_RPC_PORT$/m);
  assert.match(
    run.stdout,
    /^identity\.devSecretKey = "?a text of 87 characters"? +# profile dev$/m,
  );
  assert.match(run.stdout, /^p2p\.port = 30000 +# default$/m);
});

test('config show --json: one document with values and origins', async () => {
  const run = await runCli(['config', 'show', '--json', '--data-dir', 'here'], { cwd: folder });
  const { config, origins } = JSON.parse(run.stdout);
  assert.equal(config.dataDir, join(folder, 'here'));
  assert.equal(origins.dataDir, '--data-dir');
  assert.equal(config.rpc.port, 30001);
});

test('config check: every problem on its own line, exit code 78, nothing on standard output', async () => {
  const args = [
    'config',
    'check',
    '--set',
    'shards=0',
    '--set',
    'rpc.prot=1',
    '--set',
    'p2p.port=x',
  ];
  const run = await runCli(args);
  assert.equal(run.code, 78);
  assert.equal(run.stdout, '');
  assert.deepEqual(run.stderr.trimEnd().split('\n'), [
    'error: rpc.prot: unknown key; did you mean rpc.port? (from --set)',
    'error: shards: must be an integer from 1 to 64, not 0 (from --set)',
    'error: p2p.port: must be an integer from 0 to 65535, not "x" (from --set)',
    'fix: see `iostd config show` for all keys and docs/configuration.md for their meaning',
  ]);
});

test('config check: files that the keys name are looked at too', async () => {
  const genesis = join(folder, 'genesis.json');
  const key = join(folder, 'key.json');
  writeFileSync(key, '{}');
  chmodSync(key, 0o644);
  const sets = ['--set', `genesis=${genesis}`, '--set', `identity.keystore=${key}`];
  const bad = await runCli(['config', 'check', ...sets]);
  assert.equal(bad.code, 78);
  assert.match(bad.stderr, /genesis: .*genesis\.json cannot be read/);
  assert.match(bad.stderr, /identity\.keystore: .* has mode 0644/);
  writeFileSync(genesis, '{}');
  const good = await runCli(['config', 'check', '--profile', 'dev', '--set', `genesis=${genesis}`]);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /valid: 2 shards/);
});

test('start: a bad configuration ends with 78 before anything is written', async () => {
  const run = await runCli(['start', '--data-dir', 'data', '--set', 'shards=3.5'], { cwd: folder });
  assert.equal(run.code, 78);
  assert.match(
    run.stderr,
    /^error: shards: must be an integer from 1 to 64, not 3\.5 \(from --set\)$/m,
  );
  assert.throws(() => rmSync(join(folder, 'data')), { code: 'ENOENT' });
});

test('iostd: unknown commands and options are usage errors with a suggestion', async () => {
  const command = await runCli(['strat']);
  assert.equal(command.code, 64);
  assert.match(command.stderr, /Did you mean start\?/);
  const option = await runCli(['start', '--prfile', 'dev']);
  assert.equal(option.code, 64);
  assert.match(option.stderr, /Did you mean --profile\?/);
  const help = await runCli(['help', 'transfer']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Examples:/);
  assert.match((await runCli(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});
