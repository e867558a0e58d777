/**
 * The only writer of the chains' LMDB environments. It collects what arrived in a turn and makes it
 * durable at the end of the turn, one transaction and one flush per chain: the more is waiting, the
 * fewer flushes per block. An answer is sent after the flush, never before.
 *
 * On a full disk it goes unready, keeps what it has and tries again: chains wait for their answers,
 * so nothing is lost and nothing piles up. Any other failure of the disk ends the node.
 */

import type { Actor } from '#actors/runtime/actor.ts';
import type {
  ActorContext,
  Counter,
  FatalCode,
  Gauge,
  Histogram,
} from '#actors/runtime/actor-context.ts';
import { assert, assertNever } from '#core/assert.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { encodeCommit, openCommit, type PackedCommit } from '#core/shard/commit-codec.ts';
import { genesisCommits } from '#core/shard/genesis-commits.ts';
import { type ChainBatch, ChainStore } from '#io/lmdb/chain-store.ts';
import { chainName, claimDataDirectory, type DataDirectoryLock } from '#io/lmdb/data-directory.ts';
import { StorageFailure, type StorageFailureCode } from '#io/lmdb/storage-failure.ts';
import { BufferPool } from './buffer-pool.ts';
import { ChainQueue } from './chain-queue.ts';
import type { StorageInbound, StorageOutbound } from './protocol.ts';

export type StorageOptions = {
  readonly dataDir: string;
  readonly shards: number;
  /** Names the genesis file; a data directory of another one is refused. */
  readonly genesis: string;
  /** What an empty data directory starts with. */
  readonly start: { readonly genesis: Genesis; readonly chainId: number };
  /** Below this much free disk nothing is written. */
  readonly freeBytesMin?: number;
  /** Address space reserved for each chain's file at first; it grows as needed. */
  readonly mapBytes?: number;
};

/** Room for the blocks in flight, for other programs to fail gracefully and for the operator to act. */
const FREE_BYTES_MIN_DEFAULT = 128 * 2 ** 20;
const RETRY_MS = 500;
const RETRY_TIMER = 'retry';
/** A token takes at most nine bytes in a message of 16 KiB. */
const TOKENS_PER_ANSWER_MAX = 1024;
const COMMIT_SECONDS_BOUNDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];

/** How the node ends, by what a supervisor of the process should make of it. */
const FATAL_CODE: Partial<Record<StorageFailureCode, FatalCode>> = {
  locked: 'retry',
  'read-only': 'config',
  'wrong-chain': 'config',
  'wrong-shards': 'config',
  'wrong-genesis': 'config',
  'newer-format': 'config',
  'older-format': 'config',
  missing: 'config',
};

export class StorageActor implements Actor<StorageInbound> {
  /** What waits for the disk is copied into buffers of its own. */
  readonly borrowsBytes = true;
  readonly #options: StorageOptions;
  readonly #stores = new Map<number, ChainStore>();
  readonly #queues = new Map<number, ChainQueue>();
  readonly #buffers = new BufferPool();
  #context!: ActorContext;
  #lock: DataDirectoryLock | undefined;
  #isStalled = false;
  #blocks!: Counter;
  #transactions!: Counter;
  #seconds!: Histogram;
  #waiting!: Gauge;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  onStart(context: ActorContext): void {
    this.#context = context;
    this.#registerMetrics(context);
    try {
      this.#lock = claimDataDirectory(this.#options.dataDir);
      this.#openStores();
      this.#storeGenesis();
    } catch (error) {
      // A start that is refused leaves the directory as it found it.
      this.#lock?.release();
      throw this.#fatal(error);
    }
  }

  onMessage(message: StorageInbound, from: string): void {
    const queue = this.#queueOf(message.chain, from);
    switch (message.kind) {
      case 'commitPart':
        queue.addPart(message);
        return;
      case 'vote':
        queue.addVote(message);
        return;
      case 'pruneVotes':
        queue.prune(message.before);
        return;
      default:
        assertNever(message);
    }
  }

  onTurnEnd(): void {
    if (!this.#isStalled) this.#flushAll();
  }

  onTimer(id: string): void {
    assert(id === RETRY_TIMER, 'storage sets one timer');
    this.#flushAll();
  }

  onPeerRestarted(peer: string): void {
    for (const queue of this.#queues.values()) if (queue.peer === peer) queue.clear();
  }

  isDrained(): boolean {
    return [...this.#queues.values()].every((queue) => queue.isEmpty);
  }

  async onStop(): Promise<void> {
    await Promise.all([...this.#stores.values()].map((store) => store.close()));
    this.#lock?.release();
  }

  /** The root first: it exists wherever anything does, so a foreign directory is not added to. */
  #openStores(): void {
    const { dataDir, shards, genesis, mapBytes } = this.#options;
    const limits = {
      freeBytesMin: this.#options.freeBytesMin ?? FREE_BYTES_MIN_DEFAULT,
      ...(mapBytes === undefined ? {} : { mapBytes }),
    };
    for (const chain of [ROOT_CHAIN, ...Array(shards).keys()]) {
      this.#stores.set(chain, ChainStore.open(dataDir, { chain, shards, genesis }, limits));
    }
  }

  /** Chain by chain, so a crash in between leaves the rest for the next start. */
  #storeGenesis(): void {
    const empty = [...this.#stores].filter(([, store]) => store.head === undefined);
    if (empty.length === 0) return;
    this.#requireNoBlocks(empty.map(([chain]) => chain));
    const { start, shards } = this.#options;
    const commits = genesisCommits({
      ...start,
      contracts: builtinContracts(),
      shards: ShardMap.balanced(shards),
    });
    for (const [chain, store] of empty) {
      const commit = commits.find((each) => each.chain === chain);
      assert(commit !== undefined, 'genesis covers every chain');
      store.append({ commits: [openCommit(encodeCommit(commit))], votes: [] });
    }
  }

  /** No chain makes a block before all have their genesis, so beside blocks an empty one is a loss. */
  #requireNoBlocks(empty: readonly number[]): void {
    for (const [chain, { head }] of this.#stores) {
      if (head === undefined || head.height === 0) continue;
      const names = empty.map(chainName).join(', ');
      throw new StorageFailure(
        'corrupt',
        `${this.#options.dataDir}: ${names} is empty, but ${chainName(chain)} has ${head.height} blocks`,
        'restore a backup or use another --data-dir',
      );
    }
  }

  #flushAll(): void {
    try {
      for (const [chain, queue] of this.#queues) this.#flush(chain, queue);
      if (this.#isStalled) this.#resume();
    } catch (error) {
      if (!(error instanceof StorageFailure && error.passing)) throw this.#fatal(error);
      this.#stall(error);
    }
    let waiting = 0;
    for (const queue of this.#queues.values()) waiting += queue.waiting;
    this.#waiting.set(waiting);
  }

  #flush(chain: number, queue: ChainQueue): void {
    const store = this.#stores.get(chain);
    assert(store !== undefined, 'chains write only what this node hosts');
    this.#answerStored(chain, store, queue);
    while (!queue.isEmpty) {
      const batch = queue.batch();
      const startedMs = performance.now();
      store.append(batch);
      this.#seconds.observe((performance.now() - startedMs) / 1000);
      this.#answer(chain, queue.peer, batch);
      queue.remove(batch);
    }
  }

  /** After a restart of ours chains repeat what had no answer; some of it is on disk already. */
  #answerStored(chain: number, store: ChainStore, queue: ChainQueue): void {
    for (let commit = queue.firstCommit(); commit !== undefined; commit = queue.firstCommit()) {
      if (commit.height > (store.head?.height ?? -1)) return;
      this.#requireSame(chain, store, commit);
      queue.dropFirstCommit();
      this.#send(queue.peer, { kind: 'blockPersisted', chain, height: commit.height });
    }
  }

  #requireSame(chain: number, store: ChainStore, { height, hash }: PackedCommit): void {
    if (store.holds(height, hash)) return;
    throw this.#context.fatal(`${chainName(chain)} wants to replace its flushed block ${height}`);
  }

  #answer(chain: number, peer: string, { commits, votes }: ChainBatch): void {
    for (let at = 0; at < votes.length; at += TOKENS_PER_ANSWER_MAX) {
      const tokens = votes.slice(at, at + TOKENS_PER_ANSWER_MAX).map(({ token }) => token);
      this.#send(peer, { kind: 'votesPersisted', chain, tokens });
    }
    for (const { height, transactionIds } of commits) {
      this.#send(peer, { kind: 'blockPersisted', chain, height });
      this.#transactions.add(transactionIds.length / 32);
    }
    this.#blocks.add(commits.length);
  }

  #send(peer: string, answer: StorageOutbound): void {
    this.#context.sender<StorageOutbound>(peer).send(answer);
  }

  #stall(failure: StorageFailure): void {
    if (!this.#isStalled) {
      this.#context.log.error(failure.message, { code: failure.code, fix: failure.fix });
      this.#context.setHealth({ ready: false, reason: `${failure.message}: ${failure.fix}` });
    }
    this.#isStalled = true;
    this.#context.setTimer(RETRY_TIMER, this.#context.clock.nowMs() + RETRY_MS);
  }

  #resume(): void {
    this.#isStalled = false;
    this.#context.log.info('the disk takes blocks again');
    this.#context.setHealth({ ready: true, reason: '' });
  }

  #queueOf(chain: number, peer: string): ChainQueue {
    let queue = this.#queues.get(chain);
    if (queue === undefined) {
      queue = new ChainQueue(peer, this.#buffers);
      this.#queues.set(chain, queue);
    }
    queue.peer = peer;
    return queue;
  }

  #fatal(error: unknown): unknown {
    if (!(error instanceof StorageFailure)) return error;
    const { message, fix } = error;
    return this.#context.fatal(message, {
      code: FATAL_CODE[error.code] ?? 'fault',
      fix,
      cause: error,
    });
  }

  #registerMetrics({ metrics }: ActorContext): void {
    this.#blocks = metrics.counter('storage_blocks_total', 'Blocks flushed to disk');
    this.#transactions = metrics.counter(
      'storage_transactions_total',
      'Transactions in the blocks flushed to disk',
    );
    this.#seconds = metrics.histogram(
      'storage_commit_seconds',
      'Time of one flushed batch of blocks and votes of a chain',
      COMMIT_SECONDS_BOUNDS,
    );
    this.#waiting = metrics.gauge('storage_waiting', 'Blocks and votes that wait for the disk');
  }
}
