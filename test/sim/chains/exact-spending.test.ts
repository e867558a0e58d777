/**
 * Goal: a run elsewhere that looks at its publisher's exact balance may spend all of it, also what came
 * after the reservation was made.
 * Method: a contract that takes everything that an account has, while somebody pays the account, at
 * every moment of the call; on the chains nothing may fail, and nothing may be lost.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { hexOf } from '#core/crypto/hex.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { checkNetwork } from './conservation.ts';
import { contractScene } from './contract-scene.ts';
import { contractText } from './equivalence/contract-source.ts';
import { RICH } from './equivalence/mixed-accounts.ts';
import { assertQuiet } from './run-chains.ts';
import { call } from './sim-client.ts';

const ALL = contractText(
  `class All {
  init() {}
  take(from) {
    const has = blockchain.call('token.iost', 'balanceOf', ['iost', from])[0];
    blockchain.deposit(from, has, 'all of it');
    return has;
  }
}
module.exports = All;
`,
  { take: { args: ['string'], amountLimit: [{ token: '*', value: 'unlimited' }] } },
);
const STEP_MS = 25;
const STEPS = 9;
const BEFORE = 1_000_000;

test('what arrives after the reservation can be spent by who looks at the balance', () => {
  const taken = new Set<string>();
  for (let step = 0; step < STEPS; step++) {
    const options = { seed: 1, isOwnerNear: true, crashesPerSecond: 0, text: ALL };
    const { network, promises, client, contract, strangers } = contractScene(options);
    const publisher = strangers[0] as string;
    const map = ShardMap.balanced(2);
    const isNear = (id: string): boolean =>
      map.shardOfAccount(id) === map.shardOfAccount(publisher) && id !== publisher;
    const payer = RICH.find(isNear) as string;
    const gasLimit = 500_000_00n;
    const take = client.send({ publisher, actions: [call(contract, 'take', publisher)], gasLimit });
    network.run(step * STEP_MS);
    const pay = call('token.iost', 'transfer', 'iost', payer, publisher, '7', '');
    client.send({ publisher: payer, actions: [pay] });
    network.run(2500);
    checkNetwork(network);
    assertQuiet(network);
    const receipt = promises.ran.get(hexOf(take))?.receipt;
    assert.equal(receipt?.statusCode, 0, receipt?.message);
    taken.add(receipt.returns[0] ?? '');
  }
  assert.deepEqual([...taken].sort(), [`["${BEFORE + 7}"]`, `["${BEFORE}"]`].sort());
});
