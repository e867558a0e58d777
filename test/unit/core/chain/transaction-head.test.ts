import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTransaction, encodeTransaction } from '#core/chain/transaction.ts';
import { readTransactionHead } from '#core/chain/transaction-head.ts';
import { recordedTransactions, signedTransfer } from '#test/support/signed-transactions.ts';

function assertHeadIsOf(bytes: Uint8Array): void {
  const transaction = decodeTransaction(bytes);
  assert.ok(transaction !== undefined);
  const { actions, time, expiration, gasRatio, gasLimit, publisher } = transaction;
  const sole = actions.length === 1 ? actions[0] : undefined;
  assert.deepEqual(readTransactionHead(bytes), {
    bytes,
    time,
    expiration,
    gasRatio,
    gasLimit,
    publisher,
    soleContract: sole?.contract ?? '',
    soleDataBytes: Buffer.byteLength(sole?.data ?? ''),
  });
}

test('the head of a recorded transaction is what decoding finds', () => {
  for (const { bytes } of recordedTransactions()) assertHeadIsOf(bytes);
});

test('whatever lies between them, the fields of the head are found', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const fields = fc.record({
    time: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    gasLimit: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    actions: fc.array(fc.record({ contract: text, actionName: text, data: text }), {
      maxLength: 3,
    }),
    amountLimits: fc.array(fc.record({ token: text, value: text }), { maxLength: 3 }),
    publisher: text,
  });
  const signers = fc.array(fc.constantFrom('carol@owner', 'dave@active'), { maxLength: 3 });
  fc.assert(
    fc.property(fields, signers, (values, names) => {
      const signed = signedTransfer('alice', { signers: names });
      assertHeadIsOf(encodeTransaction({ ...signed, ...values }));
    }),
  );
});
