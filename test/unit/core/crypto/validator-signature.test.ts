import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { verifyValidatorSignature } from '#core/crypto/validator-signature.ts';

const { publicKey, sign } = signerOfSeed(new Uint8Array(32).fill(7));
const other = signerOfSeed(new Uint8Array(32).fill(8));
const message = new Uint8Array(32).fill(1);

test('a signature that is remembered is good for nothing but its own key and message', () => {
  const signature = sign(message);
  for (let time = 0; time < 2; time++) {
    assert.ok(verifyValidatorSignature(publicKey, message, signature));
    assert.ok(!verifyValidatorSignature(other.publicKey, message, signature));
    assert.ok(
      !verifyValidatorSignature(
        publicKey,
        message.map((byte) => byte ^ 1),
        signature,
      ),
    );
    for (let at = 0; at < signature.length; at++) {
      const changed = signature.with(at, (signature[at] as number) ^ 1);
      assert.ok(!verifyValidatorSignature(publicKey, message, changed), `byte ${at}`);
    }
  }
});

test('what is remembered cannot be cut at other places', () => {
  const signature = sign(message);
  assert.ok(verifyValidatorSignature(publicKey, message, signature));
  const bytes = Uint8Array.of(...signature, ...publicKey, ...message);
  for (const [first, second] of [
    [63, 96],
    [63, 95],
    [65, 97],
    [65, 96],
    [64, 95],
    [64, 97],
    [0, 96],
  ] as const) {
    const parts = [bytes.slice(first, second), bytes.slice(second), bytes.slice(0, first)] as const;
    assert.ok(!verifyValidatorSignature(...parts), `${first} and ${second}`);
  }
});
