import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readCarried, writeCarried } from '#core/atomix/carried-account.ts';
import { decodeWith } from '#core/chain/binary-reader.ts';
import { BinaryWriter } from '#core/chain/binary-writer.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { gasOf, gasValue } from '#core/ledger/gas.ts';
import {
  accountRecordText,
  addGroup,
  newAccountRecord,
} from '#core/ledger/native/account-record.ts';
import { sliceKey } from '#core/ledger/ram-slice.ts';
import {
  accountKey,
  balanceKey,
  freezeKey,
  gasKey,
  tokenIndexKey,
  usedRamKey,
} from '#core/ledger/state-key.ts';
import { encodeStateValue, type StateValue } from '#core/ledger/state-value.ts';

type State = Map<string, StateValue | undefined>;

const KEY = new Uint8Array(32).fill(7);
const OTHER_KEY = new Uint8Array(33).fill(3);

function there(account: string, state: State): State {
  const bytes = writeCarried(new BinaryWriter(), { account, state }).finish();
  const read = decodeWith(bytes, readCarried);
  assert.ok(read !== undefined);
  assert.equal(read.account, account);
  const again = writeCarried(new BinaryWriter(), read).finish();
  assert.deepEqual(again, bytes, 'one form only');
  return new Map(read.state);
}

/** As they are stored: a value may be of a class of its own in memory. */
function stored(state: State): readonly unknown[] {
  return [...state].map(([key, value]) => [
    key,
    value === undefined ? undefined : encodeStateValue(value),
  ]);
}

const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const int = integer.map((value): StateValue => ({ kind: 'int', value, payer: 'token.iost' }));
const text = fc
  .tuple(fc.constantFrom('string' as const, 'json' as const), fc.string(), fc.string())
  .map(([kind, value, payer]): StateValue => ({ kind, value, payer }));
const gas = fc
  .tuple(integer, integer, integer, integer)
  .map(([total, limit, stock, updatedAt]) => gasValue({ total, limit, stock, updatedAt }));

describe('an account that travels with its transaction', () => {
  test('arrives as it was sent', () => {
    const account = fc.stringMatching(/^[a-z0-9_]{5,11}$/);
    const token = fc.oneof(fc.constantFrom('iost', 'ram'), fc.stringMatching(/^[a-z]{2,16}$/));
    const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
    const entry = fc.oneof(
      fc.tuple(token, maybe(int)).map(
        ([t, v]) =>
          (id: string) =>
            [balanceKey(id, t), v] as const,
      ),
      fc.tuple(token, maybe(text)).map(
        ([t, v]) =>
          (id: string) =>
            [freezeKey(id, t), v] as const,
      ),
      maybe(text).map((v) => (id: string) => [tokenIndexKey(id), v] as const),
      maybe(int).map((v) => (id: string) => [usedRamKey(id), v] as const),
      maybe(int).map((v) => (id: string) => [sliceKey(id), v] as const),
      maybe(gas).map((v) => (id: string) => [gasKey(id), v] as const),
    );
    fc.assert(
      fc.property(account, fc.array(entry), (id, entries) => {
        const state: State = new Map(entries.map((make) => make(id)));
        assert.deepEqual(stored(there(id, state)), stored(state));
      }),
    );
  });

  const signUp = newAccountRecord('user_0', 'admin', base58Encode(OTHER_KEY), base58Encode(KEY));
  const groups = addGroup(signUp, 'friends');
  assert.ok(groups.ok);
  const records: readonly (readonly [string, string, boolean])[] = [
    ['of sign-up', accountRecordText(signUp), true],
    ['of another order', JSON.stringify({ ...signUp, id: 'user_0', referrer: '' }), true],
    ['of somebody else', accountRecordText({ ...signUp, id: 'user_1' }), false],
    ['with a group', accountRecordText(groups.value), false],
    ['with a space', accountRecordText(signUp).replace('{', '{ '), false],
    ['with keys that are none', accountRecordText(newAccountRecord('user_0', '', 'I', 'O')), false],
    ['of nothing', '{}', false],
  ];
  for (const [name, value, isShort] of records) {
    test(`a record ${name}`, () => {
      const record: StateValue = { kind: 'json', value, payer: 'user_9' };
      const state: State = new Map([[accountKey('user_0'), record]]);
      const size = writeCarried(new BinaryWriter(), { account: 'user_0', state }).length;
      assert.equal(size < 130, isShort || value === '{}', `${size} bytes`);
      // Twice: what was read before is known.
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(stored(there('user_0', state)), stored(state));
      }
    });
  }

  test('a record that has changed is not taken for the one before', () => {
    for (const key of [KEY, OTHER_KEY, new Uint8Array(32)]) {
      const value = accountRecordText(newAccountRecord('user_0', '', 'x1', base58Encode(key)));
      for (const kind of ['json', 'string'] as const) {
        const state: State = new Map([[accountKey('user_0'), { kind, value, payer: 'a' }]]);
        assert.deepEqual(stored(there('user_0', state)), stored(state));
      }
    }
  });

  test('gas is read as it was', () => {
    const record = { total: 1n, limit: 2n ** 62n, stock: 3n, updatedAt: 0n };
    const state: State = new Map([[gasKey('user_0'), gasValue(record)]]);
    assert.deepEqual(gasOf(there('user_0', state).get(gasKey('user_0'))), record);
  });

  test('what is of another account, or carried twice, is refused', () => {
    const write = (state: State) => writeCarried(new BinaryWriter(), { account: 'user_0', state });
    assert.throws(() => write(new Map([[balanceKey('user_1', 'iost'), undefined]])));
    const bytes = write(new Map([[gasKey('user_0'), undefined]])).finish();
    const twice = Uint8Array.of(...bytes, ...bytes.subarray(-2));
    twice[4 + 'user_0'.length + 3] = 2;
    assert.equal(decodeWith(twice, readCarried), undefined);
  });
});
