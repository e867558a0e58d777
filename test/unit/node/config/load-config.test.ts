import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ConfigOptions, loadConfig } from '#node/config/load-config.ts';
import { describeProblem } from '#node/config/problem.ts';
import { configKeys, type NodeConfig } from '#node/config/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-config-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function load(options: ConfigOptions): NodeConfig {
  const result = loadConfig({ cwd: folder, ...options });
  assert.ok(result.ok, result.ok ? '' : result.failure.map(describeProblem).join('\n'));
  return result.value.config;
}

function problems(options: ConfigOptions): readonly string[] {
  const result = loadConfig({ cwd: folder, ...options });
  assert.ok(!result.ok, 'the configuration must be refused');
  return result.failure.map(describeProblem);
}

const set = (...assignments: readonly string[]): ConfigOptions => ({ assignments });

test('config: the defaults alone are valid and hold every key', () => {
  const result = loadConfig({ cwd: folder });
  assert.ok(result.ok);
  assert.deepEqual(
    [...result.value.origins.keys()],
    configKeys.map((key) => key.path),
  );
  assert.deepEqual(new Set(result.value.origins.values()), new Set(['default']));
  assert.equal(result.value.config.shards, 2);
  assert.equal(result.value.config.dataDir, join(folder, 'data'));
});

test('config: every built-in profile is valid', () => {
  const directory = new URL('../../../../config/', import.meta.url);
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  assert.ok(names.includes('dev.json') && names.includes('bench.json'));
  for (const name of names) load({ profile: name.slice(0, -5) });
});

test('config: later sources win: default, profile, file, environment, --set, --data-dir', () => {
  const path = file('order.json', '{"shards":3,"rpc":{"port":1003},"log":{"level":"warn"}}');
  const result = loadConfig({
    cwd: folder,
    profile: 'dev',
    file: path,
    environment: { IOSTD_RPC_PORT: '1004', IOSTD_LOG_LEVEL: 'debug', HOME: '/root' },
    assignments: ['log.level=error', 'dataDir=elsewhere'],
    dataDir: 'here',
  });
  assert.ok(result.ok);
  const { config, origins } = result.value;
  assert.equal(config.shards, 3);
  assert.equal(config.rpc.port, 1004);
  assert.equal(config.log.level, 'error');
  assert.equal(config.log.format, 'pretty');
  assert.equal(config.dataDir, join(folder, 'here'));
  assert.equal(origins.get('shards'), `file ${path}`);
  assert.equal(origins.get('rpc.port'), 'environment IOSTD_RPC_PORT');
  assert.equal(origins.get('log.level'), '--set');
  assert.equal(origins.get('log.format'), 'profile dev');
  assert.equal(origins.get('dataDir'), '--data-dir');
  assert.equal(origins.get('p2p.port'), 'default');
});

test('config: --set takes JSON, plain text and whole sections', () => {
  const config = load(
    set('rpc.corsOrigins=["https://a","https://b"]', 'network.name=mynet', 'p2p={"port":5}'),
  );
  assert.deepEqual(config.rpc.corsOrigins, ['https://a', 'https://b']);
  assert.equal(config.network.name, 'mynet');
  assert.equal(config.p2p.port, 5);
  assert.equal(config.p2p.host, '127.0.0.1');
});

test('config: text that looks like a number stays text where text is held', () => {
  assert.equal(load(set('network.protocolVersion=1.0')).network.protocolVersion, '1.0');
  const environment = { IOSTD_IDENTITY_PASSWORD_FILE: '12' };
  assert.equal(load({ environment }).identity.passwordFile, join(folder, '12'));
});

test('config: relative paths start where they were written', () => {
  const path = file('paths.json', '{"dataDir":"d","genesis":"g.json","identity":{"keystore":"k"}}');
  const config = load({ file: path, cwd: '/' });
  assert.equal(config.dataDir, join(folder, 'd'));
  assert.equal(config.genesis, join(folder, 'g.json'));
  assert.equal(config.identity.keystore, join(folder, 'k'));
  const defaults = load({ cwd: '/somewhere' });
  assert.equal(defaults.identity.keystore, '/somewhere/data/keystore/producer.json');
  assert.match(defaults.genesis, /config\/genesis\/dev\.json$/);
  assert.ok(!defaults.genesis.startsWith('/somewhere'));
});

test('config: all problems of all sources come at once, each with its origin', () => {
  const path = file('bad.json', '{"shards":0,"rpc":{"prot":1},"mempol":{}}');
  const found = problems({
    profile: 'dev',
    file: path,
    environment: { IOSTD_RPC_PROT: '1', IOSTD_P2P_PORT: '30001' },
    assignments: ['telemetry.port=http', 'nonsense', 'log=1', 'log.level=loud'],
  });
  assert.deepEqual(found.toSorted(), [
    'IOSTD_RPC_PROT: unknown variable; did you mean IOSTD_RPC_PORT? (from the environment)',
    'log.level: must be one of trace, debug, info, warn, error, not "loud" (from --set)',
    'log: is a section: an object of keys is expected (from --set)',
    `mempol: unknown key; did you mean mempool? (from file ${path})`,
    'nonsense: must have the form key=value, for example --set rpc.port=30001 (from --set)',
    'rpc.port: must not be 30001, which is also p2p.port (from default)',
    `rpc.prot: unknown key; did you mean rpc.port? (from file ${path})`,
    `shards: must be an integer from 1 to 64, not 0 (from file ${path})`,
    'telemetry.port: must be an integer from 0 to 65535, not "http" (from --set)',
  ]);
});

for (const value of ['0', '3.5', '1e6', '-1', '65', '"2"', 'null', 'two', '1e400', '[]']) {
  test(`config: shards=${value} is refused`, () => {
    assert.match(
      problems(set(`shards=${value}`)).join(),
      /^shards: must be an integer from 1 to 64/,
    );
  });
}

test('config: a port may be any, or two of them 0, but not two the same', () => {
  load(set('rpc.port=0', 'p2p.port=0', 'telemetry.port=0'));
  assert.match(problems(set('telemetry.port=30000')).join(), /telemetry\.port: must not be 30000/);
  assert.match(problems(set('rpc.port=65536')).join(), /rpc\.port: must be an integer from 0/);
});

test('config: a plain secret key is for the dev network only, and is never printed', () => {
  const secret =
    '2yquS3ySrGWPEKywCPzX4RTJugqRh7kJSo5aehsLYPEWkUxBWA39oMrZ7ZxuM4fgyXYs2cPwh5n8aNNpH5x2VyK1';
  const elsewhere = problems({ profile: 'dev', assignments: ['network.name=mainnet'] });
  assert.match(elsewhere.join(), /identity\.devSecretKey: is only allowed on the network "devnet"/);
  const both = problems(set(`identity.devSecretKey=${secret}`));
  assert.match(both.join(), /exclude each other/);
  const neither = problems(set('identity.keystore=null'));
  assert.match(neither.join(), /identity\.keystore: must name a key file/);
  const slip = { profile: 'dev', assignments: [`identity.devSecretKey=0${secret}`] };
  const mistyped = problems(slip).join();
  assert.match(mistyped, /^identity\.devSecretKey: must be a base58 key[^,]*, not a text[^,]*$/);
  assert.ok(!mistyped.includes(secret));
});

test('config: sizes that do not fit each other are refused', () => {
  assert.match(problems(set('rings.transactionBytes=4194305')).join(), /a power of two/);
  assert.match(problems(set('block.idleIntervalMs=1')).join(), /block\.intervalMs/);
});

test('config: what belongs to the genesis now says so, wherever it was set', () => {
  const expected = /^block\.gasMax: is the same for the whole network now: .*genesis file/;
  assert.match(problems(set('block.gasMax=1')).join(), expected);
  assert.match(problems({ environment: { IOSTD_BLOCK_GAS_MAX: '1' } }).join(), expected);
});

test('config: broken files are named with the place of the error', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{"shards":1,}', /is not valid JSON: .*line 1 column 13/],
    ['{"shards":1,"shards":2}', /Duplicate key 'shards'/],
    ['[]', /the whole: is a section/],
    ['{"rpc":[]}', /rpc: is a section/],
    ['{"__proto__":{"shards":1}}', /__proto__: unknown key/],
    ['{"constructor":1}', /constructor: unknown key/],
  ];
  for (const [content, expected] of cases) {
    assert.match(problems({ file: file('broken.json', content) }).join('\n'), expected);
  }
  assert.match(problems({ file: 'absent.json' }).join(), /absent\.json: cannot be read: ENOENT/);
  assert.match(problems({ file: '.' }).join(), /cannot be read: EISDIR/);
});

test('config: an unknown profile is refused with the list of profiles, paths are not followed', () => {
  assert.match(
    problems({ profile: 'prod' }).join(),
    /no profile "prod"; there are bench, default, dev/,
  );
  assert.match(problems({ profile: '../package' }).join(), /no profile/);
});
