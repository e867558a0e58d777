/** The audit of stored blocks: a simulated history passes, and every tampering with it is found. */

import { strict as assert } from 'node:assert';
import { before, describe, test } from 'node:test';
import { chainsOf, executionRules } from '#actors/chain/chain-settings.ts';
import {
  decodeStoredBlock,
  encodeStoredBlock,
  resultCount,
  type StoredBlock,
} from '#core/chain/block.ts';
import { type ReplayEnd, type ReplaySource, replayChain } from '#core/shard/replay.ts';
import { readGenesis } from '#test/support/genesis.ts';
import { Prng } from '../prng.ts';
import { accountKeys, RandomWorkload } from './random-workload.ts';
import { SimClient } from './sim-client.ts';
import { SimNetwork } from './sim-network.ts';
import type { SimStorage } from './sim-storage.ts';

const SHARDS = 2;
const SEED = 5;

describe('replay', () => {
  let network: SimNetwork | undefined;

  before(() => {
    const genesis = readGenesis('dev');
    network = new SimNetwork({ seed: SEED, shards: SHARDS, genesis, crashesPerSecond: 0 });
    const workload = new RandomWorkload(new Prng(SEED, 1), genesis, network);
    const client = new SimClient(network, SHARDS, accountKeys(genesis));
    for (let step = 0; step < 20; step++) {
      for (let count = 0; count < 5; count++) client.send(workload.next());
      network.run(100, () => undefined);
    }
    network.run(5000, () => undefined);
  });

  const sourceOf = (chain: number, change: Partial<ReplaySource['storage']> = {}): ReplaySource => {
    const simulated = network?.chains.get(chain);
    assert.ok(simulated !== undefined);
    const { storage, options } = simulated;
    const genesis = storage.commitAt(0);
    assert.ok(genesis !== undefined);
    return {
      rules: executionRules(chain, options),
      genesis,
      storage: { ...readsOf(storage), ...change },
    };
  };

  /** What a replay of shard 0 says where one block differs in one part. */
  const problemWith = (height: number, change: (block: StoredBlock) => Partial<StoredBlock>) => {
    const { storage } = sourceOf(0);
    const block = (at: number): Uint8Array | undefined => {
      const bytes = storage.block(at);
      const stored = bytes === undefined ? undefined : decodeStoredBlock(bytes);
      if (at !== height || stored === undefined) return bytes;
      return encodeStoredBlock({ ...stored, ...change(stored) });
    };
    return problemOf(endOf(sourceOf(0, { block })), height);
  };

  test('every chain of a simulated history follows from genesis', () => {
    let transactions = 0;
    for (const chain of chainsOf(SHARDS)) {
      const replay = replayChain(sourceOf(chain));
      let step = replay.next();
      for (; step.done !== true; step = replay.next()) transactions += step.value.transactions;
      assert.ok(step.value.ok, JSON.stringify(step.value));
      assert.equal(step.value.height, network?.chains.get(chain)?.storage.head()?.height);
    }
    assert.ok(transactions > 50, String(transactions));
  });

  test('what differs in a block is found', () => {
    const height = heightWithTransactions(sourceOf(0));
    const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    assert.match(
      problemWith(height, ({ body }) => ({ body: flipped(body, 5) })),
      /body hash|cannot be read/,
    );
    assert.match(
      problemWith(height, ({ certificate }) => ({
        certificate: flipped(certificate, certificate.length - 1),
      })),
      /no certificate of its group/,
    );
    // Chain id, then chain, height, view and parent hash.
    assert.match(
      problemWith(height, ({ header }) => ({ header: flipped(header, 28) })),
      /parent hash differs/,
    );
    assert.match(
      problemWith(0, ({ header }) => ({ header: flipped(header, header.length - 1) })),
      /genesis block differs/,
    );
  });

  test('receipts, ids, state and missing blocks are found', () => {
    const source = sourceOf(0);
    const { storage } = source;
    const height = heightWithTransactions(source);
    const none = { receipts: () => new Uint8Array(4) };
    assert.match(problemOf(endOf(sourceOf(0, none))), /stored receipts differs/);
    const noIds = { transactionIds: () => new Uint8Array(0) };
    assert.match(problemOf(endOf(sourceOf(0, noIds)), height), /stored id differs/);
    const missing = { block: (at: number) => (at === 2 ? undefined : storage.block(at)) };
    assert.match(problemOf(endOf(sourceOf(0, missing)), 2), /not stored/);
    const [first, ...rest] = [...storage.allState()];
    assert.ok(first !== undefined);
    const fewer = { allState: () => rest };
    assert.match(problemOf(endOf(sourceOf(0, fewer))), /\d+ values are stored, \d+ were expected/);
    const other = { allState: () => [[first[0], rest[0]?.[1] as Uint8Array] as const, ...rest] };
    assert.match(problemOf(endOf(sourceOf(0, other))), /stored value of .* differs/);
  });
});

function readsOf(storage: SimStorage): ReplaySource['storage'] {
  return {
    allState: () => storage.allState(),
    head: () => storage.head(),
    block: (height) => storage.block(height),
    transactionIds: (height) => storage.transactionIds(height),
    receipts: (height) => storage.commitAt(height)?.receipts,
  };
}

function endOf(source: ReplaySource): ReplayEnd {
  const replay = replayChain(source);
  for (let step = replay.next(); ; step = replay.next()) if (step.done === true) return step.value;
}

function problemOf(end: ReplayEnd, height = end.height): string {
  assert.ok(!end.ok, 'the tampering was not found');
  assert.equal(end.height, height);
  return end.problem;
}

function heightWithTransactions({ storage }: ReplaySource): number {
  for (let height = 1; ; height++) {
    const receipts = storage.receipts(height);
    assert.ok(receipts !== undefined, 'some block has transactions');
    if (resultCount(receipts) > 0) return height;
  }
}
