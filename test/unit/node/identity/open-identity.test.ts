import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { ed25519KeyPair, keyPairOfSecret } from '#core/crypto/key-pair.ts';
import { encryptKey, writeKeystore } from '#node/identity/keystore.ts';
import { openIdentity } from '#node/identity/open-identity.ts';
import { StartRefusal } from '#node/start-refusal.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-identity-'));
after(() => rmSync(folder, { recursive: true }));

const PASSWORD = 'correct horse';
const pair = ed25519KeyPair(new Uint8Array(32).fill(7));
const keystore = join(folder, 'key.json');
writeKeystore(keystore, encryptKey(pair, PASSWORD));

const identity = { keystore, passwordFile: null, devSecretKey: null };
const refusal = (cause: RegExp, fix: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StartRefusal);
  assert.match(error.message, cause);
  assert.match(error.fix, fix);
  assert.equal(error.exitCode, 78);
  return true;
};

test('identity: the password comes from the environment, or first from a file', async () => {
  assert.deepEqual(await openIdentity(identity, { IOSTD_PASSWORD: PASSWORD }), pair);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\nmore\n`);
  assert.deepEqual(
    await openIdentity({ ...identity, passwordFile }, { IOSTD_PASSWORD: 'x' }),
    pair,
  );
});

test('identity: the dev key needs no password', async () => {
  const devSecretKey = base58Encode(pair.secretKey);
  assert.deepEqual(await openIdentity({ ...identity, keystore: null, devSecretKey }, {}), pair);
  const cut = devSecretKey.slice(0, -2);
  const broken = openIdentity({ ...identity, keystore: null, devSecretKey: cut }, {});
  await assert.rejects(broken, refusal(/devSecretKey/, /ed25519 secret key/));
});

test('identity: each refusal says what to do', async () => {
  const absent = openIdentity({ ...identity, keystore: join(folder, 'absent') }, {});
  await assert.rejects(absent, refusal(/there is no file/, /iostd keys new --out .*absent/));
  const wrong = openIdentity(identity, { IOSTD_PASSWORD: 'wrong' });
  await assert.rejects(wrong, refusal(/password is wrong/, /check the password/));
  const passwordFile = join(folder, 'no-password');
  const lost = openIdentity({ ...identity, passwordFile }, {});
  await assert.rejects(lost, refusal(/password file cannot be read/, /identity\.passwordFile/));
  chmodSync(keystore, 0o644);
  const open = openIdentity(identity, { IOSTD_PASSWORD: PASSWORD });
  await assert.rejects(open, refusal(/mode 0644/, /chmod 600/));
  chmodSync(keystore, 0o600);
});

test('identity: blocks are not signed with secp256k1', async () => {
  const other = keyPairOfSecret('secp256k1', new Uint8Array(32).fill(9));
  assert.ok(other.ok);
  const path = join(folder, 'secp.json');
  writeKeystore(path, encryptKey(other.value, PASSWORD));
  const opened = openIdentity({ ...identity, keystore: path }, { IOSTD_PASSWORD: PASSWORD });
  await assert.rejects(opened, refusal(/secp256k1/, /keys new/));
});
