/** `iostd keys show`: the public side of a keystore, and on request the secret one. */

import type { Command } from 'commander';
import { base58Encode } from '#core/crypto/base58.ts';
import { readKeystore } from '#node/identity/keystore.ts';
import { keyFailure, openKey, type PasswordFlags, withPasswordOption } from './key-options.ts';
import { printTable } from './output.ts';

type Flags = PasswordFlags & { readonly secret?: boolean };

export function addKeysShow(keys: Command): void {
  withPasswordOption(keys.command('show'))
    .description('print the public key of a keystore')
    .argument('[file]', 'the keystore', 'key.json')
    .option('--secret', 'print the secret key too, in base58; this asks for the password')
    .action(showKey);
}

async function showKey(path: string, flags: Flags): Promise<void> {
  const keystore = readKeystore(path);
  if (!keystore.ok) throw keyFailure(path, keystore.failure);
  const { algorithm, publicKey } = keystore.value;
  const rows: (readonly [string, string])[] = [
    ['algorithm', algorithm],
    ['public key', publicKey],
  ];
  if (flags.secret === true) {
    const pair = await openKey({ ...flags, keystore: path, algorithm });
    rows.push(['secret key', base58Encode(pair.secretKey)]);
  }
  printTable(rows);
}
