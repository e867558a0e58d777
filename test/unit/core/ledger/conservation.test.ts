/** Whatever is tried: nothing is made or lost, nothing is negative, failures leave no trace. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frozenItems } from '#core/ledger/freezes.ts';
import { currentGas, gasOf } from '#core/ledger/gas.ts';
import type { Outcome } from '#core/ledger/outcome.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';

const ACCOUNTS = ['user_0', 'user_1', 'user_2'] as const;

const account = fc.constantFrom(...ACCOUNTS);
const amount = fc.constantFrom('0.00000001', '0.5', '1', '10', '12.34', '400', '5000', '-1', 'x');
const token = fc.constantFrom('iost', 'abc', 'none');

type Step = { readonly publisher: string; readonly calls: readonly Call[]; readonly wait: number };
type Call = { readonly contract: string; readonly actionName: string; readonly data: string };

function call(contract: string, actionName: string, args: readonly unknown[]): Call {
  return { contract, actionName, data: JSON.stringify(args) };
}

const anyCall: fc.Arbitrary<Call> = fc.oneof(
  fc
    .tuple(token, account, account, amount)
    .map(([symbol, from, to, text]) =>
      call('token.iost', 'transfer', [symbol, from, to, text, '']),
    ),
  fc
    .tuple(token, account, account, amount, fc.nat(10))
    .map(([symbol, from, to, text, seconds]) =>
      call('token.iost', 'transferFreeze', [symbol, from, to, text, 1_541_541_540 + seconds, '']),
    )
    // Seconds are written as nanoseconds in the text, which has more digits than a double.
    .map((each) => ({ ...each, data: each.data.replace(/,(154\d{7}),/, ',$1000000000,') })),
  fc
    .tuple(token, account, amount)
    .map(([symbol, to, text]) => call('token.iost', 'issue', [symbol, to, text])),
  fc
    .tuple(token, account, amount)
    .map(([symbol, from, text]) => call('token.iost', 'destroy', [symbol, from, text])),
  fc
    .tuple(fc.constantFrom('pledge', 'unpledge'), account, account, amount)
    .map(([abi, pledger, user, text]) => call('gas.iost', abi, [pledger, user, text])),
);

const anyStep: fc.Arbitrary<Step> = fc.record({
  publisher: account,
  calls: fc.array(anyCall, { minLength: 1, maxLength: 3 }),
  wait: fc.nat(4 * 24 * 3600),
});

function ready(tokenVersion: '1.0.0' | '1.0.6'): LedgerSimulator {
  const ledger = new LedgerSimulator({ tokenVersion }).addAccounts().createIost();
  ledger.succeed('token.iost', 'create', ['abc', 'user_0', 10_000, { decimal: 2 }]);
  ledger.succeed('token.iost', 'issue', ['abc', 'user_0', '5000']);
  return ledger;
}

function held(ledger: LedgerSimulator, symbol: string): bigint {
  let sum = 0n;
  for (const [key, value] of ledger.base) {
    const field = key.slice(key.lastIndexOf('-') + 1);
    if (field !== symbol) continue;
    if (key.startsWith('m-token.iost-TB') && value.kind === 'int') {
      assert(value.value >= 0n, `${key} is negative`);
      sum += value.value;
    }
    if (key.startsWith('m-token.iost-TF')) {
      const holder = key.slice('m-token.iost-TF'.length, key.lastIndexOf('-'));
      for (const item of frozenItems(ledger.base, holder, symbol)) sum += item.amount;
    }
  }
  return sum;
}

function supply(ledger: LedgerSimulator, symbol: string): bigint {
  const value = ledger.base.get(`m-token.iost-TI${symbol}-supply`);
  return value?.kind === 'int' ? value.value : 0n;
}

/** RAM balances and the bytes that are used add up to what was given out. */
function ram(ledger: LedgerSimulator): bigint {
  let sum = 0n;
  for (const id of ACCOUNTS) {
    const used = ledger.base.get(`b-ram.iost-UR${id}`);
    sum += ledger.balance(id, 'ram') + (used?.kind === 'int' ? used.value : 0n);
  }
  return sum;
}

/** Everything but the gas record of the publisher, which pays also for failures. */
function withoutGas(state: ReadonlyMap<string, StateValue>, publisher: string) {
  return new Map([...state].filter(([key]) => key !== `x-gas-${publisher}`));
}

function hasSucceeded(outcome: Outcome): boolean {
  return outcome.kind === 'executed' && outcome.receipt.statusCode === 0;
}

for (const tokenVersion of ['1.0.0', '1.0.6'] as const) {
  test(`random transactions conserve tokens, RAM and gas (token ${tokenVersion})`, () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => {
        const ledger = ready(tokenVersion);
        const ramBefore = ram(ledger);
        for (const { publisher, calls, wait } of steps) {
          ledger.time += BigInt(wait) * 1_000_000_000n;
          const before = new Map(ledger.base);
          const gasBefore = currentGas(gasOf(before.get(`x-gas-${publisher}`)), ledger.time);
          const outcome = ledger.run(calls, publisher);
          if (!hasSucceeded(outcome)) {
            assert.deepEqual(withoutGas(ledger.base, publisher), withoutGas(before, publisher));
          }
          if (outcome.kind === 'executed' && outcome.receipt.statusCode !== 0) {
            const gas = currentGas(gasOf(ledger.base.get(`x-gas-${publisher}`)), ledger.time);
            assert.equal(gas, gasBefore - outcome.receipt.gasUsage);
          }
          for (const symbol of ['iost', 'abc']) {
            assert.equal(held(ledger, symbol), supply(ledger, symbol), symbol);
          }
          assert.equal(ram(ledger), ramBefore);
          for (const id of ACCOUNTS) {
            const record = gasOf(ledger.base.get(`x-gas-${id}`));
            assert(record.stock >= 0n && record.total >= 0n && record.stock <= record.limit);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
}
