import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha256 } from '#core/crypto/hash.ts';
import { ed25519KeyPair } from '#core/crypto/key-pair.ts';
import { readCandidates } from '#core/ledger/native/vote-producer/candidates.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { WholeLedger } from '#test/support/whole-ledger.ts';

const DEV = readGenesis('dev');
const GENESIS = {
  ...DEV,
  accounts: DEV.accounts.map((account) => ({ ...account, balance: '10000000' })),
};
const WITNESS = GENESIS.witnesses[0];
const keyOf = (name: string): Uint8Array => ed25519KeyPair(sha256(name)).publicKey;

describe('candidates', () => {
  let ledger: WholeLedger;
  beforeEach(() => {
    ledger = new WholeLedger(GENESIS);
  });

  const call = (publisher: string, action: string, ...args: unknown[]): void => {
    const receipt = ledger.call(publisher, 'vote_producer.iost', action, args);
    assert.equal(receipt.message, '');
  };
  const register = (account: string, key: string, isProducer = true): void => {
    call(
      account,
      'applyRegister',
      account,
      key,
      'here',
      'http://x',
      `net of ${account}`,
      isProducer,
    );
  };
  const candidates = () => readCandidates(ledger.state);

  test('a network begins with its witnesses', () => {
    assert.deepEqual(
      candidates().map(({ account, votes, status, online, registeredAt }) => ({
        account,
        votes,
        status,
        online,
        registeredAt,
      })),
      [
        {
          account: 'producer000',
          votes: 0n,
          status: 1,
          online: true,
          registeredAt: { height: 0, order: 1 },
        },
      ],
    );
    const [first] = candidates();
    assert.equal(base58Encode(first?.publicKey ?? new Uint8Array()), WITNESS?.signatureKey);
  });

  test('who was approved is one, with its votes, in the order of registration', () => {
    ledger.number = 7;
    register('user_9', base58Encode(keyOf('nine')));
    register('user_1', base58Encode(keyOf('one')), false);
    assert.deepEqual(
      candidates().map(({ account }) => account),
      ['producer000'],
    );
    call('admin', 'approveRegister', 'user_1');
    call('admin', 'approveRegister', 'user_9');
    call('user_9', 'logInProducer', 'user_9');
    call('user_0', 'vote', 'user_0', 'user_9', '2100000.000000019');
    const [, nine, one] = candidates();
    assert.deepEqual(nine, {
      account: 'user_9',
      publicKey: keyOf('nine'),
      netId: 'net of user_9',
      votes: 210_000_000_000_001n,
      status: 1,
      online: true,
      isProducer: true,
      registeredAt: { height: 7, order: 2 },
    });
    assert.equal(one?.account, 'user_1');
    assert.equal(one?.isProducer, false);
    assert.equal(one?.online, false);
  });

  test('votes that are taken back count no more at once', () => {
    call('user_0', 'vote', 'user_0', 'producer000', '300');
    call('user_0', 'unvote', 'user_0', 'producer000', '100');
    assert.equal(candidates()[0]?.votes, 20_000_000_000n);
  });

  test('who is released is one no more, and whose key cannot sign is none', () => {
    register('user_2', base58Encode(keyOf('two')));
    register('user_3', GENESIS.accounts[3]?.activeKey ?? '');
    call('admin', 'approveRegister', 'user_2');
    call('admin', 'approveRegister', 'user_3');
    assert.deepEqual(
      candidates().map(({ account }) => account),
      ['producer000', 'user_2'],
    );
    call('admin', 'forceUnregister', 'user_2');
    assert.deepEqual(
      candidates().map(({ account }) => account),
      ['producer000'],
    );
  });
});
