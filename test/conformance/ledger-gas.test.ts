/** The reference's expectations of gas.iost (spec go-iost §9.3, gas_test.go). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentGas, gasOf } from '#core/ledger/gas.ts';
import { gasKey } from '#core/ledger/state-key.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

const GAS = 'gas.iost';
const IOST = 100_000_000n;
/** Hundredths of gas per IOST. */
const REWARD = 10_000_000n;
const LIMIT = 30_000_000n;
const SECOND = 1_000_000_000n;
const THREE_DAYS = 259_200n * SECOND;

/** user_0 with 5000 IOST publishes for everybody, so that gas paid does not blur the figures. */
function ready(): LedgerSimulator {
  const ledger = new LedgerSimulator().addAccounts().createIost();
  for (const id of ['user_1', 'user_2']) ledger.base.delete(gasKey(id));
  return ledger.setBalance('user_1', 'iost', 5000n * IOST);
}

const asUser1 = { signers: ['user_1@active'], signedBy: ['user_1'] };

function pledge(ledger: LedgerSimulator, amount: string, user = 'user_1', pledger = 'user_1') {
  return ledger.succeed(GAS, 'pledge', [pledger, user, amount], 'user_0', asUser1);
}

function unpledge(ledger: LedgerSimulator, amount: string, user = 'user_1', pledger = 'user_1') {
  return ledger.succeed(GAS, 'unpledge', [pledger, user, amount], 'user_0', asUser1);
}

function gas(ledger: LedgerSimulator, user = 'user_1'): bigint {
  return currentGas(gasOf(ledger.base.get(gasKey(user))), ledger.time);
}

test('an account nobody pledged for has no gas', () => {
  assert.equal(gas(ready()), 0n);
});

test('pledging needs the authority of the pledger', () => {
  assert.equal(
    ready().failure(GAS, 'pledge', ['user_1', 'user_1', '200']),
    'transaction has no permission',
  );
});

test('pledging needs the money', () => {
  assert.equal(
    ready().failure(GAS, 'pledge', ['user_1', 'user_1', '20000'], 'user_0', asUser1),
    'balance not enough 5000 < 20000',
  );
});

test('a pledge rewards at once, refills at a known rate and stops at its limit', () => {
  const ledger = ready();
  const receipt = pledge(ledger, '200');
  assert.deepEqual(
    receipt.receipts.map(({ funcName, content }) => [funcName, content]),
    [
      ['token.iost/transfer', '["iost","user_1","gas.iost","200",""]'],
      ['gas.iost/pledge', '["user_1","user_1","200"]'],
    ],
  );
  assert.equal(ledger.balance('user_1'), 4800n * IOST);
  assert.equal(ledger.balance('gas.iost'), 200n * IOST);
  assert.equal(gas(ledger), 200n * REWARD);
  const start = ledger.time;
  ledger.time = start + 5n * SECOND;
  assert.equal(gas(ledger), 200n * REWARD + 200n * 115n * 5n);
  ledger.time = start + 4n * 24n * 3600n * SECOND;
  assert.equal(gas(ledger), 200n * LIMIT);
});

test('a second pledge keeps what has refilled and adds its own reward', () => {
  const ledger = ready();
  pledge(ledger, '200');
  ledger.time += 5n * SECOND;
  const before = gas(ledger);
  pledge(ledger, '300');
  ledger.time += 10n * SECOND;
  assert.equal(gas(ledger), before + 300n * REWARD + 500n * 115n * 10n);
  assert.equal(ledger.balance('user_1'), 4500n * IOST);
  assert.equal(ledger.balance('gas.iost'), 500n * IOST);
});

test('parts of a second count', () => {
  const ledger = ready();
  pledge(ledger, '10');
  const before = gas(ledger);
  ledger.time += 300_000_000n;
  assert.equal(gas(ledger) - before, 345n);
});

test('unpledging lowers limit and gas; the tokens come back after three days', () => {
  const ledger = ready();
  pledge(ledger, '200');
  ledger.time += 10n * SECOND;
  unpledge(ledger, '190');
  assert.equal(ledger.balance('user_1'), 4800n * IOST);
  assert.equal(ledger.balance('gas.iost'), 10n * IOST);
  assert.equal(gas(ledger), 10n * LIMIT);
  const balanceOf = () => ledger.returned('token.iost', 'balanceOf', ['iost', 'user_1'])[0];
  ledger.time += THREE_DAYS - 1n;
  assert.equal(balanceOf(), '4800');
  ledger.time += 1n;
  assert.equal(balanceOf(), '4990');
});

test('a user keeps a pledge of at least 10', () => {
  const ledger = ready();
  pledge(ledger, '200');
  assert.equal(
    ledger.failure(GAS, 'unpledge', ['user_1', 'user_1', '191'], 'user_0', asUser1),
    'unpledge too much (200 - 191) less than 10',
  );
});

test('a pledge for another is gas for the other and comes back to the pledger', () => {
  const ledger = ready();
  pledge(ledger, '200', 'user_2');
  assert.equal(ledger.balance('user_1'), 4800n * IOST);
  assert.equal(gas(ledger, 'user_2'), 200n * REWARD);
  assert.equal(gas(ledger, 'user_1'), 0n);
  unpledge(ledger, '190', 'user_2');
  ledger.time += THREE_DAYS;
  assert.deepEqual(ledger.returned('token.iost', 'balanceOf', ['iost', 'user_1']), ['4990']);
});

test('nobody takes back more than he pledged', () => {
  const ledger = ready();
  pledge(ledger, '50', 'user_2');
  const failure = (args: string[], publisher = 'user_0', options: object = asUser1) =>
    ledger.failure(GAS, 'unpledge', args, publisher, options);
  assert.equal(
    failure(['user_0', 'user_2', '5'], 'user_0', {}),
    'user_0 did not pledge for user_2',
  );
  ledger.succeed(GAS, 'pledge', ['user_0', 'user_2', '50']);
  assert.equal(
    failure(['user_1', 'user_2', '60']),
    'you cannot unpledge more than your pledge 60 > 50',
  );
});

test('amounts and names are checked', () => {
  const ledger = ready();
  for (const abi of ['pledge', 'unpledge']) {
    const failure = (args: string[]) => ledger.failure(GAS, abi, args, 'user_0', asUser1);
    assert.match(failure(['user_1', 'user_1', '0.99']), /^min (un)?pledge num is /);
    assert.equal(failure(['user_1', 'user_1', '-1']), 'invalid amount -1');
    assert.equal(failure(['user_1', 'user_1', 'x']), 'invalid amount x');
    assert.equal(failure(['nobody', 'user_1', '1']), 'invalid user name nobody');
    assert.equal(failure(['user_1', 'nobody', '1']), 'invalid user name nobody');
  }
});

test('an account without gas can pledge for itself, and for nothing else', () => {
  const ledger = ready();
  const pledged = ledger.call(GAS, 'pledge', ['user_1', 'user_1', '100'], 'user_1');
  assert.equal(pledged.kind, 'executed');
  assert.equal(pledged.kind === 'executed' && pledged.receipt.statusCode, 0);
  const poor = ready().call(
    'token.iost',
    'transfer',
    ['iost', 'user_1', 'user_0', '1', ''],
    'user_1',
  );
  assert.deepEqual(poor.kind === 'dropped' && poor.rejection.message, NO_GAS);
});

const NO_GAS = 'gas not enough: user user_1 has 0 < 1000000';

test('a first pledge that fails cannot be paid for and leaves no trace', () => {
  const ledger = ready();
  const before = new Map(ledger.base);
  const fields = { amountLimits: [] };
  const outcome = ledger.call(GAS, 'pledge', ['user_1', 'user_1', '100'], 'user_1', { fields });
  assert.equal(outcome.kind, 'dropped');
  assert.deepEqual(ledger.base, before);
});

test('the first pledge has to be good for its own gas limit', () => {
  const ledger = ready();
  const reason = (amount: string) => {
    const outcome = ledger.call(GAS, 'pledge', ['user_1', 'user_1', amount], 'user_1');
    return outcome.kind === 'dropped' ? outcome.rejection.message : outcome.kind;
  };
  assert.equal(
    reason('9'),
    'gas not enough even if considering the new gas pledgement 0 + 900000 < 1000000',
  );
  assert.equal(reason('0.5'), 'invalid gas pledge amount <nil> 0.5');
  assert.equal(reason('x'), 'invalid gas pledge amount abnormal char in amount x');
  assert.equal(reason('6000'), 'iost token amount not enough for pledgement 5000 < 6000');
  const other = ledger.call(GAS, 'pledge', ['user_1', 'user_2', '100'], 'user_1');
  assert.equal(other.kind === 'dropped' && other.rejection.message, NO_GAS);
});
