import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { ed25519KeyPair } from '#core/crypto/key-pair.ts';
import { runCli } from '#test/support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'iostd-cli-keys-'));
after(() => rmSync(folder, { recursive: true }));

const options = { cwd: folder, environment: { IOSTD_PASSWORD: 'correct horse' } };

test('keys new and show: an encrypted private file, whose secret needs the password', async () => {
  const made = await runCli(['keys', 'new', '--out', 'a.json'], options);
  assert.equal(made.code, 0, made.stderr);
  const publicKey = /^public key +(\S+)$/m.exec(made.stdout)?.[1];
  assert.equal(statSync(join(folder, 'a.json')).mode & 0o777, 0o600);
  const shown = await runCli(['keys', 'show', 'a.json'], { cwd: folder });
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, new RegExp(`^public key +${publicKey}$`, 'm'));
  assert.doesNotMatch(shown.stdout, /secret/);
  const secret = await runCli(['keys', 'show', 'a.json', '--secret'], options);
  assert.match(secret.stdout, /^secret key +[1-9A-Za-z]{80,90}$/m);
  const locked = await runCli(['keys', 'show', 'a.json', '--secret'], { cwd: folder });
  assert.equal(locked.code, 1);
  assert.match(locked.stderr, /a password is needed: give --password-file or IOSTD_PASSWORD/);
  const again = await runCli(['keys', 'new', '--out', 'a.json'], options);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /exists already and is not overwritten/);
});

test('keys new --import: keeps a given key; the file with it must be private', async () => {
  const pair = ed25519KeyPair(new Uint8Array(32).fill(5));
  const path = join(folder, 'b.secret');
  writeFileSync(path, base58Encode(pair.secretKey), { mode: 0o600 });
  const args = ['keys', 'new', '--import', path, '--out', 'b.json'];
  const made = await runCli(args, options);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, new RegExp(base58Encode(pair.publicKey)));
  writeFileSync(join(folder, 'open.secret'), base58Encode(pair.secretKey), { mode: 0o644 });
  const open = await runCli(['keys', 'new', '--import', 'open.secret', '--out', 'c.json'], options);
  assert.equal(open.code, 1);
  assert.match(open.stderr, /mode 0644.*\nfix: run: chmod 600 open\.secret/);
});

test('keys new: secp256k1 keys too; short passwords are refused', async () => {
  const args = ['keys', 'new', '--algorithm', 'secp256k1', '--out', 's.json'];
  const made = await runCli(args, options);
  assert.match(made.stdout, /^algorithm +secp256k1$/m);
  const short = { cwd: folder, environment: { IOSTD_PASSWORD: '1234567' } };
  const refused = await runCli(['keys', 'new', '--out', 't.json'], short);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /less than 8 characters/);
  assert.throws(() => statSync(join(folder, 't.json')), { code: 'ENOENT' });
});
