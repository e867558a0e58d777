import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { ed25519KeyPair, keyPairOfSecret } from '#core/crypto/key-pair.ts';
import type { Result } from '#core/result.ts';
import {
  decryptKey,
  encryptKey,
  type Keystore,
  readKeystore,
  writeKeystore,
} from '#node/identity/keystore.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-keystore-'));
after(() => rmSync(folder, { recursive: true }));

const PASSWORD = 'correct horse';
const pair = ed25519KeyPair(new Uint8Array(32).fill(7));
const keystore = encryptKey(pair, PASSWORD);

function code(result: Result<unknown>): string {
  assert.ok(!result.ok, 'must be refused');
  return result.failure.code;
}

test('keystore: the right password gives the key back', () => {
  assert.deepEqual(decryptKey(keystore, PASSWORD), { ok: true, value: pair });
  assert.equal(keystore.publicKey, base58Encode(pair.publicKey));
  assert.ok(!JSON.stringify(keystore).includes(base58Encode(pair.secretKey)));
});

test('keystore: secp256k1 keys are kept too', () => {
  const secret = keyPairOfSecret('secp256k1', new Uint8Array(32).fill(9));
  assert.ok(secret.ok);
  assert.deepEqual(decryptKey(encryptKey(secret.value, PASSWORD), PASSWORD), secret);
});

test('keystore: a wrong password and any changed field are refused', () => {
  assert.equal(code(decryptKey(keystore, `${PASSWORD}!`)), 'keystore.password');
  const other = base58Encode(ed25519KeyPair(new Uint8Array(32).fill(8)).publicKey);
  assert.equal(code(decryptKey({ ...keystore, publicKey: other }, PASSWORD)), 'keystore.password');
  const secp: Keystore = { ...keystore, algorithm: 'secp256k1' };
  assert.equal(code(decryptKey(secp, PASSWORD)), 'keystore.password');
  const cipher = { ...keystore.cipher, tag: 'AAAA' };
  assert.equal(code(decryptKey({ ...keystore, cipher }, PASSWORD)), 'keystore.form');
});

test('keystore: composed and decomposed letters are one password', () => {
  const composed = encryptKey(pair, 'pässword');
  assert.ok(decryptKey(composed, 'pa\u0308ssword').ok);
});

test('keystore: files are private, and never overwritten', () => {
  const path = join(folder, 'sub', 'key.json');
  assert.ok(writeKeystore(path, keystore).ok);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'sub')).mode & 0o777, 0o700);
  assert.deepEqual(readKeystore(path), { ok: true, value: keystore });
  assert.equal(code(writeKeystore(path, keystore)), 'keystore.exists');
});

test('keystore: a file that others may read or write is refused', () => {
  const path = join(folder, 'open.json');
  assert.ok(writeKeystore(path, keystore).ok);
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    chmodSync(path, mode);
    assert.equal(code(readKeystore(path)), 'keystore.mode', mode.toString(8));
  }
  chmodSync(path, 0o400);
  assert.ok(readKeystore(path).ok);
});

test('keystore: absent, foreign and costly files are refused', () => {
  assert.equal(code(readKeystore(join(folder, 'absent'))), 'keystore.absent');
  assert.equal(code(readKeystore(folder)), 'keystore.file');
  const costly = { ...keystore, kdf: { ...keystore.kdf, cost: 2 ** 30 } };
  const contents = ['', '{}', '[1]', 'null', JSON.stringify({ ...keystore, more: 1 })];
  for (const [index, content] of [...contents, JSON.stringify(costly)].entries()) {
    const path = join(folder, `foreign-${index}.json`);
    writeFileSync(path, content, { mode: 0o600 });
    assert.equal(code(readKeystore(path)), 'keystore.form', content);
  }
});
