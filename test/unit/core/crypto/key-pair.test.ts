import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base58Decode, base58Encode } from '#core/crypto/base58.ts';
import { verifyEd25519 } from '#core/crypto/ed25519.ts';
import { sha3 } from '#core/crypto/hash.ts';
import {
  algorithmOfPublicKey,
  keyPairOfText,
  signDigest,
  signerOfSeed,
} from '#core/crypto/key-pair.ts';
import { secp256k1Coordinates } from '#core/crypto/secp256k1.ts';
import { verifySignature } from '#core/crypto/signature.ts';

test('the secp256k1 vector of the reference node (go-iost §1.1)', () => {
  const parsed = keyPairOfText('secp256k1', '3W7YGWd2XjuMVSP2wEhTnGaPs6S5A9UpHpDSyLMc2xYb');
  assert.ok(parsed.ok);
  const pair = parsed.value;
  assert.equal(base58Encode(pair.publicKey), 'mN6t6fLnSW2iYx7QkCVFZMDseCU2BjednbfCF7NeXcPj');
  const signature = signDigest(pair, sha3('hello world'));
  assert.equal(
    base58Encode(signature),
    '41cAgE8u93ha5zDp5aqPyxvVSHN7G5mocZMgkyedpg1WdaNqN72KAndw8Bv7SpGGmxYy28XXiF28WyCHDn8AFDzv',
  );
  for (const algorithm of [0, 1, 3, 255]) {
    assert.ok(verifySignature(algorithm, sha3('hello world'), signature, pair.publicKey));
  }
  assert.ok(!verifySignature(2, sha3('hello world'), signature, pair.publicKey));
  assert.equal(algorithmOfPublicKey(pair.publicKey), 'secp256k1');
});

test('an ed25519 secret must end in its own public key', () => {
  const text =
    '1rANSfcRzr4HkhbUFZ7L1Zp69JZZHiDDq5v7dNSbbEqeU4jxy3fszV4HGiaLQEyqVpS1dKT9g7zCVRxBVzuiUzB';
  const parsed = keyPairOfText('ed25519', text);
  assert.ok(parsed.ok);
  assert.equal(
    base58Encode(parsed.value.publicKey),
    '6sNQa7PV2SFzqCBtQUcQYJGGoU7XaB6R4xuCQVXNZe6b',
  );
  const forged = (base58Decode(text) as Uint8Array).slice();
  forged[63] = (forged[63] as number) ^ 1;
  const refused = keyPairOfText('ed25519', base58Encode(forged));
  assert.ok(!refused.ok && refused.failure.code === 'key.mismatch');
});

test('secrets of wrong text, length or range are refused', () => {
  const refusals = [
    keyPairOfText('ed25519', 'not base58 0OIl'),
    keyPairOfText('ed25519', base58Encode(new Uint8Array(32).fill(1))),
    keyPairOfText('secp256k1', base58Encode(new Uint8Array(64).fill(1))),
    keyPairOfText('secp256k1', base58Encode(new Uint8Array(32))),
    keyPairOfText('secp256k1', base58Encode(new Uint8Array(32).fill(0xff))),
  ];
  assert.deepEqual(
    refusals.map((refusal) => (refusal.ok ? 'ok' : refusal.failure.code)),
    ['key.text', 'key.secret', 'key.secret', 'key.secret', 'key.secret'],
  );
});

test('a signer signs messages of any length as they are', () => {
  const signer = signerOfSeed(new Uint8Array(32).fill(7));
  const message = new TextEncoder().encode('a vote');
  assert.ok(verifyEd25519(signer.sign(message), message, signer.publicKey));
});

test('the coordinates of a compressed secp256k1 key are those of the curve', () => {
  const generator = Buffer.from(
    '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
    'hex',
  );
  const coordinates = secp256k1Coordinates(new Uint8Array(generator));
  assert.equal(
    Buffer.from(coordinates as Uint8Array).toString('hex'),
    '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
  );
  assert.equal(secp256k1Coordinates(new Uint8Array(33)), undefined);
});
