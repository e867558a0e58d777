import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gasValue } from '#core/ledger/gas.ts';
import { accountRecordText, newAccountRecord } from '#core/ledger/native/account-record.ts';
import { reservedValue } from '#core/ledger/reserved-record.ts';
import { accountKey, balanceKey, freezeKey, gasKey } from '#core/ledger/state-key.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { accountView } from '#core/ledger/views/account-view.ts';
import { tokenBalanceView, tokenInfoView } from '#core/ledger/views/token-view.ts';
import { twoChainSource } from '#test/support/view-source.ts';

const SECOND = 1_000_000_000n;
const text = (value: string): StateValue => ({ kind: 'string', value, payer: 'p' });
const int = (value: bigint): StateValue => ({ kind: 'int', value, payer: 'p' });

const RECORD = newAccountRecord('user_0', 'admin', 'OWNER', 'ACTIVE');
const RESERVED = reservedValue([
  {
    id: 'aa',
    since: 1n,
    gas: 5000n,
    tokens: new Map([
      ['iost', 40n],
      ['gold', 1n],
      ['ram', 30n],
    ]),
    share: 'slice',
  },
  { id: 'bb', since: 2n, gas: 1000n, tokens: new Map([['iost', 2n]]), share: 'slice' },
]);
const FROZEN =
  '[{"Amount":100,"Ftime":10000000000},{"Amount":9007199254740993,"Ftime":30000000000}]';

const SHARD = new Map<string, StateValue>([
  [accountKey('user_0'), text(accountRecordText(RECORD))],
  [balanceKey('user_0', 'iost'), int(1000n)],
  [balanceKey('user_0', 'ram'), int(500n)],
  ['b-ram.iost-URuser_0', int(70n)],
  [freezeKey('user_0', 'iost'), { kind: 'json', value: FROZEN, payer: 'token.iost' }],
  // 100 IOST pledged: 115 gas a second, 30,000,000 at most.
  [
    gasKey('user_0'),
    gasValue({
      total: 10_000_000_000n,
      limit: 3_000_000_000n,
      stock: 1_000_000n,
      updatedAt: 10n * SECOND,
    }),
  ],
  ['x-lent-user_0', { kind: 'json', value: '[[1,"1000"],[255,"200"]]', payer: 'system.iost' }],
  ['x-reserved-user_0', RESERVED],
  ['m-gas.iost-user_0gp-user_1', { kind: 'decimal', value: 3n, scale: 8, payer: 'gas.iost' }],
  ['m-gas.iost-user_00gp-user_2', { kind: 'decimal', value: 4n, scale: 8, payer: 'gas.iost' }],
]);
const ROOT = new Map<string, StateValue>([
  ['m-token.iost-TIiost-issuer', text('issue.iost')],
  ['m-token.iost-TIiost-decimal', int(8n)],
  ['m-token.iost-TIiost-canTransfer', { kind: 'bool', value: true, payer: 'p' }],
  ['m-token.iost-TIiost-supply', int(21n)],
  ['m-token.iost-TIiost-totalSupply', int(90n)],
  ['m-token.iost-TIiost-fullName', text('iost')],
  ['m-gas.iost-user_0gp-user_0', { kind: 'decimal', value: 2n, scale: 8, payer: 'gas.iost' }],
  ['m-vote.iost-u_1-user_0', text('{"producer000":["12.5",7,"1"]}')],
]);
const SOURCE = twoChainSource(SHARD, ROOT);

describe('account view', () => {
  test("counts what has matured, is reserved or on lease as the account's", () => {
    const view = accountView(SOURCE, 'user_0', 20n * SECOND);
    assert.ok(view.ok);
    assert.deepEqual(view.value, {
      id: 'user_0',
      balance: 1000n + 100n + 42n,
      frozen: [{ amount: 9_007_199_254_740_993n, time: 30n * SECOND }],
      gas: {
        current: 1_000_000n + 10n * 11_500n + 6_000n,
        limit: 3_000_000_000n,
        increaseSpeed: 114.99999999999999,
        pledged: 10_000_000_000n,
        pledgedFor: [
          { user: 'user_0', amount: 2n },
          { user: 'user_1', amount: 3n },
        ],
      },
      ram: { available: 1730n, used: 70n, total: 1800n },
      permissions: RECORD.permissions,
      groups: {},
      votes: [{ option: 'producer000', votes: '12.5', clearedVotes: '1' }],
    });
  });

  test('frozen amounts wait for their time', () => {
    const early = tokenBalanceView(SOURCE, 'user_0', 'iost', 5n * SECOND);
    assert.equal(early.balance, 1042n);
    assert.equal(early.frozen.length, 2);
    assert.equal(early.decimal, 8);
    assert.equal(tokenBalanceView(SOURCE, 'user_0', 'gold', 0n).balance, 1n);
    assert.equal(tokenBalanceView(SOURCE, 'nobody', 'iost', 0n).balance, 0n);
  });

  test('unknown names are refused in the words of the reference', () => {
    const account = accountView(SOURCE, 'user_9', 0n);
    assert.equal(!account.ok && account.failure.message, 'account not found');
    const token = tokenInfoView(SOURCE, 'gold');
    assert.equal(!token.ok && token.failure.message, 'token not found');
  });

  test('a token says what it is and how much there is', () => {
    const info = tokenInfoView(SOURCE, 'iost');
    assert.deepEqual(info.ok && info.value, {
      symbol: 'iost',
      fullName: 'iost',
      issuer: 'issue.iost',
      decimal: 8,
      canTransfer: true,
      onlyIssuerCanTransfer: false,
      totalSupply: 90n,
      currentSupply: 21n,
    });
  });
});
