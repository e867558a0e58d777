import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signEd25519, verifyEd25519With } from '#core/crypto/ed25519.ts';
import { ed25519Backends } from '#core/crypto/ed25519-backend.ts';
import { passesEd25519Precheck } from '#core/crypto/ed25519-precheck.ts';
import { ed25519KeyPair } from '#core/crypto/key-pair.ts';
import { secp256k1Backends } from '#core/crypto/secp256k1.ts';
import { SignatureSelfTestFailure, selfTestSignatures } from '#core/crypto/signature-self-test.ts';
import { ED25519_VECTORS } from '#core/crypto/signature-vectors.ts';
import {
  concat,
  type Ed25519Case,
  halfSmallOrderCases,
  mutatedCases,
  smallOrderEncodings,
  torsionCase,
} from '#test/support/signature-edge-cases.ts';

const backends = ed25519Backends();

test('the native library loads here, so the fast path is what the tests test', () => {
  assert.deepEqual(
    backends.map((backend) => backend.name),
    ['sodium', 'node:crypto', 'noble'],
  );
  assert.equal(secp256k1Backends()[0]?.name, 'libsecp256k1');
});

test('all small-order keys with all small-order nonces are refused by the bytes alone', () => {
  const encodings = smallOrderEncodings();
  assert.equal(encodings.length, 14);
  for (const publicKey of encodings) {
    for (const nonce of encodings) {
      const signature = concat(nonce, new Uint8Array(32));
      assert.equal(passesEd25519Precheck(signature, publicKey), false);
    }
  }
});

test('an S at or above the group order is refused by the bytes alone', () => {
  const refused = mutatedCases().filter(({ name }) => name.startsWith('S '));
  assert.equal(refused.length, 3);
  for (const { signature, publicKey } of refused) {
    assert.equal(passesEd25519Precheck(signature, publicKey), false);
  }
});

test('one side of small order is refused although the equation may hold', () => {
  for (const edge of halfSmallOrderCases()) assertVerdict(edge);
});

test('mutations of an honest signature', () => {
  for (const edge of mutatedCases()) assertVerdict(edge);
});

test('torsion parts: the equation has no cofactor, and all libraries agree case by case', () => {
  const seen = { valid: 0, invalid: 0 };
  for (let index = 0; index < 40; index++) {
    const edge = torsionCase(index, index % 8, (index * 5) % 8);
    assertVerdict(edge);
    seen[edge.valid ? 'valid' : 'invalid'] += 1;
  }
  assert.ok(seen.valid > 5 && seen.invalid > 10, JSON.stringify(seen));
});

test('the frozen vectors hold both verdicts on torsion, and every library passes the self-test', () => {
  const torsion = ED25519_VECTORS.filter((vector) => vector.name.startsWith('torsion'));
  assert.deepEqual(new Set(torsion.map((vector) => vector.valid)), new Set([true, false]));
  selfTestSignatures();
  selfTestSignatures({ ed25519: backends, secp256k1: secp256k1Backends() });
});

test('the self-test names a library that accepts too much or too little', () => {
  const lax = { name: 'lax', holds: () => true };
  const closed = { name: 'closed', holds: () => false };
  assert.throws(() => selfTestSignatures({ ed25519: [lax] }), SignatureSelfTestFailure);
  assert.throws(() => selfTestSignatures({ ed25519: [closed] }), /closed .* must be accepted/);
  assert.throws(() => selfTestSignatures({ secp256k1: [lax] }), SignatureSelfTestFailure);
});

test('RFC 8032 test 1: empty message', () => {
  const pair = ed25519KeyPair(
    bytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
  );
  assert.equal(
    hex(pair.publicKey),
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
  assert.equal(
    hex(signEd25519(new Uint8Array(0), pair.secretKey)),
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
});

function assertVerdict(edge: Ed25519Case): void {
  for (const backend of backends) {
    const verdict = verifyEd25519With(backend, edge.signature, edge.message, edge.publicKey);
    assert.equal(verdict, edge.valid, `${backend.name}: ${edge.name}`);
  }
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
