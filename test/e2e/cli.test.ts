/** The command line against a real node: what the README tells a newcomer to type. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCli } from '#test/support/run-cli.ts';
import { RunningNode } from '#test/support/running-node.ts';

/** Published key of the dev genesis. */
const ADMIN_SECRET =
  '2yquS3ySrGWPEKywCPzX4RTJugqRh7kJSo5aehsLYPEWkUxBWA39oMrZ7ZxuM4fgyXYs2cPwh5n8aNNpH5x2VyK1';

const folder = mkdtempSync(join(tmpdir(), 'iostd-e2e-cli-'));
const environment = { IOSTD_PASSWORD: 'correct horse' };
let node: RunningNode;

const cli = (...args: readonly string[]) => runCli(args, { cwd: folder, environment });
const onNode = (...args: readonly string[]) => cli(...args, '--rpc', node.rpcUrl);

before(async () => {
  node = await RunningNode.start({ profile: 'dev', shards: 2 });
  writeFileSync(join(folder, 'admin.secret'), ADMIN_SECRET, { mode: 0o600 });
});
after(async () => {
  await node.remove();
  rmSync(folder, { recursive: true });
});

async function balanceOf(account: string): Promise<string> {
  const answer = await fetch(`${node.rpcUrl}/getAccount/${account}/0`);
  const { balance_string: balance } = (await answer.json()) as { balance_string: string };
  return balance;
}

test('cli on a node: keys, account, transfer there and back, balances to the last digit', async () => {
  assert.equal(
    (await cli('keys', 'new', '--import', 'admin.secret', '--out', 'admin.json')).code,
    0,
  );
  assert.equal((await cli('keys', 'new', '--out', 'alice.json')).code, 0);
  const signed = ['--keystore', 'admin.json'];
  const key = ['--new-keystore', 'alice.json'];
  const created = await onNode(
    'account',
    'create',
    'alice',
    '--creator',
    'admin',
    ...signed,
    ...key,
  );
  assert.equal(created.code, 0, created.stderr);
  const there = await onNode('transfer', 'admin', 'alice', '12.5', ...signed, '--memo', 'hello');
  assert.equal(there.code, 0, there.stderr);
  assert.match(there.stdout, /^status +IRREVERSIBLE$/m);
  const back = await onNode('transfer', 'alice', 'admin', '0.00000001', '--keystore', 'alice.json');
  assert.equal(back.code, 0, back.stderr);
  assert.equal(await balanceOf('alice'), '12.49999999');
});

test('cli on a node: a failed transfer says why, a wrong key is dropped', async () => {
  const much = await onNode('transfer', 'alice', 'admin', '1000', '--keystore', 'alice.json');
  assert.equal(much.code, 1);
  assert.match(much.stderr, /the transaction failed: RUNTIME_ERROR .*balance not enough/);
  const wrong = await onNode('transfer', 'admin', 'alice', '1', '--keystore', 'alice.json');
  assert.equal(wrong.code, 1);
  assert.equal(await balanceOf('alice'), '12.49999999');
});

test('cli on a node: status tells that it is ready', async () => {
  const status = await onNode('status', '--telemetry', node.telemetryUrl, '--json');
  assert.equal(status.code, 0, status.stderr);
  const seen = JSON.parse(status.stdout);
  assert.equal(seen.ready, true);
  assert.equal(seen.chain.chain_id, 1020);
  assert.ok(Number(seen.chain.lib_block) > 0);
});

test('start: a taken port is refused with 78 before anything is written', async () => {
  const other = join(folder, 'other');
  const second = await cli(...node.startArguments(), '--data-dir', other);
  assert.equal(second.code, 78);
  assert.match(second.stderr, /^error: rpc\.port: 127\.0\.0\.1:\d+ is in use by another program$/m);
  assert.match(second.stderr, /^fix: .*--set rpc\.port=/m);
  assert.throws(() => rmSync(other), { code: 'ENOENT' });
});

test('start: stops with 0, refuses another shard count with 78, and keeps what was final', async () => {
  const end = await node.stop();
  assert.equal(end.code, 0, end.stderr);
  const resharded = await cli(...node.startArguments({ shards: 4 }));
  assert.equal(resharded.code, 78);
  assert.match(resharded.stderr, /was made for 2 shards, the configuration says 4/);
  await node.start();
  assert.equal(await balanceOf('alice'), '12.49999999');
});
