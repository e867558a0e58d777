/** The order and the rules of running a transaction (spec go-iost §2.6, §2.7, §5.13). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import { currentGas, gasOf } from '#core/ledger/gas.ts';
import { defineContract, type NativeAbi } from '#core/ledger/native/native-contract.ts';
import type { Outcome } from '#core/ledger/outcome.ts';
import { gasKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { LedgerSimulator, publicKeyOf, receiptOf } from '#test/support/ledger-simulator.ts';

const TOKEN = 'token.iost';

function ready(abis: readonly NativeAbi[] = [], language: 'native' | 'javascript' = 'native') {
  const contracts = abis.length === 0 ? [] : [defineContract('test.iost', '1', language, abis)];
  return new LedgerSimulator({ contracts }).addAccounts().createIost();
}

const transfer = (amount: string, to = 'user_1', memo = '') => ({
  contract: TOKEN,
  actionName: 'transfer',
  data: JSON.stringify(['iost', 'user_0', to, amount, memo]),
});

function dropped(outcome: Outcome): string {
  assert.equal(outcome.kind, 'dropped');
  return outcome.kind === 'dropped' ? outcome.rejection.message : '';
}

function gasOfUser(ledger: LedgerSimulator, id = 'user_0'): bigint {
  return currentGas(gasOf(ledger.base.get(gasKey(id))), ledger.time);
}

test('dropped transactions change nothing and say why, in order', () => {
  const ledger = ready();
  ledger.addAccount('poor').setGas('poor', 5n);
  const before = new Map(ledger.base);
  const run = (fields: object, options: object = {}) =>
    dropped(ledger.run([transfer('1')], 'user_0', { fields, ...options }));
  assert.equal(run({ gasRatio: 99n }), 'gas ratio illegal, should in [1, 100]');
  assert.equal(run({ gasRatio: 10_001n }), 'gas ratio illegal, should in [1, 100]');
  assert.equal(run({ gasLimit: 599_999n }), 'gas limit illegal, should in [6000, 4000000]');
  assert.equal(run({ gasLimit: 400_000_001n }), 'gas limit illegal, should in [6000, 4000000]');
  assert.match(
    run({ gasLimit: 600_000n, gasRatio: 10_000n }),
    /^gas limit should be larger, paid: \d+, gas limit: 600000, gas ratio: 10000$/,
  );
  assert.equal(
    dropped(ledger.run([transfer('1')], 'poor')),
    'gas not enough: user poor has 5 < 1000000',
  );
  assert.equal(run({ signers: ['user_1'] }), 'illegal signer: user_1');
  assert.equal(run({ signers: ['a@b@c'] }), 'illegal signer: a@b@c');
  assert.equal(run({ signers: ['user_1@active'] }), 'unauthorized signer: user_1@active');
  assert.equal(run({ signers: ['token.iost@active'] }), 'unauthorized signer: token.iost@active');
  assert.equal(run({}, { publishedBy: ['user_1'] }), 'unauthorized publisher: user_0');
  const limits = (...tokens: string[]) => ({
    amountLimits: tokens.map((token) => ({ token, value: '1' })),
  });
  assert.equal(run(limits('nope')), 'token not exists in amountLimit, token:"nope" val:"1"');
  assert.equal(run(limits('iost', 'iost')), 'duplicated token in amountLimit: iost');
  assert.equal(run({ amountLimits: [{ token: 'iost', value: 'x' }] }), 'abnormal char in amount');
  assert.deepEqual(ledger.base, before);
});

test('a publisher that is a contract cannot publish', () => {
  const ledger = ready();
  ledger.setGas('Contractx', 100_000_000n);
  assert.equal(
    dropped(ledger.run([transfer('1')], 'Contractx')),
    'unauthorized publisher: Contractx',
  );
});

test('a signature of a listed signer lets the transaction act for it', () => {
  const ledger = ready();
  ledger.succeed(TOKEN, 'transfer', ['iost', 'user_0', 'user_1', '5', '']);
  const both = { signers: ['user_1@active'], signedBy: ['user_1'] };
  ledger.succeed(TOKEN, 'transfer', ['iost', 'user_1', 'user_2', '5', ''], 'user_0', both);
  assert.equal(ledger.balance('user_2'), 500_000_000n);
});

test('one failing action undoes all of them; gas is charged for what ran', () => {
  const ledger = ready();
  const balances = () => ['user_0', 'user_1'].map((id) => ledger.balance(id));
  const before = balances();
  const gasBefore = gasOfUser(ledger);
  const receipt = receiptOf(ledger.run([transfer('1'), transfer('5000')]));
  assert.equal(receipt.statusCode, 4);
  assert.match(receipt.message, / error: balance not enough 999 < 5000$/);
  assert.deepEqual(balances(), before);
  assert.deepEqual([receipt.returns, receipt.receipts, receipt.ramUsage], [[], [], []]);
  assert(receipt.gasUsage > 0n);
  assert.equal(gasOfUser(ledger), gasBefore - receipt.gasUsage);
});

test('two actions cost their sum, and the second finds what the first left', () => {
  const ledger = ready();
  const one = receiptOf(ledger.run([transfer('1')]));
  const ledger2 = ready();
  const two = receiptOf(ledger2.run([transfer('1'), transfer('1')]));
  assert.equal(ledger2.balance('user_1'), 200_000_000n);
  assert.deepEqual(two.returns, ['[]', '[]']);
  assert.equal(two.receipts.length, 2);
  assert(two.gasUsage > one.gasUsage);
});

test('gas is charged at the ratio the publisher chose', () => {
  const plain = receiptOf(ready().run([transfer('1')]));
  const double = receiptOf(ready().run([transfer('1')], 'user_0', { fields: { gasRatio: 250n } }));
  assert.equal(double.gasUsage * 100n, plain.gasUsage * 250n);
});

test('running out of gas costs all of it', () => {
  const ledger = ready();
  const fields = { gasLimit: 700_000n };
  const receipt = receiptOf(ledger.run([transfer('1')], 'user_0', { fields }));
  assert.equal(receipt.statusCode, 4);
  assert.equal(receipt.message, 'out of gas');
  assert.equal(receipt.gasUsage, 700_000n);
  assert.equal(ledger.balance('user_1'), 0n);
});

test('out of gas hides what the action would have failed for', () => {
  const ledger = ready();
  const fields = { gasLimit: 600_000n };
  const receipt = receiptOf(ledger.run([transfer('5000')], 'user_0', { fields }));
  assert.equal(receipt.message, 'out of gas');
});

test('gas that the actions themselves cost the publisher ends them', () => {
  const ledger = ready();
  ledger.base.delete(gasKey('user_0'));
  const pledge = { contract: 'gas.iost', actionName: 'pledge', data: '["user_0","user_0","110"]' };
  receiptOf(ledger.run([pledge]));
  const unpledge = { ...pledge, actionName: 'unpledge', data: '["user_0","user_0","100"]' };
  const fields = { gasLimit: 400_000_000n };
  const receipt = receiptOf(ledger.run([unpledge], 'user_0', { fields }));
  assert.equal(receipt.message, 'out of gas');
  assert.equal(receipt.gasUsage, 400_000_000n);
});

test('long actions are described by their first hundred code points', () => {
  const ledger = ready();
  const failing = transfer('5000', 'user_1', '😀'.repeat(60));
  const { message } = receiptOf(ledger.run([failing]));
  const described = `Action{Contract: token.iost, ActionName: transfer, Data: ${failing.data}}\n`;
  const shown = [...described].slice(0, 100).join('');
  assert.equal(message, `running action ${shown}... error: balance not enough 1000 < 5000`);
  const short = { contract: 'x', actionName: 'y', data: '[]' };
  assert.equal(
    receiptOf(ledger.run([short])).message,
    'running action Action{Contract: x, ActionName: y, Data: []}\n error: prepare contract: contract x not found',
  );
});

test('what cannot be called', () => {
  const ledger = ready();
  assert.equal(
    ledger.failure('Contractabc', 'f', []),
    'prepare contract: contract Contractabc not found',
  );
  assert.equal(ledger.failure(TOKEN, 'nope', []), 'prepare contract: abi nope not found');
  assert.equal(ledger.failure(TOKEN, 'init', []), "prepare contract: cannot call 'init' manually");
  assert.equal(
    ledger.failure(TOKEN, 'supply', []),
    'prepare contract: args length unmatched to abi supply. need 1, got 0',
  );
  assert.equal(
    ledger.failure(TOKEN, 'supply', '[1]'),
    'prepare contract: error parse string arg &{1}, type assertion to string failed',
  );
});

test('amount limits bound every token over all actions', () => {
  const ledger = ready();
  const limited = (value: string, token = 'iost') => ({
    fields: { amountLimits: [{ token, value }] },
  });
  const run = (amounts: string[], limit: object) =>
    receiptOf(
      ledger.run(
        amounts.map((amount) => transfer(amount)),
        'user_0',
        limit,
      ),
    ).message;
  const excess = (need: string) => `token iost exceed amountLimit in tx. need ${need}`;
  assert.equal(run(['10'], limited('10')), '');
  assert(run(['10.1'], limited('10')).endsWith(excess('10.1')));
  assert(run(['6', '6'], limited('10')).endsWith(excess('12')));
  assert.equal(run(['6', '4'], limited('10')), '');
  assert(run(['4', '4', '4'], limited('10')).endsWith(excess('12')));
  assert.equal(run(['9', '0.5', '0.5'], limited('10')), '');
  assert(run(['1'], { fields: { amountLimits: [] } }).endsWith(excess('1')));
  assert.equal(run(['1.5'], limited('2', '*')), '');
  assert(run(['2.5'], limited('2', '*')).endsWith(excess('2.5')));
  assert.equal(run(['1'], limited('unlimited')), '');
});

test('an ABI bounds what its callers lose', () => {
  const pay: NativeAbi = {
    name: 'pay',
    args: ['string'],
    amountLimit: [{ token: 'iost', value: '10' }],
    run(host, [amount]) {
      host.call(TOKEN, 'transfer', ['iost', host.publisher, 'user_1', String(amount), '']);
      return [];
    },
  };
  const free: NativeAbi = { ...pay, name: 'free', amountLimit: [] };
  const wrong: NativeAbi = { ...pay, name: 'wrong', amountLimit: [{ token: 'iost', value: 'x' }] };
  const ledger = ready([pay, free, wrong]);
  ledger.succeed('test.iost', 'pay', ['10']);
  assert.equal(
    ledger.failure('test.iost', 'pay', ['10.1']),
    'token iost exceed amountLimit in abi. need 10.1',
  );
  assert.equal(
    ledger.failure('test.iost', 'free', ['1']),
    'token iost exceed amountLimit in abi. need 1',
  );
  assert.equal(ledger.failure('test.iost', 'wrong', ['1']), 'abnormal char in amount');
});

test('calls nest five deep, come back, and do not meet themselves', () => {
  const dig = (name: string, next?: string): NativeAbi => ({
    name,
    args: [],
    run(host) {
      if (next !== undefined) host.call('test.iost', next, []);
      host.receipt(`${host.contract}/${host.caller.name}/${host.caller.isAccount}`);
      return [];
    },
  });
  const ledger = ready([
    dig('a1', 'a2'),
    dig('a2', 'a3'),
    dig('a3', 'a4'),
    dig('a4', 'a5'),
    dig('a5'),
    dig('b1', 'a1'),
    dig('self', 'self'),
    dig('loop', 'back'),
    dig('back', 'loop'),
  ]);
  const receipt = ledger.succeed('test.iost', 'a1', []);
  assert.equal(receipt.receipts.length, 5);
  assert.equal(receipt.receipts[0]?.content, 'test.iost/test.iost/false');
  assert.equal(receipt.receipts[4]?.content, 'test.iost/user_0/true');
  assert.equal(ledger.failure('test.iost', 'b1', []), 'stack height exceed. actual 6');
  assert.equal(ledger.failure('test.iost', 'self', []), 're-entering');
  assert.equal(ledger.failure('test.iost', 'loop', []), 're-entering');
});

test('a contract lends its own authority only when it says so', () => {
  const spend = (name: string, withAuth: boolean): NativeAbi => ({
    name,
    args: [],
    run(host) {
      host.call(TOKEN, 'transfer', ['iost', 'test.iost', 'user_2', '1', ''], withAuth);
      return [];
    },
  });
  const ledger = ready([spend('with', true), spend('without', false)]);
  ledger.succeed(TOKEN, 'transfer', ['iost', 'user_0', 'test.iost', '5', '']);
  assert.equal(ledger.failure('test.iost', 'without', []), 'transaction has no permission');
  ledger.succeed('test.iost', 'with', []);
  assert.equal(ledger.balance('user_2'), 100_000_000n);
});

test('JavaScript frames cost a flat fare and no bytes', () => {
  const say: NativeAbi = {
    name: 'say',
    args: [],
    run(host) {
      host.receipt('x'.repeat(1000));
      return [''];
    },
  };
  const native = ready([say], 'native').succeed('test.iost', 'say', []);
  const script = ready([say], 'javascript').succeed('test.iost', 'say', []);
  assert.equal(script.gasUsage - native.gasUsage, (30_000n - 10_000n) * 100n);
});

const store: NativeAbi = {
  name: 'store',
  args: ['string', 'string'],
  run(host, [value, payer]) {
    host.put('key', String(value), String(payer));
    return [];
  },
};

test('RAM is paid by who agreed, and shown per payer', () => {
  const ledger = ready([store]);
  const receipt = ledger.succeed('test.iost', 'store', ['value', 'user_0']);
  const bytes = 'test.iost-key'.length + 's'.length + 'value'.length + '@user_0'.length;
  assert.deepEqual(receipt.ramUsage, [['user_0', BigInt(bytes)]]);
  assert.equal(
    ledger.failure('test.iost', 'store', ['value', 'user_1']),
    'pay ram failed. no permission. need user_1@active',
  );
  const both = { signers: ['user_1@active'], signedBy: ['user_1'] };
  const moved = ledger.succeed('test.iost', 'store', ['value', 'user_1'], 'user_0', both);
  assert.deepEqual(moved.ramUsage, [
    ['user_0', BigInt(-bytes)],
    ['user_1', BigInt(bytes)],
  ]);
});

test('too little RAM undoes everything but the gas', () => {
  const ledger = ready([store]);
  const ram = ledger.balance('user_0', 'ram');
  const gasBefore = gasOfUser(ledger);
  const huge = 'v'.repeat(20_000);
  const receipt = ledger.receipt('test.iost', 'store', [huge, 'user_0']);
  assert.equal(receipt.statusCode, 2);
  assert.equal(
    receipt.message,
    `balance not enough after executing actions: pay ram failed. id: user_0 need 20021, actual ${ram}`,
  );
  assert.deepEqual(receipt.ramUsage, []);
  assert.equal(ledger.balance('user_0', 'ram'), ram);
  assert.equal(gasOfUser(ledger), gasBefore - receipt.gasUsage);
  assert.equal(ledger.base.has('b-test.iost-key'), false);
});

test('genesis asks for no authority and charges nothing', () => {
  const ledger = new LedgerSimulator();
  ledger.number = 0;
  const receipt = ledger.succeed(TOKEN, 'create', ['iost', 'anybody', 100, {}], 'deadaddr');
  assert.equal(receipt.gasUsage, 0n);
  assert.equal(ledger.base.has(gasKey('deadaddr')), false);
});

test('an execution that was killed is a timeout and costs everything', () => {
  const kill: NativeAbi = {
    name: 'kill',
    args: [],
    run: (host) => host.fail('execution killed by the watch'),
  };
  const receipt = ready([kill]).receipt('test.iost', 'kill', []);
  assert.equal(receipt.statusCode, 5);
  assert.match(receipt.message, / error: execution killed$/);
  assert.equal(receipt.gasUsage, 100_000_000n);
});

test('bugs are not caught', () => {
  const broken: NativeAbi = {
    name: 'broken',
    args: [],
    run() {
      throw new TypeError('a bug');
    },
  };
  assert.throws(() => ready([broken]).receipt('test.iost', 'broken', []), TypeError);
});

test('a failure can be put off where reservations are open', () => {
  const ledger = ready();
  const transaction = ledger.transaction([transfer('5000')], 'user_0', {});
  const overlay = new StateOverlay(ledger.base, ledger.placement);
  const environment = { overlay, block: ledger.block, contracts: ledger.contracts };
  const id = new Uint8Array(32);
  const outcome = applyTransaction({ ...environment, deferFailure: true }, transaction, id);
  assert.deepEqual(outcome, { kind: 'deferred' });
  assert.equal(overlay.changes().size, 0);
});

test('a user contract runs in the engine, with its own limits and arguments', () => {
  const ledger = ready();
  const transaction = ledger.transaction(
    [{ contract: 'Contractx', actionName: 'go', data: '["a"]' }],
    'user_0',
    {},
  );
  const overlay = new StateOverlay(ledger.base, ledger.placement);
  const seen: unknown[] = [];
  const engine = {
    patience: 1,
    contract: () => ({
      abi: (name: string) =>
        name === 'go' ? { name, args: ['string' as const], amountLimit: [] } : undefined,
    }),
    run: (_host: unknown, id: string, abi: string, args: readonly unknown[]) => {
      seen.push(id, abi, args);
      return 'done';
    },
  };
  const environment = { overlay, block: ledger.block, contracts: ledger.contracts, engine };
  const outcome = applyTransaction(environment, transaction, new Uint8Array(32));
  assert.deepEqual(receiptOf(outcome).returns, ['["done"]']);
  assert.deepEqual(seen, ['Contractx', 'go', ['a']]);
  assert.equal(publicKeyOf('user_0').length, 45);
});
