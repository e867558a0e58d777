/** The key that alone holds `active` is taken from a record exactly where it really does. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { readAccount } from '#core/ledger/accounts.ts';
import { accountKey } from '#core/ledger/state-key.ts';
import type { StateValue } from '#core/ledger/state-value.ts';

const raw = sha3('key');
const KEY = { id: base58Encode(raw), is_key_pair: true, weight: 100 };
const OTHER = { id: 'bob', permission: 'active', is_key_pair: false, weight: 100 };

function activeKey(id: string, permissions: unknown): Uint8Array | undefined {
  const text = JSON.stringify({ id, referrer: '', permissions, groups: {} });
  const value: StateValue = { kind: 'string', value: text, payer: id };
  return readAccount({ get: (key) => (key === accountKey(id) ? value : undefined) }, id)?.activeKey;
}

const active = (items: unknown, threshold = 100) => ({
  active: { name: 'active', items, threshold },
});

test('one key that reaches the threshold is the active key, whatever follows it', () => {
  assert.deepEqual(activeKey('alice', active([KEY])), raw);
  assert.deepEqual(activeKey('alice', active([KEY, OTHER])), raw);
});

test('no active key where more than the first key decides', () => {
  assert.equal(activeKey('alice', active([KEY], 101)), undefined);
  assert.equal(activeKey('alice', active([OTHER, KEY])), undefined);
  assert.equal(activeKey('alice', active([])), undefined);
  assert.equal(activeKey('alice', active(null)), undefined);
  assert.equal(activeKey('alice', {}), undefined);
  assert.equal(activeKey(`0x${'ab'.repeat(20)}`, active([KEY])), undefined);
});
