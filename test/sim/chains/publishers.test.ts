/**
 * Goal: transactions of one publisher to a contract of another shard run beside each other where they
 * need nothing of the account but gas and a slice of RAM; those that need more get it, one after the
 * other; none is lost, and nothing stays reserved.
 * Method: calls of every need at once, conservation after every event, with and without crashes.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { hexOf } from '#core/crypto/hex.ts';
import { CALL_SCENES, callsPerSecond } from './call-rates.ts';
import { checkNetwork } from './conservation.ts';
import { contractScene } from './contract-scene.ts';
import { contractText } from './equivalence/contract-source.ts';
import { assertQuiet } from './run-chains.ts';
import { call } from './sim-client.ts';

const CALL_GAS = 900_000_00n;
const CHECK_EVERY = 7;
const ROUNDS = 5;

const HOARD = contractText(
  `class Hoard {
  init() {}
  put(key, value) {
    storage.put(key, value);
  }
  hoard(key, lines, payer) {
    let text = '';
    for (let line = 0; line < lines; line++) text += 'a hundred bytes of nothing, over and over again, until there is more of it than anybody would send.';
    storage.put(key, text, payer);
  }
  pay(from, amount) {
    return blockchain.deposit(from, amount, '');
  }
  back(to, amount) {
    return blockchain.withdraw(to, amount, '');
  }
  ramOf(account) {
    return blockchain.call('token.iost', 'balanceOf', ['ram', account]);
  }
  sell(account, bytes) {
    return blockchain.call('ram.iost', 'sell', [account, account, bytes]);
  }
  admit(account, item, weight) {
    return blockchain.call('auth.iost', 'assignPermission', [account, 'active', item, weight]);
  }
}
module.exports = Hoard;
`,
  {
    put: { args: ['string', 'string'] },
    hoard: { args: ['string', 'number', 'string'] },
    pay: { args: ['string', 'string'], amountLimit: [{ token: '*', value: 'unlimited' }] },
    back: { args: ['string', 'string'], amountLimit: [{ token: '*', value: 'unlimited' }] },
    ramOf: { args: ['string'] },
    sell: { args: ['string', 'number'], amountLimit: [{ token: '*', value: 'unlimited' }] },
    admit: { args: ['string', 'string', 'number'] },
  },
);

/** Calls of one publisher, many at once; answers what each kind came to. */
function callAtOnce(seed: number, crashesPerSecond: number) {
  const scene = contractScene({ seed, isOwnerNear: true, crashesPerSecond, text: HOARD });
  const { network, promises, client, contract, strangers } = scene;
  const [publisher, other] = strangers as [string, string];
  // Something to be given back.
  client.send({
    publisher,
    actions: [call(contract, 'pay', publisher, '100')],
    gasLimit: CALL_GAS,
  });
  network.run(2000);
  const kinds = {
    put: ['key', 'a value'],
    pay: [publisher, '3'],
    hoard: ['long', 40, publisher],
    sell: [publisher, 20],
    ramOf: [publisher],
    back: [publisher, '1'],
    admit: [publisher, `${other}@active`, 1],
  };
  const sent: { readonly kind: string; readonly id: string }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, args] of Object.entries(kinds)) {
      const action = call(contract, kind, ...args);
      const signers = [`${publisher}@owner`];
      const id = client.send({ publisher, actions: [action], gasLimit: CALL_GAS, signers });
      sent.push({ kind, id: hexOf(id) });
    }
  }
  network.storm();
  let events = 0;
  const check = (): void => {
    events += 1;
    if (events % CHECK_EVERY === 0) checkNetwork(network);
  };
  network.run(6000, check);
  network.calm();
  network.run(8000, check);
  checkNetwork(network);
  assertQuiet(network);
  promises.assertEnded(sent.map(({ id }) => id));
  return { network, sent, ran: promises.ran };
}

for (const crashesPerSecond of [0, 3]) {
  test(`calls of one publisher get what they need of the account (${crashesPerSecond} crashes a second)`, () => {
    const { sent, ran } = callAtOnce(1, crashesPerSecond);
    for (const { kind, id } of sent) {
      const receipt = ran.get(id)?.receipt;
      // A pool that crashes forgets what is in no block.
      if (receipt === undefined && crashesPerSecond > 0) continue;
      assert.equal(receipt?.statusCode, 0, `${kind}: ${receipt?.message ?? 'no receipt'}`);
    }
    assert.ok(ran.size > sent.length / 2, `${ran.size} ran`);
  });
}

test('calls that need little of the account do not wait for each other', () => {
  const [near, , one, , deposits] = CALL_SCENES;
  const rate = callsPerSecond(near);
  assert.ok(callsPerSecond(one) > rate / 4);
  assert.ok(callsPerSecond(deposits) > rate / 20);
});
