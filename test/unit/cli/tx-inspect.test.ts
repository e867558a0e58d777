import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  encodeBase,
  encodePublish,
  SIGNATURE_ALGORITHM,
  type Signature,
  type Transaction,
} from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ed25519KeyPair, signDigest } from '#core/crypto/key-pair.ts';
import { writeTransactionJson } from '#io/rpc/transaction-json.ts';
import { runCli } from '#test/support/run-cli.ts';

type Vector = {
  readonly name: string;
  readonly base_hash_hex: string;
  readonly publish_hash_hex: string;
  readonly publisher_sigs: readonly { readonly algorithm: string }[];
  readonly wire: { readonly body: string };
  readonly derived: { readonly tx_hash_hex: string; readonly tx_hash_base58: string };
};

const file = new URL('../../conformance/vectors/iostjs-transactions.json', import.meta.url);
const vectors: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8')).transactions;

async function inspect(body: string) {
  const run = await runCli(['tx', 'inspect', '--json', '-'], { input: body });
  assert.equal(run.code, 0, run.stderr);
  return JSON.parse(run.stdout);
}

const validity = (signatures: readonly { readonly valid: boolean }[]) =>
  signatures.map((each) => each.valid);

const INSPECTED = [
  ['transfer_chain1020', [true]],
  ['publisher_secp256k1', [true]],
  ['server_time_diff_positive', [true]],
  ['secp_short_signature', [false]],
  ['gas_limit_sub_hundredth', [false]],
] as const;

for (const [name, valid] of INSPECTED) {
  test(`tx inspect: ${name}: hashes of the client, signature ${valid}`, async () => {
    const vector = vectors.find((each) => each.name === name);
    assert.ok(vector);
    const seen = await inspect(vector.wire.body);
    assert.deepEqual(validity(seen.publisher_sigs), valid);
    assert.equal(seen.publisher_sigs[0].algorithm, vector.publisher_sigs[0]?.algorithm);
    if (name === 'gas_limit_sub_hundredth') return;
    assert.equal(seen.base_hash_hex, vector.base_hash_hex);
    assert.equal(seen.publish_hash_hex, vector.publish_hash_hex);
    assert.equal(seen.tx_hash_hex, vector.derived.tx_hash_hex);
    assert.equal(seen.tx_hash_base58, vector.derived.tx_hash_base58);
  });
}

test('tx inspect: signers are judged over the base hash, the publisher over the publish hash', async () => {
  const pair = ed25519KeyPair(new Uint8Array(32).fill(3));
  const signed = (digest: Uint8Array): Signature => ({
    algorithm: SIGNATURE_ALGORITHM.ed25519,
    signature: signDigest(pair, digest),
    publicKey: pair.publicKey,
  });
  const unsigned: Transaction = {
    time: 1n,
    expiration: 2n,
    gasRatio: 100n,
    gasLimit: 100n,
    delay: 0n,
    chainId: 1020,
    signers: ['alice@active'],
    actions: [],
    amountLimits: [],
    signatures: [],
    publisher: 'admin',
    publisherSignatures: [],
  };
  const ofSigner = { ...unsigned, signatures: [signed(sha3(encodeBase(unsigned)))] };
  const digest = sha3(encodePublish(ofSigner));
  const seen = await inspect(
    writeTransactionJson({
      ...ofSigner,
      publisherSignatures: [signed(digest), signed(sha3(encodeBase(unsigned)))],
    }),
  );
  assert.deepEqual(validity(seen.signatures), [true]);
  assert.deepEqual(validity(seen.publisher_sigs), [true, false]);
});

test('tx inspect: what is no body is refused with the reason', async () => {
  const run = await runCli(['tx', 'inspect', '--json', '-'], { input: '{"time":1.5}' });
  assert.equal(run.code, 1);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /error: this is no sendTx body: time must be an integer\nfix: /);
  const absent = await runCli(['tx', 'inspect', '--json', '/nonexistent']);
  assert.match(absent.stderr, /cannot be read: ENOENT/);
  assert.equal((await runCli(['tx', 'inspect'])).code, 64);
});
