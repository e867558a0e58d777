import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeTransaction, type Transaction } from '#core/chain/transaction.ts';
import { readTransactionJson, writeTransactionJson } from '#io/rpc/transaction-json.ts';

const parse = (text: string) => readTransactionJson(new TextEncoder().encode(text));

function read(text: string): Transaction {
  const result = parse(text);
  assert.ok(result.ok, result.ok ? '' : result.failure.message);
  return result.value;
}

test('transaction json: java spelling: snake case, numeric enum, unknown fields', () => {
  const transaction = read(
    '{"gas_limit":1000000.0,"gas_ratio":1.0,"hash":"","referred_tx":"","reserved":[],"time":"5",' +
      '"signatures":[{"algorithm":2,"signature":"AQ==","public_key":"Ag=="}],"chain_id":1020}',
  );
  assert.equal(transaction.gasLimit, 100_000_000n);
  assert.equal(transaction.gasRatio, 100n);
  assert.equal(transaction.time, 5n);
  assert.equal(transaction.chainId, 1020);
  assert.deepEqual(transaction.signatures, [
    { algorithm: 2, signature: new Uint8Array([1]), publicKey: new Uint8Array([2]) },
  ]);
});

test('transaction json: an empty body is the empty transaction', () => {
  const transaction = read('{}');
  assert.equal(transaction.time, 0n);
  assert.deepEqual(transaction.actions, []);
  assert.equal(transaction.publisher, '');
});

test('transaction json: gas is truncated to hundredths in doubles, never rounded', () => {
  const ratio = (json: string) => read(`{"gasRatio":${json}}`).gasRatio;
  assert.equal(ratio('1.15'), 114n);
  assert.equal(ratio('2.29'), 229n);
  assert.equal(ratio('"1.15"'), 114n);
  assert.equal(read('{"gas_limit":12345.678}').gasLimit, 1234567n);
  assert.equal(read('{"gas_limit":-0.009}').gasLimit, 0n);
  for (const json of ['"NaN"', '"Infinity"', '1e300']) assert.equal(ratio(json), -(2n ** 63n));
});

test('transaction json: chain ids beyond 32 bits are refused, all of 32 bits are kept', () => {
  assert.equal(read('{"chain_id":4294967295}').chainId, -1);
  for (const json of ['4294967296', '-1', '1.5']) assert.ok(!parse(`{"chain_id":${json}}`).ok);
});

test('transaction json: an amount limit given as a number is refused', () => {
  assert.ok(!parse('{"amount_limit":[{"token":"iost","value":12.5}]}').ok);
});

test('transaction json: any body ends in a transaction or a coded refusal', () => {
  const codes = new Set(['json-invalid', 'json-field']);
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      const result = parse(text);
      assert.ok(result.ok || codes.has(result.failure.code));
    }),
  );
});

const signature = fc.record({
  algorithm: fc.integer({ min: 0, max: 255 }),
  signature: fc.uint8Array({ maxLength: 70 }),
  publicKey: fc.uint8Array({ maxLength: 40 }),
});
const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed());
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const hundredths = fc.bigInt({ min: 0n, max: 400_000_000n });
const transactions: fc.Arbitrary<Transaction> = fc.record({
  time: int64,
  expiration: int64,
  gasRatio: hundredths,
  gasLimit: hundredths,
  delay: int64,
  chainId: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  signers: fc.array(text, { maxLength: 3 }),
  actions: fc.array(fc.record({ contract: text, actionName: text, data: text }), { maxLength: 3 }),
  amountLimits: fc.array(fc.record({ token: text, value: text }), { maxLength: 3 }),
  signatures: fc.array(signature, { maxLength: 3 }),
  publisher: text,
  publisherSignatures: fc.array(signature, { maxLength: 3 }),
});

test('transaction json: what is written is read back to the same bytes', () => {
  fc.assert(
    fc.property(transactions, (transaction) => {
      const again = read(writeTransactionJson(transaction));
      assert.deepEqual(encodeTransaction(again), encodeTransaction(transaction));
    }),
    { numRuns: 300 },
  );
});
