/**
 * Cost of making a block durable, from the commit message to the flush, as the storage actor pays it.
 * The block is that of native transfers: per transaction about three state keys (both balances, the
 * sender's gas), one index entry, 300 bytes of block and 250 of receipts.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { balanceKey, gasKey } from '#core/ledger/state-key.ts';
import { packChanges, type StateChange } from '#core/msb/packed-changes.ts';
import type { ChainCommit } from '#core/shard/commit.ts';
import { encodeCommit, openCommit } from '#core/shard/commit-codec.ts';
import { ChainStore } from '#io/lmdb/chain-store.ts';
import type { MicroGroup, Operation } from '../harness.ts';

const BLOCK_BYTES_PER_TRANSACTION = 300;
const RECEIPT_BYTES_PER_TRANSACTION = 250;
const BALANCE_BYTES = 12;
const GAS_BYTES = 32;

/** Blocks of a full pipeline and of a quiet one. */
const BLOCK_SHARES = [1, 0.1];
const ACCOUNTS_FACTOR = 5;

export const lmdbCommitBench: MicroGroup = {
  name: 'lmdb-commit',
  open: ({ accounts, blockTransactions }) => {
    const loads = BLOCK_SHARES.map((share) => ({
      transactionsPerBlock: Math.ceil(blockTransactions * share),
      accounts: accounts * ACCOUNTS_FACTOR,
    }));
    const chains = loads.map((load) => new BlockWriter(load));
    return {
      operations: chains.map((chain) => chain.operation()),
      close: async () => {
        for (const chain of chains) await chain.close();
      },
    };
  },
};

type Load = { readonly transactionsPerBlock: number; readonly accounts: number };

/** A store with `accounts` in its state, in a directory of its own that `close` removes. */
class BlockWriter {
  readonly #load: Load;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'iost-bench-lmdb-'));
  readonly #store: ChainStore;
  readonly #random: () => number;
  #height = 0;

  constructor(load: Load) {
    this.#load = load;
    this.#store = ChainStore.open(
      this.#dataDir,
      { chain: 0, shards: 1, genesis: 'bench' },
      { freeBytesMin: 0 },
    );
    this.#random = randomNumbers(load.accounts);
    append(this.#store, commitOf(this.#height, 0, genesisChanges(load.accounts), this.#random));
  }

  operation(): Operation {
    const { transactionsPerBlock } = this.#load;
    const run = () => {
      this.#height += 1;
      const changes = transferChanges(this.#load, this.#random);
      const commit = commitOf(this.#height, transactionsPerBlock, changes, this.#random);
      return append(this.#store, commit);
    };
    const name = `lmdb-commit/block of ${transactionsPerBlock}`;
    return { name, unit: 'transaction', units: transactionsPerBlock, run };
  }

  async close(): Promise<void> {
    await this.#store.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** Milliseconds from the message of the shard to the flushed block. */
function append(store: ChainStore, commit: ChainCommit): number {
  const message = encodeCommit(commit);
  const startMs = performance.now();
  store.append({ commits: [openCommit(message)], votes: [] });
  return performance.now() - startMs;
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
    changes: packChanges(changes),
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

function transferChanges(load: Load, random: () => number): StateChange[] {
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
