/** The reference's expectations of token721.iost (spec go-iost §9.2). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

const NFT = 'token721.iost';

function created(total = 100): LedgerSimulator {
  const ledger = new LedgerSimulator().addAccounts();
  ledger.succeed(NFT, 'create', ['iost', 'user_0', total]);
  return ledger;
}

function issued(metadata: (index: number) => string = () => '{"hp": 100}'): LedgerSimulator {
  const ledger = created();
  for (let index = 0; index < 10; index++) {
    const returned = ledger.returned(NFT, 'issue', ['iost', 'user_0', metadata(index)]);
    assert.deepEqual(returned, [String(index)]);
  }
  return ledger;
}

test('nothing works on a token that does not exist', () => {
  const ledger = new LedgerSimulator().addAccounts();
  const calls: [string, unknown[]][] = [
    ['issue', ['iost', 'user_1', '{}']],
    ['transfer', ['iost', 'user_0', 'user_1', '0']],
    ['balanceOf', ['iost', 'user_0']],
    ['ownerOf', ['iost', '0']],
    ['tokenOfOwnerByIndex', ['iost', 'user_0', 0]],
    ['tokenMetadata', ['iost', '0']],
  ];
  for (const [abi, args] of calls) {
    assert.equal(ledger.failure(NFT, abi, args), 'token not exists', abi);
  }
});

test('create needs the issuer and a free, valid symbol', () => {
  const ledger = created();
  assert.equal(ledger.failure(NFT, 'create', ['iost', 'user_0', 100]), 'token exists');
  assert.equal(
    ledger.failure(NFT, 'create', ['other', 'user_1', 100]),
    'transaction has no permission',
  );
  assert.match(ledger.failure(NFT, 'create', ['X', 'user_0', 1]), /^token symbol invalid/);
});

test('issue needs the issuer and room', () => {
  const ledger = created(1);
  assert.equal(
    ledger.failure(NFT, 'issue', ['iost', 'user_1', '{}'], 'user_1'),
    'transaction has no permission',
  );
  ledger.succeed(NFT, 'issue', ['iost', 'user_0', '{}']);
  assert.equal(ledger.failure(NFT, 'issue', ['iost', 'user_0', '{}']), 'supply too much');
  assert.deepEqual(ledger.returned(NFT, 'balanceOf', ['iost', 'user_0']), [1]);
});

test('a transfer moves owner, balance, list and metadata', () => {
  const ledger = issued();
  ledger.succeed(NFT, 'transfer', ['iost', 'user_0', 'user_1', '3']);
  assert.deepEqual(ledger.returned(NFT, 'balanceOf', ['iost', 'user_1']), [1]);
  assert.deepEqual(ledger.returned(NFT, 'balanceOf', ['iost', 'user_0']), [9]);
  assert.deepEqual(ledger.returned(NFT, 'ownerOf', ['iost', '3']), ['user_1']);
  assert.deepEqual(ledger.returned(NFT, 'tokenMetadata', ['iost', '3']), ['{"hp": 100}']);
  assert.deepEqual(ledger.returned(NFT, 'tokenOfOwnerByIndex', ['iost', 'user_1', 0]), ['3']);
  assert.deepEqual(ledger.returned(NFT, 'tokenOfOwnerByIndex', ['iost', 'user_0', 1]), ['1']);
  assert.deepEqual(ledger.returned(NFT, 'tokenOfOwnerByIndex', ['iost', 'user_0', 3]), ['4']);
  const self = ledger.succeed(NFT, 'transfer', ['iost', 'user_0', 'user_0', '1']);
  assert.deepEqual(self.receipts, []);
});

test('metadata stays with its token', () => {
  const ledger = issued((index) => `{"id":${index}}`);
  assert.deepEqual(ledger.returned(NFT, 'tokenMetadata', ['iost', '3']), ['{"id":3}']);
  ledger.succeed(NFT, 'transfer', ['iost', 'user_0', 'user_1', '3']);
  assert.deepEqual(ledger.returned(NFT, 'tokenMetadata', ['iost', '3']), ['{"id":3}']);
});

test('a transfer needs authority, the owner and the token', () => {
  const ledger = issued();
  assert.equal(
    ledger.failure(NFT, 'transfer', ['iost', 'user_0', 'user_1', '3'], 'user_1'),
    'transaction has no permission',
  );
  assert.equal(
    ledger.failure(NFT, 'transfer', ['iost', 'user_1', 'user_0', '1'], 'user_1'),
    "error token owner isn't from. owner: user_0, from: user_1",
  );
  assert.equal(
    ledger.failure(NFT, 'transfer', ['iost', 'user_0', 'user_1', '10']),
    'error tokenID not exists. iost 10',
  );
  assert.deepEqual(ledger.returned(NFT, 'balanceOf', ['iost', 'user_0']), [10]);
  assert.deepEqual(ledger.returned(NFT, 'balanceOf', ['iost', 'user_2']), [0]);
});

test('questions about what is not there', () => {
  const ledger = issued();
  assert.equal(ledger.failure(NFT, 'ownerOf', ['iost', '99']), 'token exists');
  assert.equal(ledger.failure(NFT, 'tokenMetadata', ['iost', '99']), 'token exists');
  assert.equal(ledger.failure(NFT, 'tokenOfOwnerByIndex', ['iost', 'user_0', 10]), 'out of range');
  assert.equal(ledger.failure(NFT, 'tokenOfOwnerByIndex', ['iost', 'user_0', -1]), 'out of range');
});

test('a long symbol cannot go to a contract: its key would be too long', () => {
  const ledger = new LedgerSimulator().addAccounts();
  const contract = `Contract${'a'.repeat(44)}`;
  for (const symbol of ['sixsix', 'sevenxx']) {
    ledger.succeed(NFT, 'create', [symbol, 'user_0', 10]);
    ledger.succeed(NFT, 'issue', [symbol, 'user_0', '{}']);
  }
  ledger.succeed(NFT, 'transfer', ['sixsix', 'user_0', contract, '0']);
  assert.equal(
    ledger.failure(NFT, 'transfer', ['sevenxx', 'user_0', contract, '0']),
    'key or field length invalid. expected [1, 64], actual 65',
  );
  assert.deepEqual(ledger.returned(NFT, 'ownerOf', ['sevenxx', '0']), ['user_0']);
});
