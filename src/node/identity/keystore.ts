/**
 * An encrypted secret key as a JSON file: scrypt from the password, AES-256-GCM over the secret,
 * with algorithm and public key authenticated beside it, so that nobody can swap either. The public
 * key stands in plain text: showing it needs no password.
 *
 * Files are made with mode 0600 and never overwritten; reading one that others may read is refused.
 */

import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { type KeyPair, keyPairOfSecret } from '#core/crypto/key-pair.ts';
import { ok, type Rejection, type Result, reject } from '#core/result.ts';

/** 128 MiB and about a third of a second per guess. */
const SCRYPT = { cost: 2 ** 17, blockSize: 8, parallelization: 1 } as const;
const SCRYPT_MEMORY_BYTES_MAX = 2 ** 28;
const KEY_BYTES = 32;
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FILE_BYTES_MAX = 65_536;
const OTHERS_MASK = 0o077;
export const PASSWORD_LENGTH_MIN = 8;

const base64 = v.pipe(v.string(), v.base64());
const keystoreSchema = v.strictObject({
  version: v.literal(1),
  algorithm: v.picklist(['ed25519', 'secp256k1']),
  publicKey: v.string(),
  kdf: v.strictObject({
    name: v.literal('scrypt'),
    // Only what we write: a foreign file must not make us spend minutes or gigabytes.
    cost: v.literal(SCRYPT.cost),
    blockSize: v.literal(SCRYPT.blockSize),
    parallelization: v.literal(SCRYPT.parallelization),
    salt: base64,
  }),
  cipher: v.strictObject({ name: v.literal('aes-256-gcm'), iv: base64, tag: base64, text: base64 }),
});

export type Keystore = v.InferOutput<typeof keystoreSchema>;

/** `password` in any length from `PASSWORD_LENGTH_MIN`; the caller has checked that. */
export function encryptKey(pair: KeyPair, password: string): Keystore {
  const publicKey = base58Encode(pair.publicKey);
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(password, salt), iv);
  cipher.setAAD(associatedData(pair.algorithm, publicKey));
  const text = Buffer.concat([cipher.update(pair.secretKey), cipher.final()]);
  return {
    version: 1,
    algorithm: pair.algorithm,
    publicKey,
    kdf: { name: 'scrypt', ...SCRYPT, salt: salt.toString('base64') },
    cipher: {
      name: 'aes-256-gcm',
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      text: text.toString('base64'),
    },
  };
}

/** Refusals: `keystore.password` (wrong, or the file was changed), `keystore.form`. */
export function decryptKey(keystore: Keystore, password: string): Result<KeyPair> {
  const iv = Buffer.from(keystore.cipher.iv, 'base64');
  const tag = Buffer.from(keystore.cipher.tag, 'base64');
  const salt = Buffer.from(keystore.kdf.salt, 'base64');
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES || salt.length !== SALT_BYTES) {
    return malformed('a field has a wrong length');
  }
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(password, salt), iv, options);
  decipher.setAAD(associatedData(keystore.algorithm, keystore.publicKey)).setAuthTag(tag);
  const secret = decipher.update(Buffer.from(keystore.cipher.text, 'base64'));
  try {
    decipher.final();
  } catch {
    return reject('keystore.password', 'the password is wrong, or the file was changed');
  }
  const pair = keyPairOfSecret(keystore.algorithm, new Uint8Array(secret));
  if (!pair.ok) return pair;
  const publicKey = base58Decode(keystore.publicKey);
  const same = publicKey !== undefined && Buffer.compare(publicKey, pair.value.publicKey) === 0;
  return same ? pair : malformed('the public key is not that of the secret key');
}

/** Makes the file and its folders; refuses to replace one. Durable when it returns. */
export function writeKeystore(path: string, keystore: Keystore): Result<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(file, `${JSON.stringify(keystore, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return reject('keystore.file', messageOf(error));
    return reject('keystore.exists', `${path} exists already and is not overwritten`);
  }
}

/** Refusals: `keystore.absent`, `keystore.mode`, `keystore.file`, `keystore.form`. */
export function readKeystore(path: string): Result<Keystore> {
  const text = readPrivateFile(path);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    return malformed('it is not JSON');
  }
  const parsed = v.safeParse(keystoreSchema, value);
  if (parsed.success) return ok(parsed.output);
  return malformed(`${v.getDotPath(parsed.issues[0]) ?? 'the whole'} is not as expected`);
}

/**
 * The text of a file that only its owner may read. Mode and content are taken from one open file,
 * so that no other file can be put in between.
 */
export function readPrivateFile(path: string): Result<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return reject('keystore.file', messageOf(error));
    return reject('keystore.absent', `there is no file ${path}`);
  }
  try {
    const status = fstatSync(file);
    const mode = status.mode & 0o777;
    if (!status.isFile()) return reject('keystore.file', `${path} is not a file`);
    if (status.size > FILE_BYTES_MAX) return reject('keystore.file', `${path} is too large`);
    if ((mode & OTHERS_MASK) !== 0) {
      return reject('keystore.mode', `${path} has mode 0${mode.toString(8)}: others may use it`);
    }
    return ok(readFileSync(file, 'utf8'));
  } catch (error) {
    return reject('keystore.file', messageOf(error));
  } finally {
    closeSync(file);
  }
}

function deriveKey(password: string, salt: Uint8Array): Buffer {
  // NFKC: the same characters typed on another keyboard must give the same bytes.
  const options = { ...SCRYPT, maxmem: SCRYPT_MEMORY_BYTES_MAX };
  return scryptSync(password.normalize('NFKC'), salt, KEY_BYTES, options);
}

function associatedData(algorithm: string, publicKey: string): Buffer {
  return Buffer.from(`iost-node keystore 1 ${algorithm} ${publicKey}`);
}

function malformed(reason: string): { readonly ok: false; readonly failure: Rejection } {
  return reject('keystore.form', `the keystore cannot be used: ${reason}`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
