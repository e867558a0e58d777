/**
 * `iostd init`: the files of a node of one's own: configuration, a fresh encrypted producer key, and
 * a genesis that names this key. Everything lies in the data directory, so that it can be moved.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import * as v from 'valibot';
import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { algorithmOfPublicKey, type KeyPair } from '#core/crypto/key-pair.ts';
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
const account = v.looseObject({ publishedSecretKey: v.optional(v.string()) });
const genesisForm = v.looseObject({
  admin: account,
  foundation: account,
  witnesses: v.pipe(v.array(account), v.length(1)),
});
type Pattern = v.InferOutput<typeof genesisForm>;

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
      'public key of the account "admin"; without it, published keys stay',
    )
    .addHelpText('after', EXAMPLES)
    .action(init);
}

async function init(flags: Flags): Promise<void> {
  const directory = resolve(flags.dataDir);
  refuseIfUsed(directory);
  checkAdminKey(flags.adminKey);
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
  if (flags.adminKey === undefined) {
    print('The keys of admin and the test accounts are published: give --admin-key for real use.');
  }
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

function checkAdminKey(text: string | undefined): void {
  if (text === undefined) return;
  const key = base58Decode(text);
  if (key !== undefined && algorithmOfPublicKey(key) !== undefined) return;
  throw new CommandFailure('--admin-key is no public key', {
    fix: 'make a key with `iostd keys new` and give its public key',
    exitCode: EXIT_CODE.usage,
  });
}

function readPattern(network: string): Pattern {
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

/**
 * The fresh key produces the blocks. With an admin key of one's own, nothing of the pattern may stay
 * whose secret is published; without one it is a network to play with, and everything stays.
 */
function withKeys(pattern: Pattern, pair: KeyPair, adminKey: string | undefined): unknown {
  const key = base58Encode(pair.publicKey);
  const witnesses = pattern.witnesses.map(({ publishedSecretKey: _, ...witness }) => ({
    ...witness,
    ...keysOf(key),
    signatureKey: key,
  }));
  if (adminKey === undefined) return { ...pattern, witnesses };
  const { publishedSecretKey: _, ...admin } = pattern.admin;
  return {
    ...pattern,
    admin: { ...admin, ...keysOf(adminKey) },
    foundation: { ...pattern.foundation, ...keysOf(adminKey) },
    witnesses,
    accounts: [],
  };
}

function keysOf(key: string): { readonly ownerKey: string; readonly activeKey: string } {
  return { ownerKey: key, activeKey: key };
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
