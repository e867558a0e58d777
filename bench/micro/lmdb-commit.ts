/**
 * Cost of making a block durable, from the commit message to the flush, as the storage actor pays it.
 * The block is that of native transfers: per transaction about three state keys (both balances, the
 * sender's gas), one index entry, 300 bytes of block and 250 of receipts.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { balanceKey, gasKey } from '#core/ledger/state-key.ts';
import type { ChainCommit, StateChange } from '#core/shard/commit.ts';
import { encodeCommit, openCommit } from '#core/shard/commit-codec.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';

const BLOCK_BYTES_PER_TRANSACTION = 300;
const RECEIPT_BYTES_PER_TRANSACTION = 250;
const BALANCE_BYTES = 12;
const GAS_BYTES = 32;

export type LmdbCommitLoad = {
  readonly transactionsPerBlock: number;
  readonly accounts: number;
};

export type LmdbCommitBench = {
  /** Stores one more block; the unit of work of the benchmark. */
  commitBlock(): void;
  close(): Promise<void>;
};

/** A store with `accounts` in its state, in a directory of its own that `close` removes. */
export function createLmdbCommitBench(load: LmdbCommitLoad): LmdbCommitBench {
  const dataDir = mkdtempSync(join(tmpdir(), 'iost-bench-lmdb-'));
  const store = ChainStore.open(
    dataDir,
    { chain: 0, shards: 1, genesis: 'bench' },
    { freeBytesMin: 0 },
  );
  const random = randomNumbers(load.accounts);
  let height = 0;
  append(store, commitOf(height, 0, genesisChanges(load.accounts), random));
  return {
    commitBlock: () => {
      height += 1;
      const changes = transferChanges(load, random);
      append(store, commitOf(height, load.transactionsPerBlock, changes, random));
    },
    close: async () => {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function append(store: ChainStore, commit: ChainCommit): void {
  store.append({ commits: [openCommit(encodeCommit(commit))], votes: [] });
}

function commitOf(
  height: number,
  transactions: number,
  changes: readonly StateChange[],
  random: () => number,
): ChainCommit {
  const transactionIds = new Uint8Array(transactions * 32);
  const words = new Uint32Array(transactionIds.buffer);
  for (let index = 0; index < words.length; index++) words[index] = random();
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, height);
  return {
    chain: 0,
    height,
    hash,
    block: new Uint8Array(transactions * BLOCK_BYTES_PER_TRANSACTION),
    receipts: new Uint8Array(transactions * RECEIPT_BYTES_PER_TRANSACTION),
    changes,
    transactionIds,
  };
}

const accountName = (index: number): string => `bench${index.toString(36).padStart(6, '0')}`;

function genesisChanges(accounts: number): StateChange[] {
  return Array.from({ length: accounts }, (_, index) => accountName(index)).flatMap(
    (account): StateChange[] => [
      [balanceKey(account, 'iost'), new Uint8Array(BALANCE_BYTES)],
      [gasKey(account), new Uint8Array(GAS_BYTES)],
      [`m-auth.iost-auth-${account}`, new Uint8Array(200)],
    ],
  );
}

function transferChanges(load: LmdbCommitLoad, random: () => number): StateChange[] {
  const changes = new Map<string, Uint8Array>();
  for (let index = 0; index < load.transactionsPerBlock; index++) {
    const sender = accountName(random() % load.accounts);
    const receiver = accountName(random() % load.accounts);
    changes.set(balanceKey(sender, 'iost'), new Uint8Array(BALANCE_BYTES).fill(index));
    changes.set(balanceKey(receiver, 'iost'), new Uint8Array(BALANCE_BYTES).fill(index));
    changes.set(gasKey(sender), new Uint8Array(GAS_BYTES).fill(index));
  }
  return [...changes];
}

/** xorshift32: the same blocks in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
