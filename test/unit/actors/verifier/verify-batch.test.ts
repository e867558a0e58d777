import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VERIFY_BATCH_TRANSACTIONS_MAX } from '#actors/verifier/protocol.ts';
import { VerificationSlot } from '#actors/verifier/verification-slot.ts';
import { rejectionOf, VERDICT, verifyBatch } from '#actors/verifier/verify-batch.ts';
import { encodeTransaction } from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import {
  encodedTransfer,
  keyPairNamed,
  recordedTransactions,
  signedTransfer,
} from '#test/support/signed-transactions.ts';

const network = { chainId: 1020, shards: ShardMap.balanced(4) };

function verdictsOf(transactions: readonly Uint8Array[]): number[] {
  const slot = new VerificationSlot();
  for (const transaction of transactions) assert.ok(slot.add(transaction));
  verifyBatch(slot, network);
  return transactions.map((transaction, index) => {
    const id = new Uint8Array(32);
    slot.copyIdTo(id, 0, index);
    assert.deepEqual(id, sha3(transaction));
    return slot.verdictAt(index);
  });
}

test('the recorded client transactions: only the 63-byte signature is refused', () => {
  const recorded = recordedTransactions();
  const refused = verdictsOf(recorded.map(({ bytes }) => bytes)).map((verdict, index) => [
    recorded[index]?.name,
    verdict,
  ]);
  assert.deepEqual(
    refused.filter(([, verdict]) => verdict !== VERDICT.good),
    [['secp_short_signature', VERDICT.publisherError]],
  );
});

test('one batch holds every verdict, and bad neighbours do not disturb good ones', () => {
  const good = encodedTransfer('alice');
  const signed = signedTransfer('alice', { signers: ['carol@owner', 'dave@active'] });
  const [first, second] = signed.signatures;
  assert.ok(first !== undefined && second !== undefined);
  const swapped = [{ ...first, publicKey: second.publicKey }, second];
  const twice = signedTransfer('alice', {
    publisherKeys: [keyPairNamed('alice'), keyPairNamed('alice2')],
  });
  const lastOfTwo = twice.publisherSignatures[1];
  assert.ok(lastOfTwo !== undefined);
  const flipped = lastOfTwo.signature.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
  const huge = signedTransfer('alice', {
    fields: { actions: [{ contract: 'c', actionName: 'a', data: 'x'.repeat(70_000) }] },
  });
  const cases: readonly (readonly [Uint8Array, number])[] = [
    [good, VERDICT.good],
    [new Uint8Array(0), VERDICT.malformed],
    [good.subarray(0, good.length - 1), VERDICT.malformed],
    [new Uint8Array([...good, 0]), VERDICT.malformed],
    [encodeTransaction(signed), VERDICT.good],
    [encodeTransaction({ ...signed, signatures: swapped }), VERDICT.signerError],
    // Signers' signatures are part of what the publisher signs.
    [encodeTransaction({ ...signed, signatures: [second, first] }), VERDICT.publisherError],
    [encodedTransfer('alice', { publisherKeys: [] }), VERDICT.publisherEmpty],
    [encodeTransaction(twice), VERDICT.good],
    [
      encodeTransaction({
        ...twice,
        publisherSignatures: [
          ...twice.publisherSignatures.slice(0, 1),
          { ...lastOfTwo, signature: flipped },
        ],
      }),
      VERDICT.publisherError,
    ],
    // Neither signature covers the publisher's name: authority is the shard's to check.
    [encodeTransaction({ ...signedTransfer('alice'), publisher: 'mallory' }), VERDICT.good],
    [encodeTransaction(huge), VERDICT.tooLarge],
    [encodedTransfer('bob'), VERDICT.good],
  ];
  assert.deepEqual(
    verdictsOf(cases.map(([bytes]) => bytes)),
    cases.map(([, verdict]) => verdict),
  );
});

test('a transaction goes to the shard of its publisher', () => {
  const slot = new VerificationSlot();
  const names = ['alice', 'bob', 'carol', 'dave'];
  for (const name of names) slot.add(encodedTransfer(name));
  verifyBatch(slot, network);
  assert.deepEqual(
    names.map((_, index) => slot.shardAt(index)),
    [2, 0, 2, 1],
  );
});

test('what the shard would refuse whatever the time is not called sound', () => {
  const transfer = (data: string) =>
    encodedTransfer('alice', {
      fields: { actions: [{ contract: 'token.iost', actionName: 'transfer', data }] },
    });
  const cases: readonly (readonly [Uint8Array, boolean])[] = [
    [encodedTransfer('alice'), true],
    [encodedTransfer('alice', { fields: { chainId: 1023 } }), false],
    [encodedTransfer('alice', { fields: { delay: 1n } }), false],
    [encodedTransfer('alice', { fields: { gasLimit: 1n } }), false],
    [transfer('["iost","alice","bob","1e3",""]'), false],
    [transfer('["iost","alice","bob","1"]'), false],
    [transfer('not an array'), false],
  ];
  const slot = new VerificationSlot();
  for (const [bytes] of cases) slot.add(bytes);
  verifyBatch(slot, network);
  for (const [index, [, sound]] of cases.entries()) {
    assert.equal(slot.verdictAt(index), VERDICT.good, `signatures of ${index}`);
    assert.equal(slot.isSoundAt(index), sound, `case ${index}`);
  }
});

test('a slot takes what fits and says no to the rest, and is empty when cleared', () => {
  const slot = new VerificationSlot();
  for (let index = 0; index < VERIFY_BATCH_TRANSACTIONS_MAX; index++) {
    assert.ok(slot.add(new Uint8Array([index & 255])));
  }
  assert.ok(!slot.add(new Uint8Array([1])));
  slot.clear();
  assert.equal(slot.count, 0);
  assert.equal(slot.bytes, 0);
  const quarter = new Uint8Array(64 * 1024).fill(7);
  for (let index = 0; index < 4; index++) assert.ok(slot.add(quarter));
  assert.ok(!slot.add(new Uint8Array(1)));
  assert.deepEqual(slot.transactions(), [quarter, quarter, quarter, quarter]);
  assert.ok(slot.transactions()[0]?.buffer instanceof ArrayBuffer, 'out of shared memory');
});

test('rejections carry the words that IOST clients know', () => {
  const messages = [
    VERDICT.tooLarge,
    VERDICT.malformed,
    VERDICT.signerError,
    VERDICT.publisherEmpty,
    VERDICT.publisherError,
  ].map((verdict) => rejectionOf(verdict, 70_000).message);
  assert.deepEqual(messages, [
    'VerifyError tx size illegal, should <= 65536, got 70000',
    'VerifyError the bytes are not a transaction',
    'VerifyError signer error',
    'VerifyError publisher empty error',
    'VerifyError publisher error',
  ]);
});
