import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gasValue } from '#core/ledger/gas.ts';
import { type ChainState, invariantProblems, tokenTotals } from '#core/ledger/invariants.ts';
import { reservedValue } from '#core/ledger/reserved-record.ts';
import type { StateValue } from '#core/ledger/state-value.ts';

const int = (value: bigint): StateValue => ({ kind: 'int', value, payer: 'p' });
const json = (value: string): StateValue => ({ kind: 'json', value, payer: 'p' });
const gasFrom = (total: bigint): StateValue =>
  gasValue({ total, limit: 0n, stock: 0n, updatedAt: 1n });
const RESERVED = reservedValue([
  {
    id: 'a',
    since: 0n,
    gas: 1n,
    tokens: new Map([
      ['iost', 7n],
      ['ram', 3n],
    ]),
    share: 'slice',
  },
]);

const SHARD: readonly (readonly [string, StateValue])[] = [
  ['m-token.iost-TBuser_0', { kind: 'string', value: '@iost@ram', payer: 'p' }],
  ['m-token.iost-TBuser_0-iost', int(10n)],
  ['m-token.iost-TFuser_0-iost', json('[{"Amount":5,"Ftime":9}]')],
  ['m-token.iost-TBuser_0-ram', int(20n)],
  ['b-ram.iost-URuser_0', int(2n)],
  ['x-reserved-user_0', RESERVED],
  ['m-token.iost-TBgas.iost-iost', int(11n)],
  ['m-gas.iost-user_0gp-user_0', { kind: 'decimal', value: 11n, scale: 8, payer: 'p' }],
  ['x-gas-user_0', gasFrom(11n)],
];
const ROOT: readonly (readonly [string, StateValue])[] = [
  ['m-token.iost-TBram.iost-iost', int(1n)],
  ['m-token.iost-TIiost-supply', int(40n)],
  ['m-token.iost-TIiost-totalSupply', int(90n)],
  ['m-token.iost-TIram-supply', int(25n)],
  ['m-token.iost-TIram-totalSupply', int(25n)],
];
const FLYING = {
  kind: 'token',
  to: 'user_1',
  token: 'iost',
  amount: 4n,
  payer: '',
} as const;

function network(change: readonly (readonly [string, StateValue])[] = []): readonly ChainState[] {
  return [
    { chain: 0, entries: [...SHARD, ...change] },
    { chain: 255, entries: ROOT },
  ];
}

describe('invariants of a network', () => {
  test('balances, freezes, reservations, used RAM, pools and credits add up to the supply', () => {
    const drift = { token: 'iost', amount: 2n };
    assert.deepEqual(invariantProblems(network(), [FLYING], [drift]), []);
    assert.equal(tokenTotals(network(), [FLYING]).get('iost'), 38n);
    assert.equal(tokenTotals(network()).get('ram'), 25n);
  });

  const drifts = [{ token: 'iost', amount: 2n }];
  const broken: readonly (readonly [string, readonly (readonly [string, StateValue])[], RegExp])[] =
    [
      ['a lost token', [['m-token.iost-TBuser_0-iost', int(9n)]], /39 of iost, but 40/],
      ['a made token', [['m-token.iost-TBuser_9-iost', int(1n)]], /41 of iost, but 40/],
      [
        'a negative balance',
        [
          ['m-token.iost-TBuser_9-iost', int(-1n)],
          ['m-token.iost-TBuser_8-iost', int(1n)],
        ],
        /TBuser_9-iost of chain 0 is negative: -1/,
      ],
      [
        'a token that does not exist',
        [['m-token.iost-TBuser_9-gold', int(1n)]],
        /1 of the token gold/,
      ],
      [
        'more issued than allowed',
        [
          ['m-token.iost-TIgold-supply', int(3n)],
          ['m-token.iost-TIgold-totalSupply', int(2n)],
          ['m-token.iost-TBuser_9-gold', int(3n)],
        ],
        /3 of gold were issued, more than 2/,
      ],
      [
        'a pledge without cover',
        [
          ['m-gas.iost-user_1gp-user_0', { kind: 'decimal', value: 1n, scale: 8, payer: 'p' }],
          ['x-gas-user_0', gasFrom(12n)],
        ],
        /chain 0 holds 11 for gas pledges of 12/,
      ],
      [
        'gas from nothing',
        [['x-gas-user_0', gasFrom(12n)]],
        /11 are pledged for user_0, whose gas comes from 12/,
      ],
    ];
  for (const [name, change, sentence] of broken) {
    test(`${name} is found`, () => {
      const problems = invariantProblems(network(change), [FLYING], drifts);
      assert.equal(problems.length, 1);
      assert.match(String(problems[0]), sentence);
    });
  }
});
