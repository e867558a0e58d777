import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ChainPlacement } from '#core/eds/chain-placement.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { accountFact, tokenFact } from '#core/ledger/facts.ts';
import { benchAccountId } from '#core/ledger/genesis/bench-accounts.ts';
import { buildGenesis, wholeState } from '#core/ledger/genesis/build-genesis.ts';
import { invariantProblems, tokenTotals } from '#core/ledger/invariants.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { accountKey, factKey } from '#core/ledger/state-key.ts';
import { accountView } from '#core/ledger/views/account-view.ts';
import { ramMarketView } from '#core/ledger/views/ram-view.ts';
import { tokenBalanceView, tokenInfoView } from '#core/ledger/views/token-view.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { viewSourceOf } from '#test/support/view-source.ts';

const DEV = readGenesis('dev');
const CONTRACTS = builtinContracts();
const SHARD_COUNTS = [1, 2, 4, 8];
const IOST = 100_000_000n;
const UNITS_AT_START = 21_010_010_000n * IOST;

function built(shards: number, genesis = DEV) {
  const map = ShardMap.balanced(shards);
  const { chains, digest } = buildGenesis(genesis, CONTRACTS, map);
  const states = [...chains].map(([chain, entries]) => ({ chain, entries }));
  const placement = new ChainPlacement(map, ROOT_CHAIN);
  const source = viewSourceOf(chains, (anchor) => placement.chainOfAnchor(anchor));
  return { map, chains, digest, states, source };
}

describe('genesis', () => {
  test('the sums over the chains are the whole at any number of shards', () => {
    const whole = tokenTotals([{ chain: 0, entries: wholeState(DEV, CONTRACTS) }]);
    assert.equal(whole.get('iost'), UNITS_AT_START);
    for (const shards of SHARD_COUNTS) {
      const { states } = built(shards);
      assert.equal(states.length, shards + 1);
      assert.deepEqual(invariantProblems(states), []);
      assert.deepEqual(new Map([...tokenTotals(states)].sort()), new Map([...whole].sort()));
    }
  });

  test("every chain holds its own keys and nobody else's", () => {
    for (const shards of SHARD_COUNTS) {
      const { map, chains } = built(shards);
      const seen = new Set<string>();
      for (const [chain, state] of chains) {
        const placement = new ChainPlacement(map, chain);
        for (const key of state.keys()) {
          assert.equal(placement.chainOf(key), chain, key);
          if (!key.startsWith('x-fact-')) seen.add(key);
        }
      }
      for (const key of wholeState(DEV, CONTRACTS).keys()) {
        assert.ok(seen.has(key) || key.startsWith('x-fact-'), `${key} is somewhere`);
      }
    }
  });

  test('its digest names the network and not the number of shards', () => {
    const [first, ...others] = SHARD_COUNTS.map((shards) => built(shards).digest);
    for (const digest of others) assert.deepEqual(digest, first);
    assert.notDeepEqual(built(1, { ...DEV, name: 'other' }).digest, first);
    assert.notDeepEqual(built(1, { ...DEV, systemGasPledge: '101' }).digest, first);
  });

  test('every chain knows the accounts and tokens of the beginning', () => {
    const { chains } = built(4);
    for (const [chain, state] of chains) {
      for (const id of ['admin', 'deadaddr', 'foundation', 'producer000', 'user_0', 'user_9']) {
        const isTold = state.has(factKey(accountFact(id)));
        assert.notEqual(isTold, state.has(accountKey(id)), `${id} on ${chain}`);
      }
      for (const token of ['iost', 'ram', 'contribute']) {
        assert.equal(state.has(factKey(tokenFact(token))), chain !== ROOT_CHAIN);
      }
    }
  });

  test('clients find the beginning that the reference documents', () => {
    const { source } = built(2);
    const time = DEV.initialTimestamp;
    const iost = tokenInfoView(source, 'iost');
    assert.ok(iost.ok);
    assert.equal(iost.value.totalSupply, 90_000_000_000n * IOST);
    assert.equal(iost.value.issuer, 'issue.iost');
    const market = ramMarketView(source);
    assert.equal(market.total, 137_438_953_472);
    assert.equal(market.used, 41_231_686_041 + 12 * 100_000);
    assert.equal(tokenBalanceView(source, 'gas.iost', 'iost', time).balance, 10_300n * IOST);
    assert.equal(tokenBalanceView(source, 'foundation', 'ram', time).balance, 41_231_686_041n);
    const admin = accountView(source, 'admin', time);
    assert.ok(admin.ok);
    assert.deepEqual(
      admin.value.gas.pledgedFor.map((pledge) => pledge.user),
      ['admin', 'foundation', 'producer000'],
    );
    assert.deepEqual(admin.value.ram, { available: 100_000n, used: 0n, total: 100_000n });
    const user = accountView(source, 'user_7', time);
    assert.ok(user.ok);
    assert.equal(user.value.balance, 1_000_000n * IOST);
    assert.equal(user.value.gas.current, 1000n * 100_000n * 100n);
    assert.equal(user.value.ram.available, 100_000n);
  });

  test('bench accounts are as many as asked for, on their shards', () => {
    const benchAccounts = { count: 20, balance: '5', gasPledge: '10', ramBytes: 100 };
    const { source, states } = built(2, { ...DEV, accounts: [], benchAccounts });
    assert.deepEqual(invariantProblems(states), []);
    const last = accountView(source, benchAccountId(19), DEV.initialTimestamp);
    assert.equal(last.ok && last.value.balance, 5n * IOST);
    assert.equal(accountView(source, benchAccountId(20), 0n).ok, false);
  });
});
