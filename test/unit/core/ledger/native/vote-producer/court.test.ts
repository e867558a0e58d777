/**
 * Goal: the ABIs by which candidates lose what they have are closed to everybody, be it the owner of a
 * vote, and are not shown.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { systemContractView } from '#core/ledger/views/contract-view.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { WholeLedger } from '#test/support/whole-ledger.ts';

const CLOSED = [
  ['vote_producer.iost', 'forfeit', ['producer000']],
  ['vote_producer.iost', 'slash', ['producer000', 'user_0']],
  ['vote.iost', 'confiscate', ['1', 'producer000', 'producer000', 'user_0']],
  ['vote.iost', 'confiscate', ['2', 'user_1', 'option', 'user_0']],
] as const;

test('nobody but the court takes candidacy or stake', () => {
  const dev = readGenesis('dev');
  const ledger = new WholeLedger({
    ...dev,
    accounts: dev.accounts.map((account) => ({ ...account, balance: '10000000' })),
  });
  const settings = { resultNumber: 2, minVote: '10', options: ['option'], anyOption: false };
  const own = ['user_0', 'my vote', { ...settings, freezeTime: 0, canVote: true }];
  const opened = ledger.call('user_0', 'vote.iost', 'newVote', own);
  assert.equal(opened.message, '');
  const voted = ledger.call('user_1', 'vote.iost', 'vote', ['2', 'user_1', 'option', '500']);
  assert.equal(voted.message, '');
  for (const [contract, abi, args] of CLOSED) {
    const { message } = ledger.call('user_0', contract, abi, [...args]);
    assert.match(message, /permission/, `${contract} ${abi}`);
  }
});

test('they are no part of what a contract shows', () => {
  for (const [contract, abi] of CLOSED) {
    const view = systemContractView(builtinContracts(), contract);
    assert.ok(view !== undefined && view.abis.length > 0);
    assert.ok(!view.abis.some(({ name }) => name === abi));
  }
});
