/**
 * The key this node produces blocks with: the decrypted keystore, or on the dev network the
 * published key from the configuration.
 */

import { algorithmOfPublicKey, type KeyPair, keyPairOfText } from '#core/crypto/key-pair.ts';
import type { NodeConfig } from '../config/schema.ts';
import { StartRefusal } from '../start-refusal.ts';
import { decryptKey, readKeystore } from './keystore.ts';
import { obtainPassword } from './password.ts';

/** What to do about each refusal of the keystore. */
const FIXES = new Map<string, (path: string) => string>([
  ['keystore.absent', (path) => `make one with: iostd keys new --out ${path}`],
  ['keystore.mode', (path) => `run: chmod 600 ${path}`],
  ['keystore.password', () => 'check the password; a lost one cannot be recovered'],
  ['keystore.form', () => 'restore the file from a backup'],
  ['keystore.file', () => 'check that the node may read identity.keystore'],
]);

/** Asks for the password if it must; throws `StartRefusal` with the way out. */
export async function openIdentity(
  identity: NodeConfig['identity'],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<KeyPair> {
  const pair =
    identity.keystore === null
      ? openDevKey(identity.devSecretKey ?? '')
      : await openKeystore(identity.keystore, identity.passwordFile, environment);
  if (algorithmOfPublicKey(pair.publicKey) === 'ed25519') return pair;
  throw new StartRefusal('blocks are signed with ed25519, and this is a secp256k1 key', {
    fix: 'make one with: iostd keys new',
  });
}

function openDevKey(text: string): KeyPair {
  const pair = keyPairOfText('ed25519', text);
  if (pair.ok) return pair.value;
  throw new StartRefusal(`identity.devSecretKey: ${pair.failure.message}`, {
    fix: 'give an ed25519 secret key of 64 bytes in base58, or a keystore',
  });
}

async function openKeystore(
  path: string,
  passwordFile: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<KeyPair> {
  const refuse = (failure: { readonly code: string; readonly message: string }): StartRefusal =>
    new StartRefusal(`identity.keystore: ${failure.message}`, {
      fix: FIXES.get(failure.code)?.(path) ?? 'see iostd keys --help',
    });
  const keystore = readKeystore(path);
  if (!keystore.ok) throw refuse(keystore.failure);
  const source = { file: passwordFile, environment };
  const password = await obtainPassword(source, `Password of ${path}: `);
  if (!password.ok) {
    throw new StartRefusal(password.failure.message, { fix: 'set identity.passwordFile' });
  }
  const pair = decryptKey(keystore.value, password.value);
  if (!pair.ok) throw refuse(pair.failure);
  return pair.value;
}
