/**
 * Goal: transactions that need state of several shards (signers and senders elsewhere) are atomic,
 * end, and leave no lock behind, under contention and crashes.
 * Method: ten accounts, transfers out of other signers' accounts, conservation after every event.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { LockCounts } from '#core/atomix/lock-counts.ts';
import { resultAt, resultCount } from '#core/chain/block.ts';
import { decodeReceipt, RECEIPT_STATUS } from '#core/chain/receipt.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { Prng } from '../prng.ts';
import { checkNetwork } from './conservation.ts';
import { accountKeys } from './random-workload.ts';
import { call, SimClient } from './sim-client.ts';
import { SimNetwork } from './sim-network.ts';

const STEPS = 30;
const SETTLE_MS = 30_000;
const LEFT_OVER = /^x-(pending|locks|waiters|retries|reserved|fences)/;

function runContended(seed: number, shards: number, crashesPerSecond: number) {
  const genesis = readGenesis('dev');
  const network = new SimNetwork({ seed, shards, genesis, crashesPerSecond });
  const client = new SimClient(network, shards, accountKeys(genesis));
  const random = new Prng(seed, 5);
  const user = (): string => genesis.accounts[random.below(10)]?.id as string;
  let sent = 0;
  for (let step = 0; step < STEPS; step++) {
    for (let count = random.below(6); count > 0; count--) {
      const [publisher, from, to] = [user(), user(), user()];
      const amount = String(1 + random.below(300));
      const actions = [call('token.iost', 'transfer', 'iost', from, to, amount, '')];
      client.send({ publisher, signers: [`${from}@active`], actions });
      client.send({
        publisher: from,
        actions: [call('token.iost', 'transfer', 'iost', from, to, '3', '')],
      });
      sent += 2;
    }
    network.run(100, () => checkNetwork(network));
  }
  network.calm();
  network.run(SETTLE_MS);
  checkNetwork(network);
  return { network, sent };
}

/** Status code by transaction id over all chains; an id twice fails. */
function statuses(network: SimNetwork): Map<string, number> {
  const found = new Map<string, number>();
  for (const { storage } of network.chains.values()) {
    for (let height = 1; height <= (storage.head()?.height ?? 0); height++) {
      const results = storage.commitAt(height)?.receipts as Uint8Array;
      for (let index = 0; index < resultCount(results); index++) {
        const result = resultAt(results, index);
        if (result === undefined || result.receipt.length === 0) continue;
        const id = hexOf(result.id);
        assert.ok(!found.has(id), `${id} has one receipt`);
        found.set(id, decodeReceipt(result.receipt)?.statusCode as number);
      }
    }
  }
  return found;
}

function assertNothingLeft(network: SimNetwork): void {
  for (const { number, chain, storage } of network.chains.values()) {
    assert.equal(chain?.status.poolCount, 0, `the pool of chain ${number} is empty`);
    for (const [key] of storage.allState()) {
      assert.ok(!LEFT_OVER.test(key), `${key} of chain ${number} has ended`);
    }
  }
}

/** The figures for operators: every request is answered, every refusal begins something again. */
function assertCounted({ locks }: SimNetwork, shards: number): void {
  const sum = (of: (counts: LockCounts) => number): number =>
    locks.reduce((total, counts) => total + of(counts), 0);
  const refused = sum((counts) => counts.refused);
  const retries = sum((counts) => counts.retries);
  assert.equal(sum((counts) => counts.rounds) > 0, shards > 1);
  assert.ok(sum((counts) => counts.granted) + refused >= sum((counts) => counts.rounds));
  assert.ok(refused === 0 || retries > 0, `${refused} refusals, ${retries} retries`);
  assert.equal(
    sum((counts) => counts.aborted),
    0,
    'all of them succeed',
  );
  const attemptsMax = Math.max(...locks.map((counts) => counts.attemptsMax));
  assert.equal(attemptsMax > 1, retries > 0, `${attemptsMax} attempts, ${retries} retries`);
}

for (const [shards, seed] of [
  [1, 1],
  [3, 2],
  [8, 3],
] as const) {
  test(`locks: contended signers of other shards: every transaction succeeds once (shards=${shards}, seed=${seed})`, () => {
    const { network, sent } = runContended(seed, shards, 0);
    const codes = [...statuses(network).values()];
    assert.equal(codes.length, sent);
    assert.ok(codes.every((code) => code === RECEIPT_STATUS.SUCCESS));
    assertNothingLeft(network);
    assertCounted(network, shards);
  });
}

for (const [shards, seed] of [
  [2, 4],
  [8, 3],
] as const) {
  test(`locks: crashes between any two effects: nothing stays locked, no token is lost (shards=${shards}, seed=${seed})`, () => {
    const { network } = runContended(seed, shards, 4);
    assert.ok(network.counts.crashes > 0);
    statuses(network);
    assertNothingLeft(network);
  });
}
