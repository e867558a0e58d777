/**
 * Goal: every ABI of every native contract refuses arguments of a wrong number or type in the words of
 * the reference (spec go-iost §5.9), and `init` of none of them can be called.
 * Method: all of them on one ledger, as actions; a receipt shows what a client would see.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RECEIPT_STATUS } from '#core/chain/receipt.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import type { ArgumentType } from '#core/ledger/native/native-contract.ts';
import { LedgerSimulator } from '#test/support/ledger-simulator.ts';
import { ContractLedger } from '#test/unit/io/iosvm/contracts.ts';

const RIGHT: Readonly<Record<ArgumentType, unknown>> = {
  string: 'a',
  number: 1,
  bool: true,
  json: {},
};
/** Nothing is a wrong type for `json`. */
const WRONG: Readonly<Record<Exclude<ArgumentType, 'json'>, readonly [unknown, string]>> = {
  string: [7, 'error parse string arg &{7}, type assertion to string failed'],
  bool: ['x', 'error parse bool arg &{x}, type assertion to bool failed'],
  number: ['x', 'error parse number arg &{x}, invalid value type'],
};

const registry = builtinContracts();
const contracts = registry.ids().map((id) => {
  const contract = registry.get(id);
  assert.ok(contract !== undefined);
  return contract;
});

function refusal(contract: string, abi: string, args: readonly unknown[]): string {
  const ledger = new LedgerSimulator({ contracts }).addAccounts();
  const receipt = ledger.receipt(contract, abi, args, 'user_0');
  assert.equal(receipt.statusCode, RECEIPT_STATUS.RUNTIME_ERROR);
  return receipt.message.split(' error: ')[1] ?? '';
}

describe('arguments of native contracts', () => {
  for (const { id, abis } of contracts) {
    test(id, () => {
      assert.ok(abis.size > 0);
      for (const [abi, { args }] of abis) {
        const right = args.map((type) => RIGHT[type]);
        const counts = `args length unmatched to abi ${abi}. need ${args.length}, got `;
        assert.equal(
          refusal(id, abi, [...right, 1]),
          `prepare contract: ${counts}${args.length + 1}`,
        );
        if (args.length > 0) {
          assert.equal(
            refusal(id, abi, right.slice(1)),
            `prepare contract: ${counts}${args.length - 1}`,
          );
        }
        for (const [at, type] of args.entries()) {
          if (type === 'json') continue;
          const [value, words] = WRONG[type];
          assert.equal(refusal(id, abi, right.with(at, value)), `prepare contract: ${words}`);
        }
      }
      assert.equal(refusal(id, 'init', []), "prepare contract: cannot call 'init' manually");
      assert.equal(refusal(id, 'missing', []), 'prepare contract: abi missing not found');
    });
  }
});

test('init of a user contract is called by its publication alone, and settings cannot be changed', () => {
  const user = new ContractLedger();
  const source = `class Settings {
    init() {}
    go() { return BigNumber.config({ DECIMAL_PLACES: 1 }); }
  }
  module.exports = Settings;`;
  user.place('ContractSettings', source, { go: [] });
  const said = (abi: string) => user.ledger.receipt('ContractSettings', abi, [], 'user_0').message;
  assert.match(said('init'), /cannot call 'init' manually$/);
  assert.match(said('go'), /BigNumber\.config is not a function/);
});
