/** Accounts, permissions, gas and RAM. */

import { call } from '../sim-client.ts';
import { type Draft, RAM_MARKET } from './draft.ts';
import { GASLESS, keyOf, NARROW, RICH } from './mixed-accounts.ts';
import type { WorldModel } from './world-model.ts';

type Draw = (world: WorldModel) => Draft | undefined;

const AMPLE_GAS = 400_000_00n;

/** One action; it touches its publisher and `others`. */
function single(
  kind: string,
  publisher: string,
  others: readonly string[],
  contract: string,
  abi: string,
  ...args: readonly unknown[]
): Draft {
  const actions = [call(contract, abi, ...args)];
  return {
    kind,
    transaction: { publisher, gasLimit: AMPLE_GAS, actions },
    touches: [publisher, ...others],
  };
}

const pledges: readonly Draw[] = [
  (world) => {
    const one = world.rich();
    return single('pledge', one, [], 'gas.iost', 'pledge', one, one, world.amount(50));
  },
  (world) => {
    const [one, two] = world.two();
    const args = [one, two, '12.5'];
    const draft = single('pledge-for-another', one, [two], 'gas.iost', 'pledge', ...args);
    return { ...draft, learn: () => world.pledges.push([one, two]) };
  },
  (world) => {
    const [one, two] = world.two();
    return single('pledge-too-small', one, [two], 'gas.iost', 'pledge', one, two, '0.5');
  },
  (world) => {
    const one = world.rich();
    return single('pledge-for-nobody', one, [], 'gas.iost', 'pledge', one, world.nobody(), '2');
  },
  (world) => {
    const one = world.pick(GASLESS);
    const amount = world.pick(['1', '3', '20']);
    const draft = single('first-pledge', one, [], 'gas.iost', 'pledge', one, one, amount);
    return { ...draft, transaction: { ...draft.transaction, gasLimit: 200_000_00n } };
  },
  (world) => {
    const one = world.rich();
    return single('unpledge', one, [], 'gas.iost', 'unpledge', one, one, world.amount(40));
  },
  (world) => {
    const [one, two] = world.pledges.length > 0 ? world.pick(world.pledges) : world.two();
    return single('unpledge-other', one, [two], 'gas.iost', 'unpledge', one, two, '3');
  },
  (world) => {
    const one = world.rich();
    return single('unpledge-too-much', one, [], 'gas.iost', 'unpledge', one, one, '999999');
  },
];

const signUps: readonly Draw[] = [
  (world) => {
    const id = world.newName('acct');
    const key = keyOf(id);
    const draft = single('sign-up', world.rich(), [id], 'auth.iost', 'signUp', id, key, key);
    return { ...draft, learn: () => world.enter(id) };
  },
  (world) => {
    const [one, two] = world.two();
    return single('sign-up-taken', one, [two], 'auth.iost', 'signUp', two, 'k', 'k');
  },
  (world) => single('sign-up-bad-name', world.rich(), [], 'auth.iost', 'signUp', 'No!', 'k', 'k'),
  (world) => {
    const id = world.newName('exch');
    const key = keyOf(id);
    const one = world.rich();
    const memo = `create:${id}:${key}:${key}`;
    const touched = [id, RAM_MARKET];
    const args = ['iost', '', '150', memo];
    const draft = single('exchange-create', one, touched, 'exchange.iost', 'transfer', ...args);
    return { ...draft, learn: () => world.enter(id) };
  },
  (world) => {
    const [one, two] = world.two();
    const amount = world.pick(['100', '250.5', '99', 'x']);
    return single('exchange', one, [two], 'exchange.iost', 'transfer', 'iost', two, amount, 'hi');
  },
  (world) => {
    const args = ['iost', '', '150', world.pick(['create:a', 'nothing', 'create:a:b:c:d'])];
    return single('exchange-bad-memo', world.rich(), [], 'exchange.iost', 'transfer', ...args);
  },
];

/** Few, so that one edit finds what another has left. */
const EDITORS = RICH.slice(0, 12);
const GROUPS = ['staff', 'friends'] as const;
const PERMISSIONS = ['spend', 'vote', 'active'] as const;

/** Edits of one's own record, by the owner but for some. */
function edit(name: string, args: (world: WorldModel) => readonly unknown[]): Draw {
  return (world) => {
    const one = world.pick(EDITORS);
    const draft = single(`auth-${name}`, one, [], 'auth.iost', name, one, ...args(world));
    const signers = world.random.chance(100) ? [] : [`${one}@owner`];
    return { ...draft, transaction: { ...draft.transaction, signers } };
  };
}

const item = (world: WorldModel): string => world.pick([keyOf('spare'), `${world.rich()}@active`]);

const edits: readonly Draw[] = [
  edit('addPermission', (world) => [world.pick(PERMISSIONS), 100]),
  edit('dropPermission', (world) => [world.pick(PERMISSIONS)]),
  edit('assignPermission', (world) => [world.pick(PERMISSIONS), item(world), 30]),
  edit('revokePermission', () => ['spend', keyOf('spare')]),
  edit('addGroup', (world) => [world.pick(GROUPS)]),
  edit('dropGroup', (world) => [world.pick(GROUPS)]),
  edit('assignGroup', (world) => [world.pick(GROUPS), item(world), world.pick([20, -1])]),
  edit('revokeGroup', (world) => [world.pick(GROUPS), keyOf('spare')]),
  edit('assignPermissionToGroup', (world) => ['spend', world.pick(GROUPS)]),
  edit('revokePermissionInGroup', (world) => ['spend', world.pick(GROUPS)]),
  (world) => {
    const [one, two] = world.two();
    return single('auth-of-another', one, [two], 'auth.iost', 'addGroup', two, 'mine');
  },
  (world) =>
    single('auth-of-nobody', world.rich(), [], 'auth.iost', 'addGroup', world.nobody(), 'mine'),
];

const ram: readonly Draw[] = [
  (world) => {
    const [one, two] = world.two();
    const to = world.random.chance(500) ? one : two;
    const bytes = 10 + world.random.below(3000);
    return single('ram-buy', one, [two, RAM_MARKET], 'ram.iost', 'buy', one, to, bytes);
  },
  (world) => {
    const one = world.pick(NARROW);
    return single('ram-buy-first', one, [RAM_MARKET], 'ram.iost', 'buy', one, one, 700);
  },
  (world) => {
    const [one, two] = world.two();
    const bytes = 10 + world.random.below(2000);
    return single('ram-sell', one, [two, RAM_MARKET], 'ram.iost', 'sell', one, two, bytes);
  },
  (world) => {
    const [one, two] = world.two();
    return single('ram-lend', one, [two, RAM_MARKET], 'ram.iost', 'lend', one, two, 400);
  },
  (world) => {
    const one = world.rich();
    return single('ram-too-little', one, [RAM_MARKET], 'ram.iost', 'buy', one, one, 9);
  },
  (world) => {
    const one = world.rich();
    return single('ram-too-much', one, [RAM_MARKET], 'ram.iost', 'sell', one, one, 90_000_000);
  },
  (world) => {
    const one = world.rich();
    const to = world.nobody();
    return single('ram-for-nobody', one, [RAM_MARKET], 'ram.iost', 'buy', one, to, 100);
  },
];

export const ACCOUNT_DRAWS: readonly Draw[] = [...pledges, ...signUps, ...edits, ...ram];
