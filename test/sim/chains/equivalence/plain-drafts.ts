/** Payments, several actions at once, limits, gas, and everything that is wrong with a transaction. */

import { call, type SimTransaction } from '../sim-client.ts';
import { type Draft, RAM_MARKET, tokenName } from './draft.ts';
import { GASLESS, keyOf, PENNILESS, RICH } from './mixed-accounts.ts';
import type { WorldModel } from './world-model.ts';

type Draw = (world: WorldModel) => Draft | undefined;

const AMPLE_GAS = 400_000_00n;

/** Few, so that their shards have heard that an account does not exist before it does. */
const HASTY = RICH.slice(20, 28);

const pay = (from: string, to: string, amount: string, token = 'iost', memo = '') =>
  call('token.iost', 'transfer', token, from, to, amount, memo);

function draft(
  kind: string,
  publisher: string,
  others: readonly string[],
  actions: SimTransaction['actions'],
  rest: Partial<SimTransaction> = {},
): Draft {
  const transaction = { publisher, gasLimit: AMPLE_GAS, actions, ...rest };
  return { kind, transaction, touches: [publisher, ...others] };
}

const payments: readonly Draw[] = [
  (world) => {
    const [from, to] = world.two();
    return draft('transfer', from, [to], [pay(from, to, world.amount(300))]);
  },
  (world) => {
    const [from] = world.two();
    const to = world.newcomers.length > 0 ? world.pick(world.newcomers) : from;
    return draft('transfer-newcomer', from, [to], [pay(from, to, world.amount(30))]);
  },
  (world) => {
    if (world.newcomers.length === 0) return undefined;
    const from = world.pick(world.newcomers);
    const to = world.rich();
    return draft('transfer-by-newcomer', from, [to], [pay(from, to, '1')], {
      gasLimit: 60_000_00n,
    });
  },
  (world) => {
    const from = world.rich();
    return draft('transfer-self', from, [], [pay(from, from, '3')]);
  },
  (world) => {
    if (world.tokens.length === 0) return undefined;
    const token = world.pick(world.tokens);
    const from = token.holders.length === 0 ? token.issuer : world.pick(token.holders);
    if (from !== token.issuer && token.isIssuerOnly) return undefined;
    const to = world.pick([token.issuer, token.issuer, from]);
    const touched = [to, tokenName(token.symbol)];
    return draft('token-back', from, touched, [pay(from, to, '0.5', token.symbol)]);
  },
  (world) => {
    const from = world.rich();
    return draft('transfer-nobody', from, [], [pay(from, world.nobody(), '1')]);
  },
  (world) => {
    const from = world.pick(HASTY);
    const to = world.nextName('acct');
    return draft('transfer-too-early', from, [to], [pay(from, to, '1')]);
  },
  (world) => {
    const from = world.pick(HASTY);
    const to = world.newcomers.at(-1) ?? from;
    return draft('transfer-in-time', from, [to], [pay(from, to, '1')]);
  },
  (world) => {
    const [from, to] = world.two();
    return draft('transfer-too-much', from, [to], [pay(from, to, '99999999')]);
  },
  (world) => {
    const from = world.pick(PENNILESS);
    const to = world.rich();
    return draft('transfer-penniless', from, [to], [pay(from, to, '1')]);
  },
  (world) => {
    const from = world.pick(GASLESS);
    const to = world.rich();
    return draft('transfer-gasless', from, [to], [pay(from, to, '1')]);
  },
  (world) => {
    const [from, to] = world.two();
    const amount = world.pick(['0', '-1', 'abc', '0.000000001', '1e3', '']);
    return draft('transfer-bad-amount', from, [to], [pay(from, to, amount)]);
  },
  (world) => {
    const [from, to] = world.two();
    return draft('transfer-no-token', from, [to], [pay(from, to, '1', 'nosuch')]);
  },
  (world) => {
    const [from, to] = world.two();
    const memo = 'm'.repeat(world.pick([512, 513]));
    return draft('transfer-memo', from, [to], [pay(from, to, '1', 'iost', memo)]);
  },
];

const several: readonly Draw[] = [
  (world) => {
    const [from, to] = world.two();
    const third = world.rich();
    const actions = [pay(from, to, '1'), pay(from, third, '2'), pay(from, to, '3')];
    return draft('actions-payments', from, [to, third], actions);
  },
  (world) => {
    const [from, to] = world.two();
    const actions = [pay(from, to, '1'), pay(from, to, '99999999')];
    return draft('actions-second-fails', from, [to], actions);
  },
  (world) => {
    const [from, to] = world.two();
    const buy = call('ram.iost', 'buy', from, to, 50);
    const actions = [pay(from, to, '1'), buy, call('system.iost', 'receipt', 'done')];
    return draft('actions-home-elsewhere', from, [to, RAM_MARKET], actions);
  },
  (world) => {
    const [from, to] = world.two();
    const pledge = call('gas.iost', 'pledge', from, from, '7');
    return draft('actions-pledge-pay', from, [to], [pledge, pay(from, to, '4')]);
  },
  (world) => {
    const [from, to] = world.two();
    const id = world.newName('many');
    const key = keyOf(id);
    const actions = [
      call('auth.iost', 'signUp', id, key, key),
      call('ram.iost', 'buy', from, id, 200),
      call('gas.iost', 'pledge', from, id, '5'),
      pay(from, id, '10'),
      pay(from, to, '1'),
    ];
    const drawn = draft('actions-newcomer', from, [to, id, RAM_MARKET], actions);
    return { ...drawn, learn: () => world.enter(id) };
  },
  (world) => {
    const [from, to] = world.two();
    const symbol = world.newName('mul');
    const actions = [
      call('token.iost', 'create', symbol, from, 1000, {}),
      call('token.iost', 'issue', symbol, from, '10'),
      pay(from, to, '4', symbol),
      call('token.iost', 'destroy', symbol, from, '1'),
    ];
    const drawn = draft('actions-token', from, [to, tokenName(symbol)], actions);
    return {
      ...drawn,
      learn: () =>
        world.tokens.push({ symbol, issuer: from, holders: [from, to], isIssuerOnly: false }),
    };
  },
];

const limits: readonly Draw[] = [
  (world) => {
    const [from, to] = world.two();
    const amountLimits = [{ token: 'iost', value: world.pick(['5', '4.99', '1', 'unlimited']) }];
    return draft('limit', from, [to], [pay(from, to, '5')], { amountLimits });
  },
  (world) => {
    const [from, to] = world.two();
    const amountLimits = [{ token: 'iost', value: world.pick(['5', '2']) }];
    const actions = [pay(from, to, '2'), call('ram.iost', 'buy', from, from, 10)];
    return draft('limit-home-elsewhere', from, [to, RAM_MARKET], actions, { amountLimits });
  },
  (world) => {
    const [from, to] = world.two();
    return draft('limit-none', from, [to], [pay(from, to, '5')], { amountLimits: [] });
  },
  (world) => {
    const [from, to] = world.two();
    const limit = { token: 'iost', value: '9' };
    const amountLimits = world.pick([[limit, limit], [{ token: 'nosuch', value: '1' }]]);
    return draft('limit-illegal', from, [to], [pay(from, to, '5')], { amountLimits });
  },
  (world) => {
    const [from, to] = world.two();
    const gasLimit = BigInt(world.pick([6_000, 6_500, 7_000, 8_000, 9_000, 12_000])) * 100n;
    const actions = [pay(from, to, '1'), pay(from, to, '1'), pay(from, to, '1')];
    return draft('gas-exhausted', from, [to], actions, { gasLimit });
  },
  (world) => {
    const [from] = world.two();
    const gasLimit = BigInt(world.pick([6_000, 7_000, 9_000, 12_000, 20_000])) * 100n;
    const actions = [call('ram.iost', 'buy', from, from, 20)];
    return draft('gas-exhausted-elsewhere', from, [RAM_MARKET], actions, { gasLimit });
  },
  (world) => {
    const from = world.rich();
    const actions = [call('gas.iost', 'unpledge', from, from, '2990')];
    return draft('gas-taken-away', from, [], actions);
  },
];

const wrong: readonly Draw[] = [
  (world) => draft('unknown-abi', world.rich(), [], [call('token.iost', 'nope')]),
  (world) => draft('unknown-contract', world.rich(), [], [call('nosuch.iost', 'go')]),
  (world) => draft('unknown-domain', world.rich(), [], [call('some.name', 'go', 1)]),
  (world) => {
    const id = `Contract${world.pick(['A', 'B', 'C', 'D', 'E'])}`;
    return draft('unknown-user-contract', world.rich(), [], [call(id, 'go')]);
  },
  (world) => draft('wrong-count', world.rich(), [], [call('token.iost', 'supply')]),
  (world) => draft('wrong-type', world.rich(), [], [call('ram.iost', 'buy', 1, 2, 'x')]),
  (world) => {
    const action = { contract: 'token.iost', actionName: 'supply', data: '[nojson' };
    return draft('no-json', world.rich(), [], [action]);
  },
  (world) => draft('no-action', world.rich(), [], []),
  (world) => draft('receipt', world.rich(), [], [call('system.iost', 'receipt', 'hello')]),
  (world) => {
    const one = world.rich();
    const permission = world.pick(['active', 'owner', 'nope']);
    return draft('require-auth', one, [], [call('system.iost', 'requireAuth', one, permission)]);
  },
  (world) => {
    const one = world.rich();
    const signers = [`${one}@${world.pick(['active', 'owner', 'nope', ''])}`];
    const to = world.rich();
    return draft('own-signer', one, [to], [pay(one, to, '1')], { signers });
  },
  (world) => draft('set-code', world.rich(), [], [call('system.iost', 'setCode', '{}')]),
];

export const PLAIN_DRAWS: readonly Draw[] = [...payments, ...several, ...limits, ...wrong];
