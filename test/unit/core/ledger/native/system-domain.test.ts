/** system.iost and domain.iost (spec go-iost §6.1, §6.5). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

const SYSTEM = 'system.iost';
const DOMAIN = 'domain.iost';

function ready(domainVersion: '0.0.0' | '1.0.0' = '1.0.0'): LedgerSimulator {
  return new LedgerSimulator({ domainVersion }).addAccounts().addAccount('admin');
}

test('requireAuth tells whether the transaction may act for an account', () => {
  const ledger = ready();
  assert.deepEqual(ledger.returned(SYSTEM, 'requireAuth', ['user_0', 'active']), [true]);
  assert.deepEqual(ledger.returned(SYSTEM, 'requireAuth', ['user_1', 'active']), [false]);
  const both = { signers: ['user_1@active'], signedBy: ['user_1'] };
  const args = ['user_1', 'transfer'];
  assert.deepEqual(ledger.returned(SYSTEM, 'requireAuth', args, 'user_0', both), [true]);
});

test('a receipt costs ten gas per byte', () => {
  const ledger = ready();
  const gas = (content: string) => {
    const receipt = ledger.succeed(SYSTEM, 'receipt', [content]);
    assert.deepEqual(receipt.receipts, [{ funcName: 'system.iost/receipt', content }]);
    return receipt.gasUsage;
  };
  // Once in the receipt, once in the transaction.
  assert.equal(gas('a'.repeat(20)) - gas('a'.repeat(10)), 2n * 10n * 10n * 100n);
});

test('what this node does not do is refused', () => {
  const ledger = ready();
  assert.equal(ledger.failure(SYSTEM, 'setCode', ['{}']), 'this node runs no user contracts');
  assert.equal(
    ledger.failure(SYSTEM, 'updateCode', ['{}', '']),
    'this node runs no user contracts',
  );
  assert.equal(ledger.failure(SYSTEM, 'initSetCode', ['a', 'b']), 'initSetCode in normal block');
  assert.equal(ledger.failure(SYSTEM, 'cancelDelaytx', ['a']), 'delaytx not exists');
});

test('only the administrator touches native code and settings', () => {
  const ledger = ready();
  const update = (id: string, version: string) => [id, version, ''];
  assert.equal(
    ledger.failure(SYSTEM, 'updateNativeCode', update('gas.iost', '1.0.0')),
    'update native code need admin@system permission',
  );
  assert.equal(
    ledger.failure(SYSTEM, 'hostSettings', ['{}']),
    'set host settings need admin@system permission',
  );
  ledger.succeed(SYSTEM, 'updateNativeCode', update('gas.iost', '1.0.0'), 'admin');
  for (const [id, version] of [
    ['gas.iost', '9.9.9'],
    ['none.iost', '1.0.0'],
  ] as const) {
    assert.equal(
      ledger.failure(SYSTEM, 'updateNativeCode', update(id, version), 'admin'),
      'invalid contractID or version',
    );
  }
  assert.equal(
    ledger.failure(SYSTEM, 'hostSettings', ['{}'], 'admin'),
    'host settings are fixed by the genesis of this network',
  );
});

test('every native contract answers whether it may be updated', () => {
  const ledger = ready();
  for (const contract of ['token.iost', 'token721.iost', 'gas.iost', DOMAIN]) {
    assert.deepEqual(ledger.returned(contract, 'can_update', ['']), ['false'], contract);
    assert.deepEqual(ledger.returned(contract, 'can_update', [''], 'admin'), ['true'], contract);
  }
});

test('the version that genesis deploys links nothing', () => {
  assert.equal(
    ready('0.0.0').failure(DOMAIN, 'link', ['my.name', 'Contractx']),
    'prepare contract: abi link not found',
  );
});

test('a linked name stands for its contract', () => {
  const ledger = ready();
  const receipt = ledger.succeed(DOMAIN, 'link', ['my.name', 'Contractabc']);
  assert.deepEqual(receipt.returns, ['null']);
  assert.equal(
    ledger.failure('my.name', 'f', []),
    'prepare contract: contract Contractabc not found',
  );
  assert.equal(
    ledger.failure('other.name', 'f', []),
    'prepare contract: contract other.name not found',
  );
});

test('names have a form', () => {
  const failure = (url: string) => ready().failure(DOMAIN, 'link', [url, 'Contractx']);
  const length = (url: string) => `url invalid. url length should be between 5,16 got ${url}`;
  assert.equal(failure('a.bc'), length('a.bc'));
  assert.equal(failure(`${'a'.repeat(16)}.`), length(`${'a'.repeat(16)}.`));
  assert.equal(failure('noname'), "url invalid. url must contain '.'");
  assert.equal(failure('My.name'), 'url invalid. url contains invalid character 77');
  assert.equal(failure('my.iost'), 'only admin has permission to claim url .iost');
  ready().succeed(DOMAIN, 'link', ['my.iost', 'Contractx'], 'admin');
});

test('a name belongs to who linked it, until he gives it away', () => {
  const ledger = ready();
  assert.equal(
    ledger.failure(DOMAIN, 'transfer', ['my.name', 'user_1']),
    "url doesn't have owner. Link directly",
  );
  ledger.succeed(DOMAIN, 'link', ['my.name', 'Contractx']);
  ledger.succeed(DOMAIN, 'link', ['my.name', 'Contracty']);
  const denied = 'no privilege of claimed url';
  assert.equal(ledger.failure(DOMAIN, 'link', ['my.name', 'Contractz'], 'user_1'), denied);
  assert.equal(ledger.failure(DOMAIN, 'transfer', ['my.name', 'user_1'], 'user_1'), denied);
  ledger.succeed(DOMAIN, 'transfer', ['my.name', 'user_1']);
  ledger.succeed(DOMAIN, 'link', ['my.name', 'Contractz'], 'user_1');
  assert.equal(ledger.failure(DOMAIN, 'link', ['my.name', 'Contractx']), denied);
});
