/** The options that choose a key to sign with, and a password to open or close a keystore with. */

import { type Command, Option } from 'commander';
import { type KeyAlgorithm, type KeyPair, keyPairOfText } from '#core/crypto/key-pair.ts';
import {
  decryptKey,
  PASSWORD_LENGTH_MIN,
  readKeystore,
  readPrivateFile,
} from '#node/identity/keystore.ts';
import { obtainPassword } from '#node/identity/password.ts';
import { CommandFailure } from './command-failure.ts';

export type KeyFlags = {
  readonly keystore?: string;
  readonly secretFile?: string;
  readonly algorithm: KeyAlgorithm;
  readonly passwordFile?: string;
};

export type PasswordFlags = { readonly passwordFile?: string };

export function algorithmOption(): Option {
  return new Option('--algorithm <name>', 'algorithm of the key')
    .choices(['ed25519', 'secp256k1'])
    .default('ed25519');
}

export function withPasswordOption(command: Command): Command {
  const description =
    'file whose first line is the password; else IOSTD_PASSWORD, else you are asked';
  return command.option('--password-file <file>', description);
}

/** Adds `--keystore --secret-file --algorithm --password-file` to a command that signs. */
export function withKeyOptions(command: Command): Command {
  return withPasswordOption(
    command
      .option('--keystore <file>', 'encrypted key to sign with, as made by `iostd keys new`')
      .option('--secret-file <file>', 'or a file (mode 0600) with the secret key in base58')
      .addOption(algorithmOption()),
  );
}

export async function openKey(flags: KeyFlags): Promise<KeyPair> {
  if ((flags.keystore === undefined) === (flags.secretFile === undefined)) {
    throw new CommandFailure('a key to sign with is needed', {
      fix: 'give either --keystore or --secret-file',
    });
  }
  return flags.keystore === undefined
    ? readSecret(flags.secretFile ?? '', flags.algorithm)
    : openKeystoreFile(flags.keystore, flags);
}

/** A password for a new keystore: from a terminal it is asked twice. */
export async function choosePassword(flags: PasswordFlags): Promise<string> {
  const password = await passwordFrom(flags, 'New password: ');
  if (password.length < PASSWORD_LENGTH_MIN) {
    throw new CommandFailure(`the password has less than ${PASSWORD_LENGTH_MIN} characters`, {
      fix: 'choose a longer one; whoever gets the file may guess for years',
    });
  }
  const typed = flags.passwordFile === undefined && process.env['IOSTD_PASSWORD'] === undefined;
  if (typed && (await passwordFrom(flags, 'The same again: ')) !== password) {
    throw new CommandFailure('the two passwords differ', { fix: 'try again' });
  }
  return password;
}

async function openKeystoreFile(path: string, flags: PasswordFlags): Promise<KeyPair> {
  const keystore = readKeystore(path);
  if (!keystore.ok) throw keyFailure(path, keystore.failure);
  const password = await passwordFrom(flags, `Password of ${path}: `);
  const pair = decryptKey(keystore.value, password);
  if (!pair.ok) throw keyFailure(path, pair.failure);
  return pair.value;
}

function readSecret(path: string, algorithm: KeyAlgorithm): KeyPair {
  const text = readPrivateFile(path);
  if (!text.ok) throw keyFailure(path, text.failure);
  const pair = keyPairOfText(algorithm, text.value.trim());
  if (!pair.ok) throw keyFailure(path, pair.failure);
  return pair.value;
}

async function passwordFrom(flags: PasswordFlags, prompt: string): Promise<string> {
  const source = { file: flags.passwordFile ?? null, environment: process.env };
  const password = await obtainPassword(source, prompt);
  if (password.ok) return password.value;
  throw new CommandFailure(password.failure.message);
}

/** The refusals of keystores and private files with the way out of each. */
export function keyFailure(
  path: string,
  failure: { readonly code: string; readonly message: string },
): CommandFailure {
  const fixes: Readonly<Record<string, string>> = {
    'keystore.mode': `run: chmod 600 ${path}`,
    'keystore.absent': 'make one with: iostd keys new',
    'keystore.exists': 'choose another name with --out',
    'keystore.password': 'check the password; a lost one cannot be recovered',
  };
  const fix = fixes[failure.code];
  return new CommandFailure(failure.message, fix === undefined ? {} : { fix });
}
