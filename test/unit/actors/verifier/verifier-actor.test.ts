import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  TransactionsRejected,
  TransactionsVerified,
  VerifierInbound,
} from '#actors/verifier/protocol.ts';
import { VerifierActor } from '#actors/verifier/verifier-actor.ts';
import { VerifierPool } from '#actors/verifier/verifier-pool.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { ActorHarness } from '#test/support/actor-harness.ts';
import { encodedTransfer } from '#test/support/signed-transactions.ts';

const SHARDS = 2;
const map = ShardMap.balanced(SHARDS);
const peers = ['shard-0', 'shard-1', 'rpc', 'network'];
const actor = new VerifierActor({ chainId: 1020, shards: SHARDS, threads: 2 });
const harness = new ActorHarness<VerifierInbound>(actor, {
  name: 'verifier',
  outboundPeers: peers,
  inboundPeers: ['rpc', 'network'],
});
const names = Array.from({ length: 40 }, (_, index) => `user${index}`);
const good = names.map((name) => encodedTransfer(name));
const bad = names.map((name) => encodedTransfer(name, { publisherKeys: [] }));

before(() => harness.start());
after(() => actor.onStop());

type Answered = {
  readonly verified: Map<string, { shard: string; transaction: Uint8Array; id: Uint8Array }>;
  readonly rejected: Map<string, string>;
};

/** Everything sent until the actor has nothing left to do, by `origin:tag`. */
async function answers(): Promise<Answered> {
  while (!actor.isDrained()) {
    await delay(1);
    harness.turnEnd();
  }
  const verified: Answered['verified'] = new Map();
  const rejected: Answered['rejected'] = new Map();
  for (const shard of ['shard-0', 'shard-1']) {
    for (const message of harness.takeSent<TransactionsVerified>(shard)) {
      assert.equal(message.ids.length, message.tags.length * 32);
      for (const [index, tag] of message.tags.entries()) {
        const key = `${message.origin}:${tag}`;
        assert.ok(!verified.has(key), 'answered once');
        const transaction = message.transactions[index] as Uint8Array;
        verified.set(key, {
          shard,
          transaction,
          id: message.ids.slice(index * 32, index * 32 + 32),
        });
      }
    }
  }
  for (const origin of ['rpc', 'network']) {
    for (const message of harness.takeSent<TransactionsRejected>(origin)) {
      for (const { tag, message: text } of message.rejected) rejected.set(`${origin}:${tag}`, text);
    }
  }
  return { verified, rejected };
}

test('good ones reach the shard of their publisher with id and tag, bad ones their origin', async () => {
  // Both within one turn, so that the two origins share slots.
  const fromRpc: VerifierInbound = {
    kind: 'verifyTransactions',
    tags: names.map((_, index) => 1000 + index),
    transactions: names.map((_, index) => (index % 4 === 3 ? bad : good)[index] as Uint8Array),
  };
  const fromNetwork: VerifierInbound = {
    kind: 'verifyTransactions',
    tags: [1000, 0xffff_ffff],
    transactions: [good[5] as Uint8Array, new Uint8Array([1, 2, 3])],
  };
  actor.onMessage(fromRpc, 'rpc');
  actor.onMessage(fromNetwork, 'network');
  harness.turnEnd();
  const { verified, rejected } = await answers();
  assert.equal(verified.size, 31);
  assert.equal(rejected.size, 11);
  for (const [index, name] of names.entries()) {
    const key = `rpc:${1000 + index}`;
    if (index % 4 === 3) {
      assert.equal(rejected.get(key), 'VerifyError publisher empty error');
      continue;
    }
    const answer = verified.get(key);
    assert.deepEqual(answer?.transaction, good[index]);
    assert.deepEqual(answer?.id, sha3(good[index] as Uint8Array));
    assert.equal(answer?.shard, `shard-${map.shardOfAccount(name)}`);
  }
  assert.deepEqual(verified.get('network:1000')?.transaction, good[5]);
  assert.match(rejected.get('network:4294967295') ?? '', /not a transaction/);
});

test('more than the slots hold: input is held back, nothing is lost, and reading resumes', async () => {
  const total = 40 * 64;
  let held = false;
  for (let message = 0; message < 64; message++) {
    harness.deliver('rpc', {
      kind: 'verifyTransactions',
      tags: names.map((_, index) => message * 40 + index),
      transactions: bad,
    });
    held ||= harness.workHeld;
  }
  assert.ok(held, 'work is held back at the bound');
  const { verified, rejected } = await answers();
  assert.equal(verified.size, 0);
  assert.equal(rejected.size, total);
  assert.ok(!harness.workHeld);
});

test('input is held back within a turn, not only at its end', async () => {
  const message: VerifierInbound = {
    kind: 'verifyTransactions',
    tags: names.map((_, index) => index),
    transactions: bad,
  };
  for (let count = 0; count < 64; count++) actor.onMessage(message, 'rpc');
  assert.ok(harness.workHeld);
  harness.turnEnd();
  await answers();
  assert.ok(!harness.workHeld);
});

test('while a shard cannot take more, nothing is handed to the pool', async () => {
  harness.congested = true;
  harness.deliver('rpc', {
    kind: 'verifyTransactions',
    tags: [1],
    transactions: [good[0] as Uint8Array],
  });
  await delay(20);
  assert.deepEqual(harness.takeSent('shard-0'), []);
  assert.deepEqual(harness.takeSent('shard-1'), []);
  assert.equal(actor.isDrained(), false);
  harness.congested = false;
  actor.onCongestion(false);
  assert.equal((await answers()).verified.size, 1);
});

test('a single transaction does not wait for company', async () => {
  harness.deliver('rpc', {
    kind: 'verifyTransactions',
    tags: [7],
    transactions: [good[1] as Uint8Array],
  });
  // No further turn of the loop is needed for the answer.
  while (!actor.isDrained()) await delay(1);
  assert.equal((await answers()).verified.size, 1);
});

test('a pool hands out its slots once each and verifies in them', async () => {
  const pool = new VerifierPool({ threads: 1, chainId: 1020, shards: SHARDS });
  await pool.start();
  const first = pool.acquire();
  const second = pool.acquire();
  assert.ok(first !== undefined && second !== undefined && first !== second);
  assert.equal(pool.acquire(), undefined);
  first.add(good[0] as Uint8Array);
  const done = pool.verify(first);
  assert.equal(pool.inFlight, 1);
  assert.equal(pool.idleThreads, 0);
  await done;
  assert.equal(first.verdictAt(0), 0);
  pool.release(first);
  assert.throws(() => pool.release(first));
  assert.equal(pool.acquire(), first);
  await pool.close();
});
