import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { invariantProblems } from '#core/ledger/invariants.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { WholeLedger } from '#test/support/whole-ledger.ts';

const DEV = readGenesis('dev');
/** The market of the reference's tests: empty, with users who have 1000 IOST and no RAM. */
const GENESIS = {
  ...DEV,
  initialTimestamp: 1_541_541_540_000_000_000n,
  systemRamBytes: 0,
  ram: { ...DEV.ram, reserved: 0 },
  accounts: DEV.accounts.map((account) => ({ ...account, balance: '1000', ramBytes: 0 })),
};
const INTERVAL_NS = 600_000_000_000n;
const FAILED = 4;

describe('ram.iost', () => {
  let ledger: WholeLedger;
  beforeEach(() => {
    ledger = new WholeLedger(GENESIS);
  });

  const buy = (payer: string, account: string, bytes: number) =>
    ledger.call(payer, 'ram.iost', 'buy', [payer, account, bytes]);
  const sell = (account: string, receiver: string, bytes: number) =>
    ledger.call(account, 'ram.iost', 'sell', [account, receiver, bytes]);

  test('buying, growth, buying for others and selling, to the cent as the reference', () => {
    const receipt = buy('user_0', 'user_0', 1000);
    assert.equal(receipt.message, '');
    assert.deepEqual(receipt.returns, ['["5.10"]']);
    assert.equal(ledger.balance('user_0', 'iost'), 99_490_000_000n);
    assert.equal(ledger.balance('user_0', 'ram'), 1000n);

    ledger.time += 144n * INTERVAL_NS;
    const left = ledger.balance('ram.iost', 'ram');
    assert.equal(buy('user_0', 'user_0', 1000).message, '');
    assert.equal(ledger.balance('ram.iost', 'ram'), left + 144n * 1_307_448n - 1000n);

    assert.equal(buy('user_0', 'user_1', 1000).message, '');
    assert.equal(ledger.balance('user_0', 'iost'), 98_472_000_000n);
    assert.equal(ledger.balance('user_0', 'ram'), 2000n);
    assert.equal(ledger.balance('user_1', 'ram'), 1000n);

    assert.equal(sell('user_0', 'user_0', 6000).statusCode, FAILED);
    assert.deepEqual(sell('user_0', 'user_0', 300).returns, ['["1.50"]']);
    assert.equal(ledger.balance('user_0', 'iost'), 98_622_000_000n);

    assert.equal(sell('user_0', 'user_1', 300).message, '');
    assert.equal(ledger.balance('user_0', 'iost'), 98_622_000_000n);
    assert.equal(ledger.balance('user_1', 'iost'), 100_000_000_000n + 150_000_000n);
    assert.equal(ledger.balance('user_0', 'ram'), 1400n);
  });

  test('the fee is burnt and the price backs the market', () => {
    const receipt = buy('user_0', 'user_0', 1000);
    assert.equal(ledger.balance('deadaddr', 'iost'), 10_000_000n);
    assert.equal(ledger.balance('ram.iost', 'iost'), 500_000_000n);
    assert.deepEqual(
      receipt.receipts.map((entry) => `${entry.funcName} ${entry.content}`),
      [
        'token.iost/transfer ["iost","user_0","ram.iost","5.1",""]',
        'token.iost/transfer ["iost","ram.iost","deadaddr","0.1",""]',
        'token.iost/transfer ["ram","ram.iost","user_0","1000",""]',
      ],
    );
  });

  test('borrowed bytes can be neither sold nor lent', () => {
    buy('user_2', 'user_2', 1000);
    buy('user_3', 'user_3', 300);
    const direct = ['ram', 'user_3', 'user_2', '200', ''];
    assert.match(
      ledger.call('user_3', 'token.iost', 'transfer', direct).message,
      /transfer need issuer permission/,
    );
    const lend = (from: string, to: string, bytes: number) =>
      ledger.call(from, 'ram.iost', 'lend', [from, to, bytes]);
    assert.equal(lend('user_2', 'user_3', 500).message, '');
    assert.equal(ledger.balance('user_3', 'ram'), 800n);
    assert.equal(sell('user_3', 'user_3', 200).message, '');
    assert.match(sell('user_3', 'user_3', 200).message, /self ram amount 100, not enough for sell/);
    assert.match(lend('user_3', 'user_2', 200).message, /self ram amount 100, not enough for lend/);
    assert.match(sell('user_2', 'user_2', 501).message, /self ram amount 500, not enough for sell/);
  });

  test('refusals', () => {
    assert.match(buy('user_0', 'user_0', 9).message, /minimum ram amount for trading is 10 byte/);
    assert.match(buy('user_0', 'user_0', -1).message, /minimum ram amount for trading is 10 byte/);
    assert.match(buy('user_0', 'user_0', 137_438_953_472).message, /left space is not enough/);
    assert.match(buy('user_0', 'user_0', 1e18).message, /more than can ever exist/);
    assert.match(buy('user_0', 'user_0', 1_000_000_000).message, /balance not enough/);
    assert.match(buy('user_0', 'nobody', 1000).message, /invalid account nobody/);
    const stranger = ledger.call('user_1', 'ram.iost', 'buy', ['user_0', 'user_1', 1000]);
    assert.match(stranger.message, /require auth failed/);
    const issue = ledger.call('user_0', 'ram.iost', 'issue', [1, 1, 1, 1]);
    assert.match(issue.message, /init out of genesis block/);
    const limited = ledger.apply('user_0', 'ram.iost', 'buy', ['user_0', 'user_0', 1000], {
      amountLimits: [{ token: 'iost', value: '5' }],
    });
    assert.equal(limited.kind, 'executed');
    const message = limited.kind === 'executed' ? limited.receipt.message : '';
    assert.match(message, /token iost exceed amountLimit in tx. need 5.1/);
    assert.equal(ledger.balance('user_0', 'iost'), 100_000_000_000n, 'nothing was paid');
  });

  test('no trade makes or loses a token', () => {
    buy('user_0', 'user_1', 12_345);
    ledger.time += 7n * INTERVAL_NS;
    buy('user_1', 'user_1', 999_999);
    sell('user_1', 'user_5', 54_321);
    ledger.call('user_1', 'ram.iost', 'lend', ['user_1', 'user_2', 77]);
    const whole = new Map<string, StateValue>(wholeState(GENESIS, builtinContracts()));
    for (const [key, value] of ledger.state.changes()) {
      if (value === undefined) whole.delete(key);
      else whole.set(key, value);
    }
    assert.deepEqual(invariantProblems([{ chain: 0, entries: whole }]), []);
  });
});
