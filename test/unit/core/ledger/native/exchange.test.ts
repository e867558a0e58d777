import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { readGas } from '#core/ledger/gas.ts';
import { exchangeContract } from '#core/ledger/native/exchange.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { WholeLedger } from '#test/support/whole-ledger.ts';

const GENESIS = readGenesis('dev');
const KEY = GENESIS.accounts[0]?.activeKey ?? '';
const CREATE = `create:newuser:${KEY}:${KEY}`;
const IOST = 100_000_000n;

describe('exchange.iost', () => {
  let ledger: WholeLedger;
  beforeEach(() => {
    ledger = new WholeLedger(GENESIS);
  });
  const transfer = (token: string, to: string, amount: string, memo: string) =>
    ledger.call('user_0', 'exchange.iost', 'transfer', [token, to, amount, memo]);

  test('with a receiver it is a transfer', () => {
    assert.equal(transfer('iost', 'user_1', '100.5', 'hi').message, '');
    assert.equal(ledger.balance('user_1', 'iost'), 1_000_100n * IOST + IOST / 2n);
    assert.match(transfer('iost', 'user_1', '99', '').message, /greater or equal to 100/);
    assert.match(transfer('gold', 'user_1', '100', '').message, /token not exists/);
  });

  test('without one it makes the account and sends what is left', () => {
    const before = ledger.balance('user_0', 'iost');
    const receipt = transfer('iost', '', '100', CREATE);
    assert.equal(receipt.message, '');
    assert.equal(ledger.balance('user_0', 'iost'), before - 100n * IOST);
    assert.equal(ledger.balance('newuser', 'ram'), 1000n);
    assert.equal(readGas(ledger.state, 'newuser').total, 10n * IOST);
    const price = 100n * IOST - 10n * IOST - ledger.balance('newuser', 'iost');
    assert.ok(price > 10n * IOST && price < 11n * IOST, 'a thousand bytes cost about 10.4 IOST');
    assert.match(transfer('iost', '', '100', CREATE).message, /id existed > newuser/);
  });

  test('the amount has to cover RAM and pledge', () => {
    ledger.state.begin();
    const dear = { kind: 'string', value: '1000000000000', payer: 'ram.iost' } as const;
    ledger.state.put('b-ram.iost-balance', dear);
    ledger.state.commit();
    const before = ledger.balance('user_0', 'iost');
    const { message } = transfer('iost', '', '100', CREATE);
    assert.match(message, /amount not enough to buy 1kB RAM and pledge 10 IOST Gas. need 100$/);
    assert.equal(ledger.balance('user_0', 'iost'), before);
  });

  test('refusals', () => {
    assert.match(transfer('ram', '', '100', CREATE).message, /must transfer iost/);
    assert.match(transfer('iost', '', '100', 'create:a:b').message, /should be of format/);
    assert.match(transfer('iost', '', '100', 'hello').message, /unsupported command : hello/);
    assert.match(transfer('iost', '', '1e3', CREATE).message, /invalid amount/);
    assert.equal(ledger.state.has('m-auth.iost-auth-newuser'), false);
  });

  test('it runs at the root only where an account is made', () => {
    const home = exchangeContract.abis.get('transfer')?.home;
    assert.ok(typeof home === 'function');
    assert.equal(home(['iost', '', '100', CREATE]), 'root');
  });
});
