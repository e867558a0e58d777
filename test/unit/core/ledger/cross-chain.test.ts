/** What a transaction does when state lies on other chains (cross-shard.md, mechanisms 1 and 2). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyCredit } from '#core/ledger/apply-credit.ts';
import { entryBytes } from '#core/ledger/balances.ts';
import type { Credit } from '#core/ledger/credit.ts';
import {
  accountFact,
  answerFact,
  entryFact,
  factOwnerKey,
  factValue,
  NEGATIVE_FACT_BLOCKS,
  tokenFact,
} from '#core/ledger/facts.ts';
import { frozenItems } from '#core/ledger/freezes.ts';
import { currentGas, gasOf, gasValue } from '#core/ledger/gas.ts';
import { homeAnchor } from '#core/ledger/home-anchor.ts';
import { pledgeOf } from '#core/ledger/pledges.ts';
import type { Placement } from '#core/ledger/ports.ts';
import {
  accountKey,
  anchorOf,
  balanceKey,
  factKey,
  freezeKey,
  gasKey,
  usedRamKey,
} from '#core/ledger/state-key.ts';
import { ELSEWHERE, StateOverlay } from '#core/ledger/state-overlay.ts';
import type { StateValue } from '#core/ledger/state-value.ts';
import {
  creditsOf,
  harnessRecord,
  LedgerSimulator,
  receiptOf,
} from '#test/support/ledger-simulator.ts';

const TOKEN = 'token.iost';

/** Chain 0 has user_0, chain 1 everybody else, the root is 255. */
const CHAIN_OF_ANCHOR = (anchor: string, self: number) => {
  if (anchor === 'local') return self;
  if (anchor === 'root') return 255;
  return anchor === 'account:user_0' ? 0 : 1;
};

function placement(self: number): Placement {
  return { self, chainOf: (key) => CHAIN_OF_ANCHOR(anchorOf(key), self) };
}

/** Chain 0 after genesis, told that user_1 exists. */
function shard(): LedgerSimulator {
  const whole = new LedgerSimulator().addAccounts(1).createIost();
  const ledger = new LedgerSimulator({ placement: placement(0) });
  for (const [key, value] of whole.base) ledger.base.set(key, value);
  return ledger.setBalance('user_0', 'iost', 100_000_000_000n);
}

function tell(ledger: LedgerSimulator, fact: string, yes = true, height = ledger.number): void {
  ledger.base.set(factKey(fact), factValue({ yes }, height));
}

const transfer = (to: string, amount = '1', token = 'iost') =>
  [TOKEN, 'transfer', [token, 'user_0', to, amount, '']] as const;

test('the receiver of another chain must be known to exist', () => {
  const ledger = shard();
  const before = new Map(ledger.base);
  assert.deepEqual(ledger.call(...transfer('user_1')), {
    kind: 'missing',
    facts: [accountFact('user_1')],
    keys: [],
    ram: [],
  });
  assert.deepEqual(ledger.base, before);
  tell(ledger, accountFact('user_1'), false);
  assert.equal(ledger.failure(...transfer('user_1')), 'invalid account user_1');
});

test('a "no" counts for a few blocks, a "yes" for ever', () => {
  const ledger = shard();
  tell(ledger, accountFact('user_1'), false, 1);
  ledger.number = 1 + NEGATIVE_FACT_BLOCKS;
  assert.equal(ledger.failure(...transfer('user_1')), 'invalid account user_1');
  ledger.number += 1;
  assert.equal(ledger.call(...transfer('user_1')).kind, 'missing');
  tell(ledger, accountFact('user_1'), true, 1);
  assert.equal(ledger.call(...transfer('user_1')).kind, 'executed');
});

test('a transfer to another chain costs what it costs at home and leaves as a credit', () => {
  const ledger = shard();
  tell(ledger, accountFact('user_1'));
  const remote = ledger.call(...transfer('user_1'));
  const local = new LedgerSimulator()
    .addAccounts()
    .createIost()
    .succeed(...transfer('user_1'));
  const expected = { ...local, txHash: receiptOf(remote).txHash };
  assert.deepEqual(receiptOf(remote), expected);
  assert.deepEqual(creditsOf(remote), [
    { kind: 'token', to: 'user_1', token: 'iost', amount: 100_000_000n, payer: '' },
  ]);
  assert.equal(ledger.balance('user_0'), 99_900_000_000n);
});

test('several payments to one receiver cost alike at home and abroad', () => {
  const actions = [1, 2, 3].map((amount) => ({
    contract: TOKEN,
    actionName: 'transfer',
    data: JSON.stringify(['iost', 'user_0', 'user_1', String(amount), '']),
  }));
  const ledger = shard();
  tell(ledger, accountFact('user_1'));
  const home = new LedgerSimulator().addAccounts().createIost();
  assert.equal(receiptOf(ledger.run(actions)).gasUsage, receiptOf(home.run(actions)).gasUsage);
});

test('credits of a failed transaction do not leave', () => {
  const ledger = shard();
  tell(ledger, accountFact('user_1'));
  const outcome = ledger.run([
    { contract: TOKEN, actionName: 'transfer', data: '["iost","user_0","user_1","1",""]' },
    { contract: TOKEN, actionName: 'nope', data: '[]' },
  ]);
  assert.equal(receiptOf(outcome).statusCode, 4);
  assert.deepEqual(creditsOf(outcome), []);
});

test('a token of the root reaches a shard as a fact, with its definition', () => {
  const root = new LedgerSimulator({ placement: placement(255) }).addAccounts(1);
  for (const key of [...root.base.keys()]) {
    if (key.includes('user_0')) continue;
    root.base.delete(key);
  }
  root.number = 0;
  root.succeed(TOKEN, 'create', ['abc', 'user_0', 100, { decimal: 2, fullName: 'A B C' }]);
  const overlay = new StateOverlay(root.base, placement(255));
  const answer = answerFact(overlay, tokenFact('abc'));
  assert.deepEqual(answer, {
    yes: true,
    value: {
      issuer: 'user_0',
      decimal: 2,
      canTransfer: true,
      onlyIssuerCanTransfer: false,
      fullName: 'A B C',
    },
  });
  assert.deepEqual(answerFact(overlay, tokenFact('nope')), { yes: false });
  const ledger = shard().setBalance('user_0', 'abc', 1000n);
  tell(ledger, accountFact('user_1'));
  const limits = { fields: { amountLimits: [{ token: 'abc', value: '5' }] } };
  const run = () => ledger.call(...transfer('user_1', '1.5', 'abc'), 'user_0', limits);
  assert.deepEqual(run(), { kind: 'missing', facts: ['token:abc'], keys: [], ram: [] });
  ledger.base.set(factKey(tokenFact('abc')), factValue(answer, 1));
  assert.deepEqual(run(), { kind: 'missing', facts: ['entry:abc:user_1'], keys: [], ram: [] });
  tell(ledger, entryFact('abc', 'user_1'), false);
  const outcome = run();
  const bytes = BigInt(entryBytes('user_1', 'abc', 'user_0'));
  assert.deepEqual(receiptOf(outcome).ramUsage, [['user_0', bytes]]);
  assert.deepEqual(creditsOf(outcome), [
    { kind: 'token', to: 'user_1', token: 'abc', amount: 150n, payer: 'user_0' },
  ]);
  tell(ledger, entryFact('abc', 'user_1'));
  const second = run();
  assert.deepEqual(receiptOf(second).ramUsage, []);
  const [credit] = creditsOf(second);
  assert.equal(credit?.kind === 'token' && credit.payer, '');
});

test('a new entry on another chain is paid for once, however many payments make it', () => {
  const ledger = shard().setBalance('user_0', 'iost', 1n).setBalance('user_0', 'abc', 1000n);
  const value = {
    issuer: 'user_0',
    decimal: 0,
    canTransfer: true,
    onlyIssuerCanTransfer: false,
    fullName: 'abc',
  };
  ledger.base.set(factKey(tokenFact('abc')), factValue({ yes: true, value }, 1));
  tell(ledger, accountFact('user_1'));
  tell(ledger, entryFact('abc', 'user_1'), false);
  const [contract, actionName, args] = transfer('user_1', '5', 'abc');
  const action = { contract, actionName, data: JSON.stringify(args) };
  const outcome = ledger.run([action, action]);
  const bytes = BigInt(entryBytes('user_1', 'abc', 'user_0'));
  assert.deepEqual(receiptOf(outcome).ramUsage, [['user_0', bytes]]);
  const payers = creditsOf(outcome).map((credit) => credit.kind === 'token' && credit.payer);
  assert.deepEqual(payers, ['user_0', '']);
});

test('who can answer which fact', () => {
  assert.equal(factOwnerKey('account:alice'), accountKey('alice'));
  assert.equal(factOwnerKey('token:abc'), 'm-token.iost-TIabc-issuer');
  assert.equal(factOwnerKey('entry:abc:alice'), balanceKey('alice', 'abc'));
  assert.throws(() => factOwnerKey('what:ever'), /known kind/);
  const state = new StateOverlay(
    new Map<string, StateValue>([
      [accountKey('alice'), { kind: 'string', value: '{}', payer: '' }],
    ]),
    placement(1),
  );
  assert.deepEqual(answerFact(state, 'account:alice'), { yes: true });
  assert.deepEqual(answerFact(state, 'account:bob'), { yes: false });
});

test("another account's exact balance has to be carried", () => {
  const ledger = shard();
  const outcome = ledger.call(TOKEN, 'balanceOf', ['iost', 'user_1']);
  assert.deepEqual(outcome, {
    kind: 'missing',
    facts: [],
    keys: [balanceKey('user_1', 'iost')],
    ram: [],
  });
});

/** What the entry shard reserves of user_0 for a run elsewhere. */
function carriedUser(ram: bigint | undefined = 500n): Map<string, StateValue | undefined> {
  const int = (value: bigint): StateValue => ({ kind: 'int', value, payer: 'token.iost' });
  const record = { kind: 'string', value: JSON.stringify(harnessRecord('user_0')), payer: '' };
  return new Map<string, StateValue | undefined>([
    [accountKey('user_0'), record as StateValue],
    [
      gasKey('user_0'),
      gasValue({ total: 0n, limit: 2n ** 62n, stock: 100_000_000n, updatedAt: 0n }),
    ],
    [balanceKey('user_0', 'iost'), int(300_000_000n)],
    [freezeKey('user_0', 'iost'), undefined],
    [balanceKey('user_0', 'ram'), int(ram ?? 0n)],
    [freezeKey('user_0', 'ram'), undefined],
    [usedRamKey('user_0'), undefined],
  ]);
}

function rootLedger(): LedgerSimulator {
  const whole = new LedgerSimulator();
  whole.number = 0;
  whole.succeed(TOKEN, 'create', ['iost', 'issue.iost', 1000, {}], 'deadaddr');
  const ledger = new LedgerSimulator({ placement: placement(255) });
  for (const [key, value] of whole.base) ledger.base.set(key, value);
  return ledger;
}

test('a carried publisher pays with what it brought, and that is answered', () => {
  const ledger = rootLedger();
  const carried = carriedUser();
  const outcome = ledger.call(TOKEN, 'create', ['abc', 'user_0', 10, {}], 'user_0', { carried });
  const receipt = receiptOf(outcome);
  assert.equal(receipt.message, '');
  assert(outcome.kind === 'executed');
  const gas = gasOf(outcome.carriedWrites.get(gasKey('user_0')));
  assert.equal(gas.stock, 100_000_000n - receipt.gasUsage);
  const bytes = receipt.ramUsage[0]?.[1] ?? 0n;
  const ram = outcome.carriedWrites.get(balanceKey('user_0', 'ram'));
  assert.equal(ram?.kind === 'int' && ram.value, 500n - bytes);
  const used = outcome.carriedWrites.get(usedRamKey('user_0'));
  assert.equal(used?.kind === 'int' && used.value, bytes);
  assert.equal(ledger.base.has(gasKey('user_0')), false);
  assert.equal(ledger.base.has('m-token.iost-TIabc-issuer'), true);
});

test('a carried publisher that fails gets everything but the gas back', () => {
  const ledger = rootLedger();
  const before = new Map(ledger.base);
  const outcome = ledger.call(TOKEN, 'create', ['abc', 'user_0', 10, {}], 'user_0', {
    carried: carriedUser(0n),
  });
  assert.equal(receiptOf(outcome).statusCode, 2);
  assert(outcome.kind === 'executed');
  assert.deepEqual([...outcome.carriedWrites.keys()], [gasKey('user_0')]);
  assert.deepEqual(ledger.base, before);
});

test('a reward for gas does not fall into a reservation', () => {
  const ledger = rootLedger();
  const actions = [
    { contract: TOKEN, actionName: 'create', data: '["abc","user_0",10,{}]' },
    { contract: 'gas.iost', actionName: 'pledge', data: '["user_0","user_0","2"]' },
  ];
  const outcome = ledger.run(actions, 'user_0', { carried: carriedUser() });
  assert.equal(receiptOf(outcome).message, '');
  assert.deepEqual(creditsOf(outcome), [
    { kind: 'pledge', pledger: 'user_0', user: 'user_0', amount: 200_000_000n },
  ]);
  assert.equal(ledger.balance('gas.iost'), 0n, 'the tokens travel with the pledge');
});

test('a pledge for an account of another chain travels with its tokens', () => {
  const ledger = shard();
  tell(ledger, accountFact('user_1'));
  const args = ['user_0', 'user_1', '200'];
  const remote = ledger.call('gas.iost', 'pledge', args);
  assert.deepEqual(creditsOf(remote), [
    { kind: 'pledge', pledger: 'user_0', user: 'user_1', amount: 20_000_000_000n },
  ]);
  assert.equal(ledger.balance('gas.iost'), 0n);
  const home = new LedgerSimulator().addAccounts().createIost();
  assert.equal(receiptOf(remote).gasUsage, home.succeed('gas.iost', 'pledge', args).gasUsage);
});

function book(credit: Credit, entries: [string, StateValue][] = [], self = 1) {
  const ledger = new LedgerSimulator({ placement: placement(self) });
  const overlay = new StateOverlay(new Map(entries), placement(self));
  overlay.begin();
  const followUps = applyCredit(overlay, credit, ledger.block);
  return { overlay, followUps, ledger };
}

test('a token credit makes the entry it was charged for, or gives the charge back', () => {
  const credit: Credit = { kind: 'token', to: 'user_1', token: 'abc', amount: 5n, payer: 'user_0' };
  const fresh = book(credit);
  assert.deepEqual(fresh.followUps, []);
  const entry = { kind: 'int', value: 5n, payer: 'user_0' } as const;
  assert.deepEqual(fresh.overlay.get(balanceKey('user_1', 'abc')), entry);
  const again = book(credit, [[balanceKey('user_1', 'abc'), { ...entry, payer: 'user_1' }]]);
  const bytes = BigInt(entryBytes('user_1', 'abc', 'user_0'));
  assert.deepEqual(again.followUps, [{ kind: 'ramRefund', account: 'user_0', bytes }]);
  assert.deepEqual(again.overlay.get(balanceKey('user_1', 'abc')), {
    ...entry,
    value: 10n,
    payer: 'user_1',
  });
  const free = book({ ...credit, payer: '' }, [[balanceKey('user_1', 'abc'), entry]]);
  assert.deepEqual(free.followUps, []);
});

test('other credits', () => {
  const pledged = book({ kind: 'pledge', pledger: 'user_0', user: 'user_1', amount: 10n ** 9n });
  const gas = gasOf(pledged.overlay.get(gasKey('user_1')));
  assert.equal(currentGas(gas, pledged.ledger.time), 100_000_000n);
  assert.equal(pledgeOf(pledged.overlay, 'user_0', 'user_1'), 10n ** 9n);
  const pool = pledged.overlay.get(balanceKey('gas.iost', 'iost'));
  assert.equal(pool?.kind === 'int' && pool.value, 10n ** 9n);

  const item = { kind: 'freeze', to: 'user_1', token: 'iost', amount: 5n } as const;
  const frozen = book({ ...item, unfreezeTime: 7n, payer: 'user_1' });
  assert.deepEqual(frozenItems(frozen.overlay, 'user_1', 'iost'), [
    { amount: 5n, unfreezeTime: 7n, ram: 64 },
  ]);

  const record = '{"id":"user_1"}';
  const account = book({ kind: 'account', id: 'user_1', record });
  assert.deepEqual(account.overlay.get(accountKey('user_1')), {
    kind: 'string',
    value: record,
    payer: 'auth.iost',
  });

  const refund = book({ kind: 'ramRefund', account: 'user_1', bytes: 12n });
  const balance = refund.overlay.get(balanceKey('user_1', 'ram'));
  assert.equal(balance?.kind === 'int' && balance.value, 12n);
});

test('a credit for another chain is not booked', () => {
  const credits: Credit[] = [
    { kind: 'token', to: 'user_0', token: 'iost', amount: 1n, payer: '' },
    { kind: 'freeze', to: 'user_0', token: 'iost', amount: 1n, unfreezeTime: 1n, payer: 'x' },
    { kind: 'account', id: 'user_0', record: '{}' },
    { kind: 'pledge', pledger: 'user_1', user: 'user_0', amount: 1n },
    { kind: 'ramRefund', account: 'user_0', bytes: 1n },
  ];
  for (const credit of credits) {
    const { overlay, followUps } = book(credit);
    assert.equal(followUps, ELSEWHERE, credit.kind);
    overlay.commit();
    assert.equal(overlay.changes().size, 0);
  }
});

test('where actions run', () => {
  const { contracts } = new LedgerSimulator();
  const home = (contract: string, actionName: string, data = '[]') =>
    homeAnchor({ contract, actionName, data }, contracts, new Uint8Array(32));
  assert.equal(home(TOKEN, 'transfer', '["iost","a","b","1",""]'), undefined);
  assert.equal(home(TOKEN, 'create', '["abc","a",1,{}]'), 'root');
  assert.equal(home(TOKEN, 'supply', '["abc"]'), 'root');
  assert.equal(home(TOKEN, 'balanceOf', '["iost","alice"]'), 'account:alice');
  assert.equal(home(TOKEN, 'balanceOf', '["iost","gas.iost"]'), undefined);
  assert.equal(home(TOKEN, 'balanceOf', 'broken'), undefined);
  assert.equal(home(TOKEN, 'nope'), undefined);
  assert.equal(home('token721.iost', 'transfer', '["a","b","c","0"]'), 'root');
  assert.equal(home('gas.iost', 'pledge', '["a","b","1"]'), undefined);
  assert.equal(home('gas.iost', 'unpledge', '["a","b","1"]'), 'account:b');
  assert.equal(home('Contractabc', 'any'), 'contract:Contractabc');
  assert.equal(home('some.name', 'any'), 'root');
});
