import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { benchAccountId, benchKeyPair } from '#core/ledger/genesis/bench-accounts.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { validateGenesis } from '#core/ledger/genesis/validate-genesis.ts';
import { readGenesis } from '#test/support/genesis.ts';

const DEV = readGenesis('dev');

function pathsOf(change: Partial<Genesis>): readonly string[] {
  return validateGenesis({ ...DEV, ...change }).map((problem) => problem.path);
}

describe('genesis file', () => {
  test('the networks that come with the node are valid', () => {
    assert.deepEqual(validateGenesis(DEV), []);
    assert.deepEqual(validateGenesis(readGenesis('bench')), []);
  });

  test('all problems are reported at once, with their places', () => {
    const user = DEV.accounts[0];
    assert.ok(user !== undefined);
    const paths = pathsOf({
      initialTimestamp: -1n,
      systemGasPledge: '5',
      accounts: [
        { ...user, id: 'Bad-Name', balance: '1e3' },
        { ...user, id: 'admin', ownerKey: 'not a key' },
        { ...user, id: 'user_1', ramBytes: 9, gasPledge: '0.000000001' },
      ],
    });
    assert.deepEqual(paths, [
      'initialTimestamp',
      'systemGasPledge',
      'accounts[0].id',
      'accounts[1].ownerKey',
      'accounts[0].balance',
      'accounts[2].gasPledge',
      'accounts[2].ramBytes',
      'accounts[1].id',
    ]);
  });

  test('every witness signs with a key of its own, and there are not too many', () => {
    const [witness] = DEV.witnesses;
    assert.ok(witness !== undefined);
    const witnesses = [witness, { ...witness, id: 'producer001' }];
    assert.deepEqual(pathsOf({ witnesses }), ['witnesses[1].signatureKey']);
    const many = Array.from({ length: 501 }, (_, index) => ({
      ...witness,
      id: `witness${index}`,
      signatureKey: base58Encode(benchKeyPair(index).publicKey),
    }));
    assert.deepEqual(pathsOf({ witnesses: many }), ['witnesses']);
  });

  test('a secret must belong to its key', () => {
    const [first, second] = DEV.accounts;
    assert.ok(first?.publishedSecretKey !== undefined && second !== undefined);
    const accounts = [{ ...second, publishedSecretKey: first.publishedSecretKey }];
    assert.deepEqual(pathsOf({ accounts }), ['accounts[0].publishedSecretKey']);
  });

  test('what is given out must exist and be paid for', () => {
    assert.deepEqual(pathsOf({ iost: { totalSupply: 21_000_000_000, decimals: 8 } }), [
      'iost.totalSupply',
    ]);
    assert.deepEqual(pathsOf({ admin: { ...DEV.admin, balance: '400' } }), ['admin.balance']);
    assert.deepEqual(pathsOf({ systemRamBytes: 96e9 }), ['ram.initialTotal']);
    assert.deepEqual(pathsOf({ ram: { ...DEV.ram, reserved: DEV.ram.initialTotal } }), [
      'ram.reserved',
      'ram.initialTotal',
    ]);
  });

  test('bench accounts are counted and their names kept free', () => {
    const each = { balance: '1', gasPledge: '0', ramBytes: 0 };
    assert.deepEqual(pathsOf({ benchAccounts: { ...each, count: 1_000_001 } }), [
      'benchAccounts.count',
    ]);
    const huge = { ...each, count: 100_000, balance: '1000000' };
    assert.deepEqual(pathsOf({ benchAccounts: huge }), ['iost.totalSupply']);
    const user = DEV.accounts[0];
    assert.ok(user !== undefined);
    const taken = [{ ...user, id: benchAccountId(7) }];
    assert.deepEqual(pathsOf({ accounts: taken, benchAccounts: { ...each, count: 10 } }), [
      'accounts[0].id',
    ]);
  });

  test('bench keys are a function of the index', () => {
    assert.equal(benchAccountId(0), 'bench000000');
    assert.equal(benchAccountId(999_999), 'bench999999');
    const key = base58Encode(benchKeyPair(1).publicKey);
    assert.equal(key, base58Encode(benchKeyPair(1).publicKey));
    assert.notEqual(key, base58Encode(benchKeyPair(2).publicKey));
  });
});
