/** `iostd keys new`: makes a key, or takes one in base58, and keeps it in an encrypted file. */

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { base58Encode } from '#core/crypto/base58.ts';
import {
  ed25519KeyPair,
  type KeyAlgorithm,
  type KeyPair,
  keyPairOfSecret,
  keyPairOfText,
} from '#core/crypto/key-pair.ts';
import { encryptKey, readPrivateFile, writeKeystore } from '#node/identity/keystore.ts';
import { CommandFailure } from './command-failure.ts';
import {
  algorithmOption,
  choosePassword,
  keyFailure,
  type PasswordFlags,
  withPasswordOption,
} from './key-options.ts';
import { printTable } from './output.ts';

type Flags = PasswordFlags & {
  readonly out: string;
  readonly algorithm: KeyAlgorithm;
  readonly import?: string;
};

export function addKeysNew(keys: Command): void {
  withPasswordOption(keys.command('new'))
    .description('make a key and keep it in an encrypted file')
    .option('--out <file>', 'the file to write', 'key.json')
    .option('--import <file>', 'keep the base58 secret key in this file (mode 0600) instead')
    .addOption(algorithmOption())
    .addHelpText('after', EXAMPLES)
    .action(newKey);
}

const EXAMPLES = `
Examples:
  $ iostd keys new --out alice.json
  $ iostd keys new --import admin.secret --out admin.json --password-file password.txt`;

async function newKey(flags: Flags): Promise<void> {
  const pair = flags.import === undefined ? makeKey(flags.algorithm) : importKey(flags);
  const path = resolve(flags.out);
  const password = await choosePassword(flags);
  const written = writeKeystore(path, encryptKey(pair, password));
  if (!written.ok) throw keyFailure(path, written.failure);
  printTable([
    ['file', path],
    ['algorithm', pair.algorithm],
    ['public key', base58Encode(pair.publicKey)],
  ]);
}

/** A fresh key. One secp256k1 secret in 2^127 is out of range; then another is drawn. */
export function makeKey(algorithm: KeyAlgorithm): KeyPair {
  if (algorithm === 'ed25519') return ed25519KeyPair(new Uint8Array(randomBytes(32)));
  for (;;) {
    const pair = keyPairOfSecret(algorithm, new Uint8Array(randomBytes(32)));
    if (pair.ok) return pair.value;
  }
}

function importKey(flags: Flags): KeyPair {
  const path = flags.import ?? '';
  const text = readPrivateFile(path);
  if (!text.ok) throw keyFailure(path, text.failure);
  const pair = keyPairOfText(flags.algorithm, text.value.trim());
  if (pair.ok) return pair.value;
  throw new CommandFailure(pair.failure.message, { fix: 'check the file and --algorithm' });
}
