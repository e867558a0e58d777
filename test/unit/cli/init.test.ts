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

test('init --testnet: each folder is a validator that the genesis of all of them names', async () => {
  const hosts = ['10.0.0.1', '10.0.0.2:31000', 'c.example', 'd.example'];
  const args = ['init', '--testnet', '--hosts', hosts.join(), '--shards', '3', '--data-dir', 'net'];
  const run = await runCli(args, { cwd: folder, environment });
  assert.equal(run.code, 0, run.stderr);
  const identities = new Set<string | undefined>();
  for (const index of hosts.keys()) {
    const directory = join(folder, `net/validator-${index}`);
    const loaded = loadConfig({ file: join(directory, 'config.json') });
    assert.ok(loaded.ok);
    const { config } = loaded.value;
    assert.equal(config.shards, 3);
    assert.deepEqual(
      [config.p2p.host, config.p2p.port],
      ['0.0.0.0', index === 1 ? 31_000 : 30_000],
    );
    assert.equal(config.p2p.peers.length, 3);
    assert.ok(config.p2p.announce?.startsWith(hosts[index] ?? '-'), 'others are told its address');
    assert.ok(!config.p2p.peers.some((peer) => peer.startsWith(hosts[index] ?? '')));
    const pair = await openIdentity(config.identity, environment);
    const { genesis } = readGenesis(config.genesis);
    assert.equal(genesis.witnesses[index]?.signatureKey, base58Encode(pair.publicKey));
    identities.add(genesis.witnesses[index]?.signatureKey);
  }
  assert.equal(identities.size, 4);
  const genesisTexts = [...hosts.keys()].map((index) =>
    readFileSync(join(folder, `net/validator-${index}/genesis.json`), 'utf8'),
  );
  assert.equal(new Set(genesisTexts).size, 1);
});

test('init --testnet without hosts: the peers are the services of the compose file', async () => {
  const args = ['init', '--testnet', '--validators', '5', '--data-dir', 'compose'];
  const run = await runCli(args, { cwd: folder, environment });
  assert.equal(run.code, 0, run.stderr);
  const compose = readFileSync(join(folder, 'compose/compose.yaml'), 'utf8');
  const services = [...compose.matchAll(/^ {2}(validator-\d):$/gm)].map(([, name]) => name);
  assert.deepEqual(
    services,
    [0, 1, 2, 3, 4].map((index) => `validator-${index}`),
  );
  const loaded = loadConfig({ file: join(folder, 'compose/validator-4/config.json') });
  assert.ok(loaded.ok);
  const expected = services.slice(0, 4).map((name) => `${name}:30000`);
  assert.deepEqual(loaded.value.config.p2p.peers, expected);
});

test('init --testnet: what cannot be a network is refused before anything is written', async () => {
  const init = (...args: string[]) =>
    runCli(['init', '--testnet', '--data-dir', 'e', ...args], { cwd: folder, environment });
  const cases = [
    [['--validators', '0'], /--validators must be a whole number from 1 to 64/],
    [['--hosts', 'a,b', '--validators', '3'], /3 validators need 3 --hosts/],
    [['--hosts', 'a,b c'], /"b c" is neither "host" nor "host:port"/],
    [['--hosts', 'a,a:30000'], /two validators have the same address/],
  ] as const;
  for (const [args, message] of cases) {
    const run = await init(...args);
    assert.equal(run.code, 64);
    assert.match(run.stderr, message);
  }
  assert.equal(existsSync(join(folder, 'e')), false);
});
