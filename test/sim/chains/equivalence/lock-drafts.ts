/**
 * What looks at the record of an account that is neither the publisher's nor at home: it needs the
 * third mechanism, state-carrying locks (cross-shard.md), wherever that account lies on another
 * chain. Until there are locks it fails there, so these kinds are compared on their own: whatever
 * does not fail for that reason must be as on one shard.
 */

import { call, type SimTransaction } from '../sim-client.ts';
import type { Draft } from './draft.ts';
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

export const LOCK_DRAWS: readonly Draw[] = [
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
    const lookup = call('token.iost', 'balanceOf', 'iost', two);
    const actions = [lookup, call('ram.iost', 'buy', one, one, 20)];
    return draft('two-homes', one, [two, 'market ram'], actions);
  },
];
