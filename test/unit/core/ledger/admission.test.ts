/** What is refused before it waits in a pool (spec go-iost §2.2, §2.3, clients.md §8). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '#core/chain/transaction.ts';
import {
  CLOCK_AHEAD_NS,
  checkActions,
  checkGas,
  checkTransaction,
  isWithinLifetime,
  LIFETIME_NS,
} from '#core/ledger/admission.ts';
import { HARNESS_TIME, LedgerSimulator } from '#test/support/ledger-simulator.ts';

const NOW = HARNESS_TIME;
const ledger = new LedgerSimulator().addAccounts();

function transaction(fields: Partial<Transaction> = {}, data = '[]') {
  const action = { contract: 'token.iost', actionName: 'supply', data };
  return ledger.transaction([action], 'user_0', { fields: { chainId: 1020, ...fields } });
}

function refusal(fields: Partial<Transaction>, data?: string): string {
  const checked = checkTransaction(transaction(fields, data), { nowNs: NOW, chainId: 1020 });
  return checked.ok ? 'fine' : checked.failure.message;
}

test('a sound transaction is fine', () => {
  assert.equal(refusal({}), 'fine');
});

test('clocks', () => {
  const sentence = (time: bigint) => `(tx.time: ${time}, now: ${NOW}). Please sync time`;
  const ahead = NOW + CLOCK_AHEAD_NS;
  const far = NOW + 10n * LIFETIME_NS;
  assert.equal(refusal({ time: ahead, expiration: far }), 'fine');
  assert.equal(
    refusal({ time: ahead + 1n, expiration: far }),
    `TimeError: tx.time is too large${sentence(ahead + 1n)}`,
  );
  const old = NOW - LIFETIME_NS;
  assert.equal(refusal({ time: old, expiration: far }), 'fine');
  assert.equal(
    refusal({ time: old - 1n, expiration: far }),
    `TimeError: tx.time is expired${sentence(old - 1n)}`,
  );
  assert.equal(refusal({ expiration: NOW }), `TimeError: tx.time is expired${sentence(NOW)}`);
});

test('form, in the order of the reference', () => {
  assert.equal(refusal({ chainId: 1 }), 'VerifyError invalid chain_id, should be 1020, yours:1');
  assert.equal(
    refusal({ time: NOW + 2n, expiration: NOW + 1n }),
    'VerifyError invalid time and expiration',
  );
  assert.equal(refusal({ delay: 1n, gasRatio: 1n }), 'VerifyError invalid delay time');
  assert.match(
    refusal({ gasRatio: 1n }, `["${'x'.repeat(65_536)}"]`),
    /^VerifyError tx size illegal, should <= 65536, got 65\d\d\d$/,
  );
  assert.equal(
    refusal({ gasRatio: 99n, gasLimit: 1n }),
    'VerifyError gas ratio illegal, should in [1, 100]',
  );
  assert.equal(
    refusal({ gasLimit: 1n, publisherSignatures: [] }),
    'VerifyError gas limit illegal, should in [6000, 4000000]',
  );
  assert.equal(refusal({ publisherSignatures: [] }), 'VerifyError publisher empty error');
  assert.match(refusal({}, 'nope'), /^invalid json array/);
});

test('a block may hold a transaction while it lives', () => {
  const alive = transaction({ time: NOW, expiration: NOW + 10n });
  assert.equal(isWithinLifetime(alive, NOW), true);
  assert.equal(isWithinLifetime(alive, NOW + 9n), true);
  assert.equal(isWithinLifetime(alive, NOW + 10n), false);
  const long = transaction({ time: NOW, expiration: NOW + 10n * LIFETIME_NS });
  assert.equal(isWithinLifetime(long, NOW + LIFETIME_NS), true);
  assert.equal(isWithinLifetime(long, NOW + LIFETIME_NS + 1n), false);
});

function actionRefusal(contract: string, actionName: string, data: string): string {
  const fields = { actions: [{ contract, actionName, data }] };
  const checked = checkActions(ledger.transaction([], 'user_0', { fields }));
  return checked.ok ? 'fine' : checked.failure.message;
}

test('action data has to be an array', () => {
  const refusal = (data: string) => actionRefusal('any.iost', 'any', data);
  assert.equal(refusal('[]'), 'fine');
  assert.equal(refusal('[1] trailing'), 'fine');
  assert.equal(refusal(''), 'invalid json array: EOF, ');
  assert.equal(refusal('["a"'), 'invalid json array: unexpected EOF, ["a"');
  assert.equal(refusal('{}'), 'invalid json array: type assertion to []interface{} failed, {}');
});

test('arguments of a transfer', () => {
  const refusal = (data: string) => actionRefusal('token.iost', 'transfer', data);
  const amount = (text: string, token = 'iost') => refusal(`["${token}","a","b","${text}",""]`);
  assert.equal(amount('1.12345678'), 'fine');
  assert.equal(refusal('["iost"]'), 'wrong args num: ["iost"]');
  assert.match(refusal('[1,"a","b","1",""]'), /^invalid token: type assertion to string failed/);
  assert.match(refusal('["iost","a","b",1,""]'), /^invalid amount: type assertion to string/);
  for (const text of ['-1', '1.', '.1', '1e3', 'x', '']) {
    assert.equal(amount(text), `invalid amount: ${text}`, text);
  }
  assert.equal(
    amount('99999999999999999999'),
    'invalid amount: overflow error, 99999999999999999999',
  );
  assert.equal(amount('1.123456789'), 'invalid decimal: 1.123456789');
  assert.equal(amount('1.123456789', 'other'), 'fine');
});

test('arguments of a pledge', () => {
  for (const abi of ['pledge', 'unpledge']) {
    const refusal = (data: string) => actionRefusal('gas.iost', abi, data);
    const amount = (text: string) => refusal(`["a","b","${text}"]`);
    assert.equal(amount('1.25'), 'fine');
    assert.equal(amount('1.2500'), 'fine');
    assert.equal(refusal('[]'), 'wrong args num: []');
    assert.match(refusal('["a","b",1]'), /^invalid amount: type assertion to string failed/);
    assert.equal(amount('x'), 'invalid amount: invalid amount: x, ["a","b","x"]');
    assert.equal(amount('1.255'), 'decimal should not exceed 2: ["a","b","1.255"]');
  }
  assert.equal(actionRefusal('gas.iost', 'constructor', '[]'), 'fine');
});

test('the publisher needs the gas it offers', () => {
  const poor = new LedgerSimulator().addAccounts().setGas('user_0', 999_999n);
  const checked = checkGas(poor.base, transaction(), NOW);
  assert.equal(
    !checked.ok && checked.failure.message,
    'gas not enough: user user_0 has 999999 < 1000000',
  );
  assert.equal(checkGas(ledger.base, transaction(), NOW).ok, true);
});
