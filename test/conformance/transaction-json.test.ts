/**
 * Every sendTx body that the published `iost` package was recorded to send must give exactly the
 * bytes and the hash that the reference node computes from it (vectors/iostjs-transactions.json).
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeBase, encodePublish, encodeTransaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { readTransactionJson, writeTransactionJson } from '#io/rpc/transaction-json.ts';

type Vector = {
  readonly name: string;
  readonly base_bytes_hex: string;
  readonly publish_bytes_hex: string;
  readonly wire: { readonly body: string };
  readonly derived: {
    readonly full_bytes_hex: string;
    readonly tx_hash_hex: string;
    readonly tx_hash_base58: string;
  };
};

const file = new URL('vectors/iostjs-transactions.json', import.meta.url);
const vectors: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8')).transactions;

/** Bodies that the reference node's JSON parser refuses although the client signed something. */
const REFUSED = new Map([
  ['lone_surrogate', /surrogate/],
  ['amount_limit_number_value', /amount_limit\[0\]\.value must be a string/],
]);
/** The client signs other gas than it sends, so only the unsigned rest can agree (quirk 4). */
const SIGNED_OTHERWISE = new Set(['gas_limit_sub_hundredth']);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const vector of vectors) {
  const refused = REFUSED.get(vector.name);
  test(`sendTx body: ${vector.name}: ${refused ? 'refused' : 'same bytes and hash'}`, () => {
    const result = readTransactionJson(bytes(vector.wire.body));
    if (refused !== undefined) {
      assert.ok(!result.ok);
      assert.match(result.failure.message, refused);
      return;
    }
    assert.ok(result.ok, result.ok ? '' : result.failure.message);
    const transaction = result.value;
    if (SIGNED_OTHERWISE.has(vector.name)) {
      assert.equal(transaction.gasLimit, 1_234_567n);
      return;
    }
    assert.equal(hex(encodeBase(transaction)), vector.base_bytes_hex);
    assert.equal(hex(encodePublish(transaction)), vector.publish_bytes_hex);
    const full = encodeTransaction(transaction);
    assert.equal(hex(full), vector.derived.full_bytes_hex);
    assert.equal(hex(sha3(full)), vector.derived.tx_hash_hex);
    assert.equal(base58Encode(sha3(full)), vector.derived.tx_hash_base58);
    const again = readTransactionJson(bytes(writeTransactionJson(transaction)));
    assert.ok(again.ok);
    assert.deepEqual(encodeTransaction(again.value), full);
  });
}
