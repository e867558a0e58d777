/** Every refusal that a client can meet at sendTx (clients.md §8), in the words clients know. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, iostPackage, type Json, type Tx } from '#test/support/iost-client.ts';
import { refusal, succeeded, type World } from './world.ts';

const SECOND_NS = 1_000_000_000;
const GONE_MS_MAX = 20_000;

export function refusals(world: () => World): void {
  /** A transfer that would be fine, changed before it is signed. */
  const changed = (publisher: Account, change: (tx: Tx) => void): Tx => {
    const { client } = world();
    const tx = client.iost.transfer('iost', publisher.getID(), 'admin', '1');
    tx.setChainID(1020);
    change(tx);
    publisher.signTx(tx);
    return tx;
  };
  const messageOf = async (tx: Tx): Promise<string> => {
    const { code, message } = await refusal(world().client.rpc.transaction.sendTx(tx));
    assert.equal(code, 2, message);
    return message;
  };

  test('facts of the transaction itself', async () => {
    const account = await world().newAccount({ shard: 1 });
    const shift = (tx: Tx, seconds: number): void => {
      tx.time = Number(tx.time) + seconds * SECOND_NS;
      tx.expiration = Number(tx.expiration) + seconds * SECOND_NS;
    };
    const cases: readonly (readonly [(tx: Tx) => void, RegExp])[] = [
      [(tx) => tx.setChainID(1024), /^VerifyError invalid chain_id, should be 1020, yours:1024$/],
      [(tx) => shift(tx, 60), /^TimeError: tx\.time is too large/],
      [(tx) => shift(tx, -100), /^TimeError: tx\.time is expired/],
      [
        (tx) => {
          tx.expiration = Number(tx.time) - 10 * SECOND_NS;
        },
        /^TimeError: tx\.time is expired/,
      ],
      [
        (tx) => {
          shift(tx, 20);
          tx.expiration = Number(tx.time) - SECOND_NS;
        },
        /^VerifyError invalid time and expiration/,
      ],
      [
        (tx) => {
          tx.delay = 1;
        },
        /^VerifyError invalid delay time/,
      ],
      [
        (tx) => {
          tx.gasLimit = 5999;
        },
        /^VerifyError gas limit illegal, should in \[6000, 4000000\]/,
      ],
      [
        (tx) => {
          tx.gasLimit = 4_000_001;
        },
        /^VerifyError gas limit illegal, should in \[6000, 4000000\]/,
      ],
      [
        (tx) => {
          tx.gasRatio = 0.99;
        },
        /^VerifyError gas ratio illegal, should in \[1, 100\]/,
      ],
      [
        (tx) => {
          tx.gasRatio = 101;
        },
        /^VerifyError gas ratio illegal, should in \[1, 100\]/,
      ],
      [
        (tx) => tx.addAction('auth.iost', 'signUp', JSON.stringify(['x'.repeat(66_000)])),
        /^VerifyError tx size illegal, should <= 65536/,
      ],
    ];
    for (const [change, message] of cases) {
      assert.match(await messageOf(changed(account, change)), message);
    }
    assert.equal(await world().balance(account), 1000);
  });

  test('signatures', async () => {
    const account = await world().newAccount({ shard: 1 });
    const { client } = world();
    const unsigned = client.iost.transfer('iost', account.getID(), 'admin', '1');
    unsigned.setChainID(1020);
    unsigned.publisher = account.getID();
    assert.match(await messageOf(unsigned), /publisher empty error/);
    const altered = changed(account, () => undefined);
    altered.addApprove('ram', '1');
    assert.match(await messageOf(altered), /publisher error/);
    const signer = changed(account, (tx) => {
      tx.addSigner(account.getID(), 'owner');
      tx.addSign(account.getKeyPair('owner'));
      const [signature] = tx.signatures;
      assert.ok(signature !== undefined);
      signature.sig = Buffer.alloc(64, 1);
    });
    assert.match(await messageOf(signer), /signer error/);
    // signAndSend signs again: the first signature is of an earlier time (quirk 21).
    const twice = changed(account, () => undefined);
    twice.setTime(91, 0, client.iost.serverTimeDiff);
    account.signTx(twice);
    assert.match(await messageOf(twice), /publisher error/);
  });

  test('a secp256k1 signature that the package cut short', async () => {
    const { client } = world();
    const account = new iostPackage.Account('user_1');
    const key = iostPackage.KeyPair.newKeyPair(iostPackage.Algorithm.Secp256k1);
    account.addKeyPair(key, 'active');
    for (let tries = 0; ; tries++) {
      assert.ok(tries < 5000, 'one signature in 95 is short');
      const tx = client.iost.transfer('iost', 'user_1', 'admin', '1', String(tries));
      client.sign(account, tx);
      const [signature] = tx.publisher_sigs as { sig: Uint8Array }[];
      if (signature?.sig.length === 64) continue;
      assert.match(await messageOf(tx), /publisher error/);
      break;
    }
  });

  test('what the account and the actions say', async () => {
    const { client } = world();
    const account = await world().newAccount({ shard: 1 });
    const me = account.getID();
    const send = (contract: string, abi: string, data: string): Promise<string> => {
      const tx = client.iost.callABI(contract, abi, []);
      for (const action of tx.actions) action.data = data;
      return messageOf(client.sign(account, tx, { approve: { iost: '100' } }));
    };
    const transfer = (...args: unknown[]) => send('token.iost', 'transfer', JSON.stringify(args));
    const pledge = (...args: unknown[]) => send('gas.iost', 'pledge', JSON.stringify(args));
    const poor = accountWithoutGas();
    const poorTx = client.iost.callABI('token.iost', 'supply', ['iost']);
    const cases: readonly (readonly [Promise<string>, RegExp])[] = [
      [messageOf(client.sign(poor, poorTx)), /^gas not enough: user deadaddr has 0 < 1000000/],
      [send('token.iost', 'transfer', '["iost"'), /^invalid json array/],
      [send('token.iost', 'transfer', '{}'), /^invalid json array/],
      [transfer('iost', me, 'admin', '1'), /^wrong args num/],
      [transfer('iost', me, 'admin', 'x', ''), /^invalid amount/],
      [transfer('iost', me, 'admin', 1, ''), /^invalid amount/],
      [transfer('iost', me, 'admin', '-1', ''), /^invalid amount/],
      [transfer('iost', me, 'admin', '0.123456789', ''), /^invalid decimal/],
      [pledge(me, me), /^wrong args num/],
      [pledge(me, me, '1.001'), /^decimal should not exceed 2/],
      [pledge(me, me, 'x'), /^invalid amount/],
    ];
    for (const [message, expected] of cases) assert.match(await message, expected);
  });

  function accountWithoutGas(): Account {
    const account = new iostPackage.Account('deadaddr');
    account.addKeyPair(iostPackage.KeyPair.newKeyPair(), 'active');
    return account;
  }

  test('the same transaction twice', async () => {
    const { client, admin } = world();
    const { transaction } = client.rpc;
    const tx = client.sign(admin, client.iost.transfer('iost', 'admin', 'user_7', '1'));
    await transaction.sendTx(tx);
    assert.match(await messageOf(tx), /^tx exists in (pending|chain)$/);
    const again = client.sign(admin, client.iost.transfer('iost', 'admin', 'user_7', '1', 'again'));
    succeeded(await client.run(again));
    assert.equal(await messageOf(again), 'tx exists in chain');
  });

  test('taken in, never packed: wrong key, signer without signature, odd amount limits', async () => {
    const { client } = world();
    const [account, other] = await Promise.all([
      world().newAccount({ shard: 1 }),
      world().newAccount({ shard: 1 }),
    ]);
    const me = account.getID();
    const stranger = new iostPackage.Account(me);
    stranger.addKeyPair(iostPackage.KeyPair.newKeyPair(), 'active');
    const changes: readonly Tx[] = [
      changed(stranger, () => undefined),
      changed(account, (tx) => tx.addSigner(other.getID(), 'active')),
      changed(account, (tx) => tx.addApprove('iost', '2')),
      changed(account, (tx) => tx.addApprove('nothing_9', '2')),
    ];
    const hashes: string[] = [];
    for (const tx of changes) hashes.push((await client.rpc.transaction.sendTx(tx)).hash);
    succeeded(await client.run(changed(account, () => undefined)));
    for (const hash of hashes) {
      await gone(hash);
      const { message } = await refusal(client.rpc.transaction.getTxReceiptByTxHash(hash));
      assert.match(message, /not found/);
    }
    assert.equal(await world().balance(account), 999);
  });

  /** It may wait for the answer whether a token exists before it is dropped. */
  async function gone(hash: string): Promise<void> {
    const deadline = Date.now() + GONE_MS_MAX;
    for (;;) {
      const found = await world().client.rpc.transaction.getTxByHash(hash).catch(String);
      if (typeof found === 'string') return assert.match(found, /tx not found/);
      assert.equal(found.status, 'PENDING');
      assert.ok(Date.now() < deadline, 'it is still there');
      await sleep(50);
    }
  }

  test('bodies that cannot be read', async () => {
    const { client } = world();
    const whole: Json = JSON.parse(JSON.stringify(changed(world().admin, () => undefined)));
    const bodies: readonly unknown[] = [
      'no json',
      [],
      { ...whole, time: 'soon' },
      { ...whole, actions: 5 },
      { ...whole, amount_limit: [{ token: 'iost', value: 100.5 }] },
      { ...whole, publisher_sigs: [{ algorithm: 'ed25519', public_key: '', signature: '' }] },
      { ...whole, publisher_sigs: [{ algorithm: 'ED25519', public_key: '%%', signature: '' }] },
    ];
    for (const body of bodies) assert.equal((await refusal(client.post('sendTx', body))).code, 3);
  });
}
