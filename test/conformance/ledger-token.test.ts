/** The reference's expectations of token.iost 1.0.0 and 1.0.2 (spec go-iost §9.2, §9.3). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

const TOKEN = 'token.iost';

test('a transfer costs exactly what the reference publishes', () => {
  const ledger = new LedgerSimulator().addAccounts().createIost();
  const receipt = ledger.succeed(TOKEN, 'transfer', ['iost', 'user_0', 'user_1', '0.0001', '']);
  assert.equal(receipt.gasUsage, 762_900n);
  assert.deepEqual(receipt.returns, ['[]']);
  assert.deepEqual(receipt.receipts, [
    { funcName: 'token.iost/transfer', content: '["iost","user_0","user_1","0.0001",""]' },
  ]);
  assert.equal(ledger.balance('user_0'), 99_999_990_000n);
  assert.equal(ledger.balance('user_1'), 10_000n);
});

test('a transfer of version 1.0.6 costs one more read', () => {
  const ledger = new LedgerSimulator({ tokenVersion: '1.0.6' }).addAccounts().createIost();
  const receipt = ledger.succeed(TOKEN, 'transfer', ['iost', 'user_0', 'user_1', '0.0001', '']);
  assert.equal(receipt.gasUsage, 762_900n + 30_000n);
});

test('a memo may have 512 bytes', () => {
  const ledger = new LedgerSimulator().addAccounts().createIost();
  const transfer = (memo: string) => ['iost', 'user_0', 'user_1', '0.0001', memo];
  ledger.succeed(TOKEN, 'transfer', transfer('m'.repeat(512)));
  assert.equal(ledger.failure(TOKEN, 'transfer', transfer('m'.repeat(513))), 'memo too large');
  assert.equal(ledger.failure(TOKEN, 'transfer', transfer('é'.repeat(257))), 'memo too large');
});

for (const tokenVersion of ['1.0.0', '1.0.2'] as const) {
  const fresh = () => new LedgerSimulator({ tokenVersion }).addAccounts();
  const created = (config: object = {}) => {
    const ledger = fresh();
    ledger.succeed(TOKEN, 'create', ['iost', 'user_0', 100, config]);
    return ledger;
  };
  const issued = () => {
    const ledger = created();
    ledger.succeed(TOKEN, 'issue', ['iost', 'user_0', '100.0']);
    return ledger;
  };
  const balanceOf = (ledger: LedgerSimulator, account: string, token = 'iost') =>
    ledger.returned(TOKEN, 'balanceOf', [token, account])[0];

  test(`${tokenVersion}: nothing works on a token that does not exist`, () => {
    const ledger = fresh();
    const calls: [string, unknown[]][] = [
      ['issue', ['iost', 'user_1', '100']],
      ['transfer', ['iost', 'user_0', 'user_1', '100', '']],
      ['transferFreeze', ['iost', 'user_0', 'user_1', '100', 1, '']],
      ['destroy', ['iost', 'user_0', '100']],
      ['balanceOf', ['iost', 'user_0']],
      ['supply', ['iost']],
      ['totalSupply', ['iost']],
    ];
    for (const [abi, args] of calls) {
      assert.equal(ledger.failure(TOKEN, abi, args), 'token not exists', abi);
    }
  });

  test(`${tokenVersion}: create asks for the issuer's authority and a free, valid symbol`, () => {
    const ledger = fresh();
    const create = ['iost', 'user_1', 100, {}];
    assert.equal(ledger.failure(TOKEN, 'create', create), 'transaction has no permission');
    ledger.succeed(TOKEN, 'create', ['iost', 'user_0', 100, {}]);
    assert.equal(ledger.failure(TOKEN, 'create', ['iost', 'user_0', 100, {}]), 'token exists');
    assert.equal(
      ledger.failure(TOKEN, 'create', ['IOST', 'user_0', 100, {}]),
      'token symbol invalid. token symbol contains invalid character 73',
    );
    assert.equal(
      ledger.failure(TOKEN, 'create', ['a', 'user_0', 100, {}]),
      'token symbol invalid. token symbol length should be between 2,16 got a',
    );
    assert.match(
      ledger.failure(TOKEN, 'create', ['i'.repeat(17), 'user_0', 100, {}]),
      /length should be between 2,16/,
    );
  });

  test(`${tokenVersion}: create checks its config`, () => {
    const ledger = fresh();
    const failure = (config: unknown, total: unknown = 100) =>
      ledger.failure(TOKEN, 'create', ['abc', 'user_0', total, config]);
    assert.equal(failure({ decimal: '1' }), 'decimal in config should be number');
    assert.equal(failure({ canTransfer: 1 }), 'canTransfer in config should be bool');
    assert.equal(
      failure({ onlyIssuerCanTransfer: 1 }),
      'onlyIssuerCanTransfer in config should be bool',
    );
    assert.equal(failure({ defaultRate: 1 }), 'defaultRate in config should be string');
    assert.equal(failure({ fullName: 1 }), 'fullName in config should be string');
    assert.equal(failure({ fullName: 'n'.repeat(51) }), 'fullName is too long');
    assert.equal(failure({ decimal: 19 }), 'invalid decimal');
    assert.equal(failure({ decimal: -1 }), 'invalid decimal');
    assert.equal(failure({ decimal: 18 }, 10), 'invalid totalSupply');
    assert.match(failure([]), /cannot unmarshal/);
    ledger.succeed(TOKEN, 'create', ['abc', 'user_0', 9, { decimal: 18 }]);
  });

  test(`${tokenVersion}: the receipt of create has the config in base64`, () => {
    const receipt = fresh().succeed(TOKEN, 'create', ['iost', 'user_0', 100, { decimal: 1 }]);
    assert.equal(receipt.receipts[0]?.content, '["iost","user_0",100,"eyJkZWNpbWFsIjoxfQ=="]');
  });

  test(`${tokenVersion}: decimals beyond the token's are cut off`, () => {
    const ledger = created({ canTransfer: false, decimal: 1, defaultRate: '1.1' });
    ledger.succeed(TOKEN, 'issue', ['iost', 'user_0', '10.222']);
    assert.equal(balanceOf(ledger, 'user_0'), '10.2');
    const fixed = ['iost', 'user_0', 'user_1', '22.3', ''];
    assert.equal(ledger.failure(TOKEN, 'transfer', fixed), "token can't transfer");
    ledger.succeed(TOKEN, 'create', ['iost1', 'user_0', 100, { decimal: 1 }]);
    ledger.succeed(TOKEN, 'issue', ['iost1', 'user_0', '100']);
    const moved = ledger.succeed(TOKEN, 'transfer', ['iost1', 'user_0', 'user_1', '22.33', '']);
    assert.equal(balanceOf(ledger, 'user_0', 'iost1'), '77.7');
    assert.equal(balanceOf(ledger, 'user_1', 'iost1'), '22.3');
    const shown = tokenVersion === '1.0.0' ? '22.33' : '22.3';
    assert.equal(moved.receipts[0]?.content, `["iost1","user_0","user_1","${shown}",""]`);
  });

  test(`${tokenVersion}: issue adds to balance and supply, up to the total`, () => {
    const ledger = created();
    ledger.succeed(TOKEN, 'issue', ['iost', 'user_1', '1.1']);
    assert.equal(balanceOf(ledger, 'user_1'), '1.1');
    assert.deepEqual(ledger.returned(TOKEN, 'supply', ['iost']), ['1.1']);
    assert.deepEqual(ledger.returned(TOKEN, 'totalSupply', ['iost']), ['100']);
    assert.equal(ledger.failure(TOKEN, 'issue', ['iost', 'user_1', '100']), 'supply too much');
    assert.equal(balanceOf(ledger, 'user_1'), '1.1');
    assert.deepEqual(ledger.returned(TOKEN, 'supply', ['iost']), ['1.1']);
    assert.equal(
      ledger.failure(TOKEN, 'issue', ['iost', 'user_1', '1'], 'user_1'),
      'transaction has no permission',
    );
  });

  test(`${tokenVersion}: amounts that are none are refused`, () => {
    const ledger = issued();
    for (const amount of ['-1.1', '', '1abc', '1'.repeat(32), '1.012345600000007e1', '0']) {
      if (tokenVersion === '1.0.0' && amount.includes('e')) continue;
      assert.match(ledger.failure(TOKEN, 'issue', ['iost', 'user_0', amount]), /^invalid/, amount);
      const transfer = ['iost', 'user_0', 'user_1', amount, ''];
      assert.match(ledger.failure(TOKEN, 'transfer', transfer), /^invalid/, amount);
      const freeze = ['iost', 'user_0', 'user_1', amount, 1, ''];
      assert.match(ledger.failure(TOKEN, 'transferFreeze', freeze), /^invalid/, amount);
      assert.match(
        ledger.failure(TOKEN, 'destroy', ['iost', 'user_0', amount]),
        /^invalid/,
        amount,
      );
    }
    assert.equal(balanceOf(ledger, 'user_0'), '100');
  });

  test(`${tokenVersion}: transfers move exactly the amount`, () => {
    const ledger = issued();
    ledger.succeed(TOKEN, 'transfer', ['iost', 'user_0', 'user_1', '22.3', '']);
    assert.equal(balanceOf(ledger, 'user_1'), '22.3');
    assert.equal(balanceOf(ledger, 'user_0'), '77.7');
    ledger.succeed(TOKEN, 'transfer', ['iost', 'user_1', 'user_2', '22.3', ''], 'user_1');
    assert.equal(balanceOf(ledger, 'user_1'), '0');
    assert.equal(balanceOf(ledger, 'user_2'), '22.3');
    const self = ledger.succeed(TOKEN, 'transfer', ['iost', 'user_2', 'user_2', '5', ''], 'user_2');
    assert.equal(balanceOf(ledger, 'user_2'), '22.3');
    assert.deepEqual(self.receipts, [], 'a transfer to oneself is none in these versions');
  });

  test(`${tokenVersion}: transfers need authority, enough, and accounts that exist`, () => {
    const ledger = issued();
    const failure = (args: unknown[], publisher = 'user_0') =>
      ledger.failure(TOKEN, 'transfer', args, publisher);
    assert.equal(
      failure(['iost', 'user_0', 'user_1', '1.1', ''], 'user_1'),
      'transaction has no permission',
    );
    assert.equal(
      failure(['iost', 'user_0', 'user_1', '100.1', '']),
      'balance not enough 100 < 100.1',
    );
    assert.equal(failure(['iost', 'user_0', 'nobody', '1', '']), 'invalid account nobody');
    assert.equal(failure(['iost', 'nobody', 'user_1', '1', '']), 'invalid account nobody');
    assert.equal(balanceOf(ledger, 'user_0'), '100');
    assert.equal(balanceOf(ledger, 'user_1'), '0');
  });

  test(`${tokenVersion}: only the issuer moves a token that says so`, () => {
    const ledger = created({ onlyIssuerCanTransfer: true });
    ledger.succeed(TOKEN, 'issue', ['iost', 'user_1', '10']);
    const transfer = ['iost', 'user_1', 'user_2', '1', ''];
    assert.equal(
      ledger.failure(TOKEN, 'transfer', transfer, 'user_1'),
      'transfer need issuer permission',
    );
    const both = { signers: ['user_1@active'], signedBy: ['user_1'] };
    ledger.succeed(TOKEN, 'transfer', transfer, 'user_0', both);
    assert.equal(balanceOf(ledger, 'user_2'), '1');
  });

  test(`${tokenVersion}: destroy lowers balance and supply, and makes room to issue again`, () => {
    const ledger = issued();
    ledger.succeed(TOKEN, 'destroy', ['iost', 'user_0', '22.3']);
    assert.equal(balanceOf(ledger, 'user_0'), '77.7');
    assert.deepEqual(ledger.returned(TOKEN, 'supply', ['iost']), ['77.7']);
    assert.deepEqual(ledger.returned(TOKEN, 'totalSupply', ['iost']), ['100']);
    ledger.succeed(TOKEN, 'issue', ['iost', 'user_1', '11']);
    assert.equal(ledger.failure(TOKEN, 'issue', ['iost', 'user_1', '12']), 'supply too much');
    assert.equal(
      ledger.failure(TOKEN, 'destroy', ['iost', 'user_0', '77.8']),
      'balance not enough 77.7 < 77.8',
    );
    assert.equal(
      ledger.failure(TOKEN, 'destroy', ['iost', 'user_0', '1'], 'user_1'),
      'transaction has no permission',
    );
  });

  test(`${tokenVersion}: a frozen amount can be spent from its time on`, () => {
    const ledger = issued();
    const until = ledger.time + 10_000_000_000n;
    const freeze = `["iost","user_0","user_1","40",${until},""]`;
    ledger.succeed(TOKEN, 'transferFreeze', freeze);
    assert.equal(balanceOf(ledger, 'user_0'), '60');
    assert.equal(balanceOf(ledger, 'user_1'), '0');
    const spend = ['iost', 'user_1', 'user_2', '40', ''];
    ledger.time = until - 1n;
    assert.equal(ledger.failure(TOKEN, 'transfer', spend, 'user_1'), 'balance not enough 0 < 40');
    ledger.time = until;
    assert.equal(balanceOf(ledger, 'user_1'), '40');
    ledger.succeed(TOKEN, 'transfer', spend, 'user_1');
    assert.equal(balanceOf(ledger, 'user_2'), '40');
  });

  test(`${tokenVersion}: transferFreeze needs authority and enough`, () => {
    const ledger = issued();
    const freeze = (amount: string) => ['iost', 'user_0', 'user_1', amount, 1, ''];
    assert.equal(
      ledger.failure(TOKEN, 'transferFreeze', freeze('1'), 'user_1'),
      'transaction has no permission',
    );
    assert.equal(
      ledger.failure(TOKEN, 'transferFreeze', freeze('101')),
      'balance not enough 100 < 101',
    );
  });
}

test('from 1.0.3 on a transfer to oneself leaves a receipt and counts', () => {
  const ledger = new LedgerSimulator({ tokenVersion: '1.0.6' }).addAccounts().createIost();
  const self = ['iost', 'user_0', 'user_0', '5', ''];
  const receipt = ledger.succeed(TOKEN, 'transfer', self);
  assert.equal(receipt.receipts.length, 1);
  assert.equal(ledger.balance('user_0'), 100_000_000_000n);
  const limited = { fields: { amountLimits: [{ token: 'iost', value: '4' }] } };
  assert.equal(
    ledger.failure(TOKEN, 'transfer', self, 'user_0', limited),
    'token iost exceed amountLimit in tx. need 5',
  );
});

test('what only some versions have', () => {
  const ledger = new LedgerSimulator({ tokenVersion: '1.0.6' }).addAccounts();
  assert.equal(ledger.failure(TOKEN, 'recycle', ['abc']), 'permission denied');
  assert.equal(
    ledger.failure(TOKEN, 'updateTotalSupply', ['abc', 1]),
    'prepare contract: abi updateTotalSupply not found',
  );
  const older = new LedgerSimulator({ tokenVersion: '1.0.4' }).addAccounts();
  older.succeed(TOKEN, 'create', ['abc', 'user_0', 100, {}]);
  older.succeed(TOKEN, 'issue', ['abc', 'user_0', '60']);
  assert.equal(older.failure(TOKEN, 'updateTotalSupply', ['abc', 59]), 'invalid totalSupply');
  older.succeed(TOKEN, 'updateTotalSupply', ['abc', 60]);
  assert.deepEqual(older.returned(TOKEN, 'totalSupply', ['abc']), ['60']);
  assert.equal(
    older.failure(TOKEN, 'updateTotalSupply', ['abc', 70], 'user_1'),
    'transaction has no permission',
  );
  assert.equal(
    older.failure(TOKEN, 'updateTotalSupply', ['iost', 70]),
    'transaction has no permission',
  );
});
