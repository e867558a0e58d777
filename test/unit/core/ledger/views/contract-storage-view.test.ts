import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gasValue } from '#core/ledger/gas.ts';
import { gasKey } from '#core/ledger/state-key.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import {
  batchContractStorage,
  contractStorage,
  listContractStorage,
  mapFields,
} from '#core/ledger/views/contract-storage-view.ts';
import { twoChainSource } from '#test/support/view-source.ts';

const text = (value: string): StateValue => ({ kind: 'string', value, payer: 'p' });
const int = (value: bigint): StateValue => ({ kind: 'int', value, payer: 'p' });

const SHARD = new Map<string, StateValue>([
  ['b-ContractX-greeting', text('hello')],
  ['m-ContractX-map', text('@b@a')],
  ['m-ContractX-map-a', text('1')],
  ['m-ContractX-map-b', text('2')],
  ['m-ContractX-other-c', text('3')],
  ['m-token.iost-TBgas.iost-iost', int(30n)],
  ['m-token.iost-TBuser_0-iost', int(7n)],
  ['m-token.iost-TBuser_0-ram', int(90n)],
  ['x-lent-user_0', { kind: 'json', value: '[[1,"10"],[255,"5"]]', payer: 'p' }],
  ['m-token.iost-TFuser_0-iost', { kind: 'json', value: '[{"Amount":1,"Ftime":2}]', payer: 'p' }],
  ['m-gas.iost-user_0gp', text('@user_0')],
  ['m-gas.iost-user_0gp-user_0', { kind: 'decimal', value: 150n, scale: 2, payer: 'p' }],
  ['m-auth.iost-auth-user_0', text('{}')],
  [gasKey('user_0'), gasValue({ total: 1n, limit: 30_000n, stock: 200n, updatedAt: 99n })],
]);

const ROOT = new Map<string, StateValue>([
  ['m-token.iost-TBgas.iost-iost', int(12n)],
  ['m-gas.iost-user_0gp', text('@user_1')],
  ['m-token.iost-TIiost-canTransfer', { kind: 'bool', value: true, payer: 'p' }],
  ['b-ram.iost-leftSpace', text('123')],
]);

const SOURCE = twoChainSource(SHARD, ROOT);
const read = (id: string, key: string, field = ''): string =>
  contractStorage(SOURCE, id, key, field);

describe('contract storage as clients read it', () => {
  test('text comes as it is, everything else as JSON', () => {
    assert.equal(read('ContractX', 'greeting'), 'hello');
    assert.equal(read('ContractX', 'nothing'), 'null');
    assert.equal(read('ContractX', 'map', 'a'), '1');
    assert.equal(read('token.iost', 'TBuser_0', 'iost'), '7');
    assert.equal(read('token.iost', 'TBuser_0', 'ram'), '105', 'with what is on lease');
    assert.equal(read('token.iost', 'TIiost', 'canTransfer'), 'true');
    assert.equal(read('gas.iost', 'user_0gp', 'user_0'), '{"Value":150,"Scale":2}');
    const frozen = Buffer.from('[{"Amount":1,"Ftime":2}]').toString('base64');
    assert.equal(read('token.iost', 'TFuser_0', 'iost'), `"${frozen}"`);
  });

  test('state of the root and pools of all chains are found', () => {
    assert.equal(read('ram.iost', 'leftSpace'), '123');
    assert.equal(read('token.iost', 'TBgas.iost', 'iost'), '42');
  });

  test('the gas record answers under the four keys of the reference', () => {
    assert.equal(read('gas.iost', 'user_0gl'), '{"Value":30000,"Scale":2}');
    assert.equal(read('gas.iost', 'user_0gs'), '{"Value":200,"Scale":2}');
    assert.equal(read('gas.iost', 'user_0gu'), '99');
    assert.equal(read('gas.iost', 'user_1gl'), 'null');
    assert.equal(read('gas.iost', 'user_0xx'), 'null');
  });

  test('fields come in their order, over all chains where each lists its own', () => {
    assert.deepEqual(mapFields(SOURCE, 'ContractX', 'map'), ['b', 'a']);
    assert.deepEqual(mapFields(SOURCE, 'ContractX', 'none'), []);
    assert.deepEqual(mapFields(SOURCE, 'gas.iost', 'user_0gp'), ['user_0', 'user_1']);
    assert.deepEqual(mapFields(SOURCE, 'auth.iost', 'auth'), ['user_0']);
  });

  test('a batch is cut at 50', () => {
    const keys = Array.from({ length: 60 }, () => ({ key: 'map', field: 'a' }));
    assert.equal(batchContractStorage(SOURCE, 'ContractX', keys).length, 50);
  });

  test('lists have bounds, a prefix and a limit', () => {
    const base = { id: 'ContractX', from: '', to: '', prefix: '', space: 'MAP', limit: 0 } as const;
    const keysOf = (change: Partial<typeof base> | { readonly limit: number }): unknown => {
      const listed = listContractStorage(SOURCE, { ...base, ...change });
      return listed.ok ? listed.value.map((entry) => entry.key) : listed.failure.message;
    };
    assert.deepEqual(keysOf({}), ['map', 'map-a', 'map-b', 'other-c']);
    assert.deepEqual(keysOf({ limit: 2 }), ['map', 'map-a']);
    assert.deepEqual(keysOf({ prefix: 'map-' } as never), ['map-a', 'map-b']);
    assert.deepEqual(keysOf({ from: 'map-b', to: 'other-c' } as never), ['map-b']);
    assert.deepEqual(keysOf({ from: 'z', prefix: 'map' } as never), []);
    assert.equal(keysOf({ limit: 101 }), 'invalid limit in request. Max: 500');
    const values = listContractStorage(SOURCE, { ...base, space: 'KV' });
    assert.deepEqual(values.ok && values.value, [{ key: 'greeting', value: 'hello' }]);
    const shared = listContractStorage(SOURCE, { ...base, id: 'token.iost', prefix: 'TBgas' });
    assert.deepEqual(shared.ok && shared.value, [{ key: 'TBgas.iost-iost', value: '42' }]);
  });
});
