import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { ed25519KeyPair } from '#core/crypto/key-pair.ts';
import { loadConfig } from '#node/config/load-config.ts';
import { openIdentity } from '#node/identity/open-identity.ts';
import { readGenesis } from '#node/read-genesis.ts';
import { runCli } from '#test/support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-cli-init-'));
after(() => rmSync(folder, { recursive: true }));

const environment = { IOSTD_PASSWORD: 'correct horse' };

test('init: what is written is what start takes: its key is the witness of its genesis', async () => {
  const run = await runCli(['init', '--data-dir', 'a', '--shards', '4'], {
    cwd: folder,
    environment,
  });
  assert.equal(run.code, 0, run.stderr);
  const loaded = loadConfig({ file: join(folder, 'a/config.json') });
  assert.ok(loaded.ok);
  const { config } = loaded.value;
  assert.equal(config.shards, 4);
  assert.equal(config.dataDir, join(folder, 'a'));
  const pair = await openIdentity(config.identity, environment);
  const { genesis } = readGenesis(config.genesis);
  assert.equal(genesis.witnesses[0]?.signatureKey, base58Encode(pair.publicKey));
  assert.equal(genesis.witnesses[0]?.publishedSecretKey, undefined);
  assert.match(run.stdout, /keys of admin and the test accounts are published/);
  const keystore = join(folder, 'a/keystore/producer.json');
  assert.equal(statSync(keystore).mode & 0o777, 0o600);
});

test('init --admin-key: nothing stays whose secret key is published', async () => {
  const adminKey = base58Encode(ed25519KeyPair(new Uint8Array(32).fill(4)).publicKey);
  const args = ['init', '--data-dir', 'b', '--admin-key', adminKey];
  const run = await runCli(args, { cwd: folder, environment });
  assert.equal(run.code, 0, run.stderr);
  const text = readFileSync(join(folder, 'b/genesis.json'), 'utf8');
  assert.doesNotMatch(text, /publishedSecretKey/);
  const { genesis } = readGenesis(join(folder, 'b/genesis.json'));
  assert.equal(genesis.admin.ownerKey, adminKey);
  assert.equal(genesis.foundation.activeKey, adminKey);
  assert.deepEqual(genesis.accounts, []);
});

test('init: refusals write nothing', async () => {
  const init = (...args: string[]) => runCli(['init', ...args], { cwd: folder, environment });
  const network = await init('--data-dir', 'c', '--network', 'moon');
  assert.equal(network.code, 64);
  assert.match(network.stderr, /no network "moon"\nfix: choose one of bench, dev/);
  assert.equal((await init('--data-dir', 'c', '--shards', '65')).code, 78);
  assert.equal((await init('--data-dir', 'c', '--admin-key', 'x')).code, 64);
  assert.equal(existsSync(join(folder, 'c')), false);
  await init('--data-dir', 'd');
  const again = await init('--data-dir', 'd');
  assert.equal(again.code, 78);
  assert.match(again.stderr, /config\.json exists already/);
});
