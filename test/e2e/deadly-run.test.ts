/**
 * Goal: a contract call that ends the process is tried once more, and then the node stays up, says what
 * it waits for and lets nobody lose anything: forgiven, the call ends as if nothing had been.
 * Method: a node of two shards that really dies (preload/deadly-call.ts) in a call from one to the
 * other, which its source has on disk.
 */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardMap } from '#core/eds/shard-map.ts';
import { runCli } from '#test/support/run-cli.ts';
import { RunningNode } from '#test/support/running-node.ts';

const SHARDS = 2;
const POLL_MS = 50;
const PRELOAD = new URL('../support/preload/deadly-call.ts', import.meta.url).href;
const GENESIS = new URL('../../config/genesis/dev.json', import.meta.url);
const SOURCE = `class Mine {
  init() { storage.put('count', '0'); }
  explode() { storage.put('count', (Number(storage.get('count')) + 1).toString()); }
  dig() { return 'dug'; }
}
module.exports = Mine;`;

type Genesis = {
  readonly accounts: readonly { readonly id: string; readonly publishedSecretKey: string }[];
};
const { accounts } = JSON.parse(readFileSync(GENESIS, 'utf8')) as Genesis;
const folder = mkdtempSync(join(tmpdir(), 'iostd-e2e-deadly-'));
const fuse = join(folder, 'fuse');
for (const { id, publishedSecretKey } of accounts) {
  writeFileSync(join(folder, `${id}.secret`), publishedSecretKey, { mode: 0o600 });
}
writeFileSync(join(folder, 'mine.js'), SOURCE);

const node = await RunningNode.start({
  profile: 'dev',
  shards: SHARDS,
  environment: { NODE_OPTIONS: `--import ${PRELOAD}`, TEST_FUSE: fuse },
});
after(async () => {
  await node.remove();
  rmSync(folder, { recursive: true });
});

const contract = (...args: readonly string[]) => runCli(['contract', ...args], { cwd: folder });

function signed(user: string, wait: string, ...args: readonly string[]) {
  const key = ['--secret-file', `${user}.secret`, '--algorithm', 'secp256k1', '--wait', wait];
  return contract(...args, '--rpc', node.rpcUrl, '--account', user, ...key);
}

function status() {
  return runCli(['status', '--rpc', node.rpcUrl, '--telemetry', node.telemetryUrl]);
}

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(POLL_MS);
}

/** Starts the node and waits for its end. */
async function dies(): Promise<void> {
  node.launch();
  assert.equal((await node.ended).signal, 'SIGKILL');
}

test('the process dies of a call twice, then the node asks for help, and goes on when forgiven', async () => {
  const published = await signed('user_0', 'packed', 'publish', 'mine.js');
  const id = /^contract +(Contract\w+)$/m.exec(published.stdout)?.[1] ?? '';
  const map = ShardMap.balanced(SHARDS);
  const home = map.shardOfContract(id);
  const users = accounts.map((account) => account.id).filter((user) => user !== 'user_0');
  const stranger = users.find((user) => map.shardOfAccount(user) !== home) ?? '';
  const neighbour = users.find((user) => map.shardOfAccount(user) === home) ?? '';

  writeFileSync(fuse, '');
  const sent = signed(stranger, 'none', 'call', id, 'explode');
  assert.equal((await node.ended).signal, 'SIGKILL', 'the first death');
  await sent;
  await dies();

  node.launch();
  await waitUntil(async () => /ended the process twice/.test((await status()).stdout));
  const asked = await status();
  assert.equal(asked.code, 1, 'it is not ready');
  const [, advice = '', transaction = ''] =
    /(iostd contract forgive (\w+))/.exec(asked.stdout) ?? [];
  assert.match(asked.stdout, new RegExp(`^ready +no: shard-${home}: `, 'm'));
  assert.ok(existsSync(fuse), 'it would still die');
  // Others are served meanwhile, on the same shard.
  const dug = await signed(neighbour, 'packed', 'call', id, 'dig');
  assert.equal(dug.code, 0, dug.stderr);

  rmSync(fuse);
  await node.stop();
  const data = ['--profile', 'dev', '--data-dir', node.dataDir, '--set', `shards=${SHARDS}`];
  const listed = await contract('forgive', ...data);
  assert.equal(listed.stdout, `shard-${home}  ${transaction}, 2 times\n`);
  const forgiven = await contract(...advice.split(' ').slice(2), ...data);
  assert.equal(forgiven.stdout, `forgiven on shard-${home}; restart the node\n`, forgiven.stderr);
  await node.start();
  const stored = () => contract('storage', id, 'count', '--rpc', node.rpcUrl);
  await waitUntil(async () => (await stored()).stdout === '1\n');
  assert.equal((await status()).code, 0);
});
