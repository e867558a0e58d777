/**
 * `iostd init --testnet`: what `iostd testnet` runs on one machine, as files for real ones. Each
 * folder goes to its machine as a whole; the secrets in it are encrypted with one password, which is
 * not among the files.
 */

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { base58Encode } from '#core/crypto/base58.ts';
import { EXIT_CODE } from '#node/exit-code.ts';
import { CommandFailure } from './command-failure.ts';
import { composeFile, systemdUnit } from './deployment-files.ts';
import { checkAdminKey, genesisOf, readGenesisPattern } from './genesis-pattern.ts';
import { choosePassword, type PasswordFlags } from './key-options.ts';
import { makeKey } from './keys-new.ts';
import { refuseIfUsed, requireValid, writeNodeFiles } from './node-files.ts';
import { print, printTable } from './output.ts';

const VALIDATORS_DEFAULT = 4;
const VALIDATORS_MAX = 64;
const P2P_PORT = 30000;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})(:[0-9]{1,5})?$/;

export type TestnetFlags = PasswordFlags & {
  readonly dataDir: string;
  readonly network: string;
  readonly shards: number;
  readonly adminKey?: string;
  readonly validators?: number;
  readonly hosts?: readonly string[];
};

export async function initTestnet(flags: TestnetFlags): Promise<void> {
  const directory = resolve(flags.dataDir);
  const addresses = addressesOf(flags);
  const folders = addresses.map((_, index) => `validator-${index}`);
  refuseIfUsed(directory, [...folders, 'compose.yaml']);
  checkAdminKey(flags.adminKey);
  const pattern = readGenesisPattern(flags.network);
  requireValid({ assignments: [`shards=${flags.shards}`] });
  const password = await choosePassword(flags);
  const pairs = addresses.map(() => makeKey('ed25519'));
  const keys = pairs.map(({ publicKey }) => publicKey);
  const genesis = genesisOf(pattern, keys, flags.adminKey);
  for (const [index, pair] of pairs.entries()) {
    const folder = join(directory, folders[index] ?? '');
    const announce = addresses[index] ?? '';
    const peers = addresses.filter((_, other) => other !== index);
    const settings = {
      shards: flags.shards,
      // Observers that know one of them learn the others.
      p2p: { host: '0.0.0.0', port: portOf(announce), announce, peers },
    };
    writeNodeFiles(folder, { settings, genesis, pair, password, passwordFile: null });
    writeFileSync(join(folder, 'iostd.service'), systemdUnit(index), { flag: 'wx' });
  }
  writeFileSync(join(directory, 'compose.yaml'), composeFile(folders), { flag: 'wx' });
  printTable(
    folders.map((folder, index) => [
      join(directory, folder),
      `${addresses[index]}, public key ${base58Encode(keys[index] ?? new Uint8Array())}`,
    ]),
  );
  if (flags.adminKey === undefined) {
    print('The keys of admin and the test accounts are published: give --admin-key for real use.');
  }
  print('Each folder goes to its machine: iostd.service in it says how to run it there.');
  print(`On one machine with Docker: see the head of ${join(directory, 'compose.yaml')}`);
}

/** "host:port" of each validator. */
function addressesOf({ hosts, validators }: TestnetFlags): readonly string[] {
  const count = validators ?? hosts?.length ?? VALIDATORS_DEFAULT;
  if (!Number.isInteger(count) || count < 1 || count > VALIDATORS_MAX) {
    throw usage(`--validators must be a whole number from 1 to ${VALIDATORS_MAX}`);
  }
  const names = hosts ?? Array.from({ length: count }, (_, index) => `validator-${index}`);
  if (names.length !== count) throw usage(`${count} validators need ${count} --hosts`);
  const wrong = names.find((name) => !HOST.test(name));
  if (wrong !== undefined) throw usage(`--hosts: "${wrong}" is neither "host" nor "host:port"`);
  const addresses = names.map((name) => (name.includes(':') ? name : `${name}:${P2P_PORT}`));
  if (new Set(addresses).size === count) return addresses;
  throw usage('--hosts: two validators have the same address');
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

function usage(message: string): CommandFailure {
  return new CommandFailure(message, {
    fix: 'see iostd init --help',
    exitCode: EXIT_CODE.usage,
  });
}
