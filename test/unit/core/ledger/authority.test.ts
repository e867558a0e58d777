/** Who may act for whom (spec go-iost §1.5, §9.4). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { keyPairOfText } from '#core/crypto/key-pair.ts';
import { secp256k1Coordinates } from '#core/crypto/secp256k1.ts';
import type { Account } from '#core/ledger/accounts.ts';
import { type AuthorityQuestion, authorize } from '#core/ledger/authority.ts';
import type { PermissionItem } from '#core/ledger/native/account-record.ts';
import { TransactionAuthority } from '#core/ledger/transaction-authority.ts';

const BYTES = 100;

const rawKey = (name: string) => sha3(`key ${name}`);
const key = (name: string, weight = 1): PermissionItem => ({
  id: base58Encode(rawKey(name)),
  is_key_pair: true,
  weight,
});
const other = (id: string, permission: string, weight = 1): PermissionItem => ({
  id,
  permission,
  is_key_pair: false,
  weight,
});

type Permissions = Record<
  string,
  { items: PermissionItem[]; threshold?: number; groups?: string[] }
>;

function account(
  id: string,
  permissions: Permissions,
  groups: Record<string, PermissionItem[]> = {},
): Account {
  return {
    bytes: BYTES,
    record: {
      id,
      referrer: '',
      permissions: Object.fromEntries(
        Object.entries(permissions).map(([name, { items, threshold = 1, groups = [] }]) => [
          name,
          { name, groups, items, threshold },
        ]),
      ),
      groups: Object.fromEntries(
        Object.entries(groups).map(([name, items]) => [name, { name, items }]),
      ),
    },
  };
}

type Signing = { publisher?: string; signers?: string[]; signed?: string[]; published?: string[] };

function ask(
  question: AuthorityQuestion,
  [id, permission]: [string, string],
  accounts: Account[],
  { publisher = 'publisher', signers = [], signed = [], published = [] }: Signing,
): [granted: boolean, gas: number] {
  const signature = (name: string) => ({
    algorithm: 2,
    signature: new Uint8Array(64),
    publicKey: rawKey(name),
  });
  const transaction = {
    publisher,
    signers,
    signatures: signed.map(signature),
    publisherSignatures: published.map(signature),
  } as unknown as Transaction;
  const find = (name: string) => accounts.find(({ record }) => record.id === name);
  const answer = authorize(question, id, permission, new TransactionAuthority(transaction), find);
  return [answer.granted, answer.gas];
}

const ALICE = account('alice', { active: { items: [key('a')] }, owner: { items: [key('o')] } });

test('a declared permission is held by contracts at the price of one step', () => {
  const signing = { signers: ['alice@transfer'] };
  assert.deepEqual(ask('contract', ['alice', 'transfer'], [], signing), [true, 10]);
  assert.deepEqual(ask('contract', ['alice', 'active'], [], { publisher: 'alice' }), [true, 10]);
});

test('keys count for nothing when a contract asks', () => {
  const signing = { signed: ['a'], published: ['a'] };
  assert.deepEqual(ask('contract', ['alice', 'active'], [ALICE], signing), [false, 2 * BYTES]);
});

test('an undefined permission is the active one; reading it is not charged twice', () => {
  const signing = { signers: ['alice@active'] };
  assert.deepEqual(ask('contract', ['alice', 'transfer'], [ALICE], signing), [true, 10]);
});

test('active falls back to owner, owner to nothing', () => {
  const signing = { signers: ['alice@owner'] };
  assert.deepEqual(ask('contract', ['alice', 'active'], [ALICE], signing), [true, BYTES + 10]);
  const active = { signers: ['alice@active'] };
  assert.deepEqual(ask('contract', ['alice', 'owner'], [ALICE], active), [false, BYTES]);
});

test('a custom permission falls back to active', () => {
  const bob = account('bob', {
    custom: { items: [key('c')] },
    active: { items: [key('a')] },
    owner: { items: [key('o')] },
  });
  const signing = { signers: ['bob@active'] };
  assert.deepEqual(ask('contract', ['bob', 'custom'], [bob], signing), [true, BYTES + 10]);
});

test('an item may name the permission of another account', () => {
  const bob = account('bob', {
    active: { items: [other('alice', 'active')] },
    owner: { items: [key('o')] },
  });
  const signing = { signers: ['alice@active'] };
  assert.deepEqual(ask('contract', ['bob', 'active'], [ALICE, bob], signing), [true, BYTES + 10]);
  assert.deepEqual(ask('signer', ['bob', 'active'], [ALICE, bob], { signed: ['a'] }), [
    true,
    2 * BYTES,
  ]);
});

test('a signer may sign with any signature, a publisher only with its own', () => {
  assert.equal(ask('signer', ['alice', 'active'], [ALICE], { signed: ['a'] })[0], true);
  assert.equal(ask('signer', ['alice', 'active'], [ALICE], { published: ['a'] })[0], true);
  assert.equal(ask('publisher', ['alice', 'active'], [ALICE], { signed: ['a'] })[0], false);
  assert.equal(ask('publisher', ['alice', 'active'], [ALICE], { published: ['a'] })[0], true);
  assert.equal(ask('publisher', ['alice', 'active'], [ALICE], { published: ['o'] })[0], true);
  assert.equal(ask('publisher', ['alice', 'active'], [ALICE], { published: ['x'] })[0], false);
});

test('declaring a permission proves nothing about signatures', () => {
  const signing = { signers: ['alice@active'] };
  assert.equal(ask('signer', ['alice', 'active'], [ALICE], signing)[0], false);
});

test('weights add up to the threshold, groups included', () => {
  const shared = account(
    'shared',
    {
      active: { items: [key('a', 2), key('b', 2)], threshold: 5, groups: ['team', 'gone'] },
      owner: { items: [], threshold: 100 },
    },
    { team: [key('c', 1)] },
  );
  const holds = (signed: string[]) => ask('signer', ['shared', 'active'], [shared], { signed })[0];
  assert.equal(holds(['a', 'b']), false);
  assert.equal(holds(['a', 'c']), false);
  assert.equal(holds(['a', 'b', 'c']), true);
});

test('a threshold of nothing is always reached', () => {
  const open = account('open', { active: { items: [], threshold: 0 } });
  assert.equal(ask('signer', ['open', 'active'], [open], {})[0], true);
});

test('accounts that name each other end the search', () => {
  const left = account('left', { active: { items: [other('right', 'active')] } });
  const right = account('right', { active: { items: [other('left', 'active')] } });
  assert.equal(ask('signer', ['left', 'active'], [left, right], { signed: ['a'] })[0], false);
});

test('an unknown account holds nothing', () => {
  assert.deepEqual(ask('signer', ['nobody', 'active'], [], { signed: ['a'] }), [false, 1]);
});

test('names that every object has are no permissions', () => {
  assert.equal(ask('signer', ['alice', 'constructor'], [ALICE], { signed: ['a'] })[0], true);
  const bare = account('bare', {});
  assert.equal(ask('signer', ['bare', 'constructor'], [bare], { signed: ['a'] })[0], false);
});

test('an address is held by the secp256k1 key that it stands for', () => {
  const pair = keyPairOfText('secp256k1', '546aCDG9igGgZqVZeybajaorP5ZeF9ghLu2oLncXk3d6');
  assert(pair.ok);
  const coordinates = secp256k1Coordinates(pair.value.publicKey);
  assert(coordinates !== undefined);
  const address = `0x${Buffer.from(sha3(coordinates).subarray(12)).toString('hex')}`;
  const ask = (publicKey: Uint8Array) => {
    const signature = { algorithm: 1, signature: new Uint8Array(64), publicKey };
    const transaction = {
      publisher: address,
      signers: [],
      signatures: [],
      publisherSignatures: [signature],
    } as unknown as Transaction;
    const record = account(address, {});
    const authority = new TransactionAuthority(transaction);
    return authorize('publisher', address, 'active', authority, () => record).granted;
  };
  assert.equal(ask(pair.value.publicKey), true);
  assert.equal(ask(rawKey('other')), false);
});

test('the keys of a transaction by level, the publisher first', () => {
  const signature = (name: string) => ({
    algorithm: 2,
    signature: new Uint8Array(64),
    publicKey: rawKey(name),
  });
  const transaction = {
    publisher: 'p',
    signers: [],
    signatures: [signature('a'), signature('b')],
    publisherSignatures: [signature('b')],
  } as unknown as Transaction;
  const authority = new TransactionAuthority(transaction);
  assert.deepEqual(
    [...authority.keys()].sort(),
    [
      [base58Encode(rawKey('a')), 1],
      [base58Encode(rawKey('b')), 2],
    ].sort(),
  );
  assert.equal(authority.keyLevel('not base58 0OIl'), 0);
});

test('a permission that rests on a long chain of accounts is held up to a bound', () => {
  const chain = (length: number): Account[] => [
    ...Array.from({ length }, (_, index) =>
      account(`acc${index}`, { active: { items: [other(`acc${index + 1}`, 'active')] } }),
    ),
    account(`acc${length}`, { active: { items: [key('end')] } }),
  ];
  const held = (length: number): boolean =>
    ask('signer', ['acc0', 'active'], chain(length), { signed: ['end'] })[0];
  assert.equal(held(200), true);
  // Unbounded, the recursion would overflow the stack and take the shard with it.
  assert.equal(held(20_000), false);
});
