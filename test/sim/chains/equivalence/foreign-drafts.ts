/**
 * What looks at the state of an account that is neither the publisher's nor at home: where it lies on
 * another chain, it is locked there and carried (cross-shard.md, mechanism 3).
 */

import { call, type SimTransaction } from '../sim-client.ts';
import { type Draft, RAM_MARKET, tokenName } from './draft.ts';
import type { WorldModel } from './world-model.ts';

type Draw = (world: WorldModel) => Draft | undefined;

function draft(
  kind: string,
  publisher: string,
  others: readonly string[],
  actions: SimTransaction['actions'],
  signers: readonly string[] = [],
): Draft {
  const transaction = { publisher, gasLimit: 400_000_00n, actions, signers };
  return { kind, transaction, touches: [publisher, ...others] };
}

const pay = (from: string, to: string) => call('token.iost', 'transfer', 'iost', from, to, '1', '');

export const FOREIGN_DRAWS: readonly Draw[] = [
  (world) => {
    const [one, two] = world.two();
    return draft('multi-signature', one, [two], [pay(one, two)], [`${two}@active`]);
  },
  (world) => {
    const [one, two] = world.two();
    return draft('payment-by-signer', one, [two], [pay(two, one)], [`${two}@active`]);
  },
  (world) => {
    const [one, two] = world.two();
    return draft('payment-by-stranger', one, [two], [pay(two, one)]);
  },
  (world) => {
    const [one, two] = world.two();
    const args = [two, two, '5'];
    return draft('pledge-by-stranger', one, [two], [call('gas.iost', 'pledge', ...args)]);
  },
  (world) => {
    const [one, two] = world.two();
    const action = call('system.iost', 'requireAuth', two, 'active');
    return draft('require-auth-of-another', one, [two], [action]);
  },
  (world) => {
    const [one, two] = world.two();
    const action = call('token721.iost', 'create', world.newName('nft'), two, 5);
    return draft('nft-for-another', one, [two], [action]);
  },
  (world) => {
    const [one, two] = world.two();
    const action = call('token.iost', 'create', world.newName('tok'), two, 5, {});
    return draft('token-for-another', one, [two], [action]);
  },
  (world) => {
    const [one, two] = world.two();
    const action = call('system.iost', 'requireAuth', two, world.pick(['active', 'owner']));
    return draft('require-auth-of-signer', one, [two], [action], [`${two}@owner`]);
  },
  (world) => {
    const [one, two] = world.two();
    const signers = [world.pick([`${two}@nope`, `${two}`, `${world.nobody()}@active`])];
    return draft('signer-unknown', one, [two], [pay(one, two)], signers);
  },
  (world) => {
    if (world.tokens.length === 0) return undefined;
    const { symbol, issuer } = world.pick(world.tokens);
    const one = world.rich();
    const signers = world.pick([[], [`${issuer}@active`]]);
    const action = call('token.iost', 'issue', symbol, one, '3');
    return draft('token-issue-by-another', one, [issuer, tokenName(symbol)], [action], signers);
  },
  (world) => {
    const token = world.tokens.find(({ isIssuerOnly }) => isIssuerOnly);
    if (token === undefined) return undefined;
    const { symbol, issuer, holders } = token;
    const one = holders.length === 0 ? world.rich() : world.pick(holders);
    const signers = world.pick([[], [`${issuer}@active`]]);
    const action = call('token.iost', 'transfer', symbol, one, issuer, '0.25', '');
    return draft('issuer-must-agree', one, [issuer, tokenName(symbol)], [action], signers);
  },
  (world) => {
    const [one, two] = world.two();
    const lookup = call('token.iost', 'balanceOf', 'iost', two);
    const actions = [lookup, call('ram.iost', 'buy', one, one, 20)];
    return draft('balance-then-ram', one, [two, RAM_MARKET], actions);
  },
  (world) => {
    const [one, two] = world.two();
    const lookup = call('token.iost', 'balanceOf', 'iost', two);
    const actions = [call('ram.iost', 'buy', one, one, 20), lookup];
    return draft('ram-then-balance', one, [two, RAM_MARKET], actions);
  },
  (world) => {
    const [one, two] = world.two();
    const unpledge = call('gas.iost', 'unpledge', one, one, '2');
    const actions = [call('ram.iost', 'buy', one, two, 20), unpledge];
    return draft('ram-then-unpledge', one, [two, RAM_MARKET], actions);
  },
  (world) => {
    const [one, two] = world.two();
    const edit = call('auth.iost', 'addGroup', two, world.newName('group'));
    const actions = [call('ram.iost', 'buy', one, two, 20), edit];
    return draft('ram-then-edit', one, [two, RAM_MARKET], actions, [`${two}@owner`]);
  },
  (world) => {
    const [one, two] = world.two();
    const three = world.rich();
    const actions = [pay(two, one), pay(three, two), pay(one, three)];
    const signers = [`${two}@active`, `${three}@active`];
    return draft('ring-of-payments', one, [two, three], actions, signers);
  },
];
