/**
 * `iostd init`: the files of a node of one's own: configuration, a fresh encrypted producer key, and
 * a genesis that names this key. Everything lies in the data directory, so that it can be moved.
 */

import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { base58Encode } from '#core/crypto/base58.ts';
import { checkAdminKey, genesisOf, readGenesisPattern } from './genesis-pattern.ts';
import { initTestnet, type TestnetFlags } from './init-testnet.ts';
import { choosePassword, withPasswordOption } from './key-options.ts';
import { makeKey } from './keys-new.ts';
import { NODE_FILES, refuseIfUsed, requireValid, writeNodeFiles } from './node-files.ts';
import { print, printTable } from './output.ts';

type Flags = TestnetFlags & { readonly testnet?: true };

const EXAMPLES = `
Examples:
  $ iostd init --data-dir /var/lib/iostd --shards 4 --password-file /etc/iostd/password
  $ iostd start --config /var/lib/iostd/config.json

  $ iostd init --testnet --hosts 10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4 --data-dir net
one folder for each machine, with a systemd unit, and a compose file for all of them.`;

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
    .option('--testnet', 'a network of several validators, a folder for each machine')
    .addOption(
      new Option('--validators <count>', 'with --testnet: block producers').argParser(Number),
    )
    .addOption(
      new Option(
        '--hosts <list>',
        'with --testnet: where they run, "host" or "host:port", with commas; without it, the services of the compose file',
      ).argParser((list) => list.split(',')),
    )
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => (flags.testnet ? initTestnet(flags) : init(flags)));
}

async function init(flags: Flags): Promise<void> {
  const directory = resolve(flags.dataDir);
  refuseIfUsed(directory, Object.values(NODE_FILES));
  checkAdminKey(flags.adminKey);
  const pattern = readGenesisPattern(flags.network);
  requireValid({ assignments: [`shards=${flags.shards}`] });
  const password = await choosePassword(flags);
  const pair = makeKey('ed25519');
  writeNodeFiles(directory, {
    settings: { shards: flags.shards },
    genesis: genesisOf(pattern, [pair.publicKey], flags.adminKey),
    pair,
    password,
    passwordFile: flags.passwordFile === undefined ? null : resolve(flags.passwordFile),
  });
  const config = join(directory, NODE_FILES.config);
  printTable([
    ['configuration', config],
    ['genesis', join(directory, NODE_FILES.genesis)],
    [
      'producer key',
      `${join(directory, NODE_FILES.keystore)}, public key ${base58Encode(pair.publicKey)}`,
    ],
  ]);
  if (flags.adminKey === undefined) {
    print('The keys of admin and the test accounts are published: give --admin-key for real use.');
  }
  print(`Start it with: iostd start --config ${config}`);
}
