/**
 * `iostd init`: the files of a node of one's own: configuration, a fresh encrypted producer key, and
 * a genesis that names this key. Everything lies in the data directory, so that it can be moved.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import * as v from 'valibot';
import { base58Encode } from '#core/crypto/base58.ts';
import type { KeyPair } from '#core/crypto/key-pair.ts';
import { loadConfig } from '#node/config/load-config.ts';
import { describeProblem } from '#node/config/problem.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { encryptKey, writeKeystore } from '#node/identity/keystore.ts';
import { CommandFailure } from './command-failure.ts';
import {
  choosePassword,
  keyFailure,
  type PasswordFlags,
  withPasswordOption,
} from './key-options.ts';
import { makeKey } from './keys-new.ts';
import { print, printTable } from './output.ts';

const GENESIS_DIR = fileURLToPath(new URL('../../config/genesis/', import.meta.url));
const FILES = {
  config: 'config.json',
  genesis: 'genesis.json',
  keystore: 'keystore/producer.json',
};

type Flags = PasswordFlags & {
  readonly dataDir: string;
  readonly network: string;
  readonly shards: number;
  readonly adminKey?: string;
};

/** What is replaced in a genesis; the rest is copied as it stands. */
const genesisForm = v.looseObject({
  admin: v.looseObject({ ownerKey: v.string(), activeKey: v.string() }),
  witnesses: v.pipe(v.array(v.looseObject({ signatureKey: v.string() })), v.length(1)),
});

const EXAMPLES = `
Example:
  $ iostd init --data-dir /var/lib/iostd --shards 4 --password-file /etc/iostd/password
  $ iostd start --config /var/lib/iostd/config.json`;

export function addInit(program: Command): void {
  withPasswordOption(program.command('init'))
    .description('write configuration, genesis and an encrypted producer key for a new network')
    .option('--data-dir <dir>', 'where to write them', 'data')
    .option('--network <name>', 'network whose genesis is taken as the pattern', 'dev')
    .addOption(
      new Option('--shards <count>', 'number of shards, 1 to 64').default(2).argParser(Number),
    )
    .option(
      '--admin-key <base58>',
      'public key of the account "admin" (default: the published one)',
    )
    .addHelpText('after', EXAMPLES)
    .action(init);
}

async function init(flags: Flags): Promise<void> {
  const directory = resolve(flags.dataDir);
  refuseIfUsed(directory);
  const pattern = readPattern(flags.network);
  const config = makeConfig(flags);
  const password = await choosePassword(flags);
  const pair = makeKey('ed25519');
  const keystore = join(directory, FILES.keystore);
  mkdirSync(directory, { recursive: true });
  const written = writeKeystore(keystore, encryptKey(pair, password));
  if (!written.ok) throw keyFailure(keystore, written.failure);
  writeJson(join(directory, FILES.genesis), withKeys(pattern, pair, flags.adminKey));
  writeJson(join(directory, FILES.config), config);
  check(join(directory, FILES.config));
  printTable([
    ['configuration', join(directory, FILES.config)],
    ['genesis', join(directory, FILES.genesis)],
    ['producer key', `${keystore}, public key ${base58Encode(pair.publicKey)}`],
  ]);
  print(`Start it with: iostd start --config ${join(directory, FILES.config)}`);
}

function refuseIfUsed(directory: string): void {
  const used = [...Object.values(FILES), 'chains'].find((name) =>
    existsSync(join(directory, name)),
  );
  if (used === undefined) return;
  throw new CommandFailure(`${join(directory, used)} exists already`, {
    fix: 'choose another --data-dir, or remove it if nobody needs it',
    exitCode: EXIT_CODE.config,
  });
}

function readPattern(network: string): v.InferOutput<typeof genesisForm> {
  const names = readdirSync(GENESIS_DIR)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  if (!names.includes(network)) {
    throw new CommandFailure(`there is no network "${network}"`, {
      fix: `choose one of ${names.join(', ')}`,
      exitCode: EXIT_CODE.usage,
    });
  }
  const text = readFileSync(join(GENESIS_DIR, `${network}.json`), 'utf8');
  return v.parse(genesisForm, JSON.parse(text));
}

function withKeys(
  pattern: v.InferOutput<typeof genesisForm>,
  pair: KeyPair,
  adminKey: string | undefined,
): unknown {
  const signatureKey = base58Encode(pair.publicKey);
  // A published secret belongs to the key that is replaced, so it goes with it.
  const unpublished = { publishedSecretKey: undefined };
  const keys = { ownerKey: signatureKey, activeKey: signatureKey, signatureKey, ...unpublished };
  const admin =
    adminKey === undefined ? {} : { ownerKey: adminKey, activeKey: adminKey, ...unpublished };
  return {
    ...pattern,
    admin: { ...pattern.admin, ...admin },
    witnesses: pattern.witnesses.map((witness) => ({ ...witness, ...keys })),
  };
}

/** Relative paths in a file start in its folder, so the directory can be moved as a whole. */
function makeConfig(flags: Flags): unknown {
  const passwordFile = flags.passwordFile === undefined ? null : resolve(flags.passwordFile);
  const config = {
    shards: flags.shards,
    dataDir: '.',
    genesis: FILES.genesis,
    identity: { keystore: FILES.keystore, passwordFile },
  };
  const trial = loadConfig({ assignments: [`shards=${flags.shards}`] });
  if (trial.ok) return config;
  throw new CommandFailure(trial.failure.map(describeProblem).join('\n'), {
    exitCode: EXIT_CODE.config,
  });
}

/** What was written must be what `start` accepts. */
function check(file: string): void {
  const loaded = loadConfig({ file });
  if (loaded.ok) return;
  throw new CommandFailure(loaded.failure.map(describeProblem).join('\n'), {
    exitCode: EXIT_CODE.config,
  });
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx' });
}
