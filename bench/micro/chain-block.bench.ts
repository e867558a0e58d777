/**
 * A whole chain in this process, without threads, network and disk: transfers are taken into the
 * pool, then a block of them is built, voted on and committed. It is what a shard's thread does for
 * a transaction, apart from messages. State and blocks are kept in memory.
 */

import type { ChainOptions } from '#actors/chain/chain-options.ts';
import { chainSettings } from '#actors/chain/chain-settings.ts';
import { DEFAULT_DELTA } from '#core/bft/settings.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { DEFAULT_POLICY } from '#core/pob/policy.ts';
import { Chain } from '#core/shard/chain.ts';
import type { ChainEffect } from '#core/shard/chain-effects.ts';
import type { ChainEvent } from '#core/shard/chain-events.ts';
import { genesisCommits } from '#core/shard/genesis-commits.ts';
import { SimStorage } from '#test/sim/chains/sim-storage.ts';
import type { MicroGroup, Operation } from '../harness.ts';
import { benchGenesis } from './bench-ledger.ts';
import { TransferSource } from './signed-transfers.ts';

const CHAIN_ID = 1020;
const SEED = new Uint8Array(32).fill(7);
const INTERVAL_MS = 100;
const ORIGIN = { actor: 'rpc', tag: 0 };

type BlockTimes = { readonly admitMs: number; readonly buildMs: number };

export const chainBlockBench: MicroGroup = {
  name: 'chain',
  open: ({ accounts, blockTransactions }) => {
    const operation = (part: string, of: keyof BlockTimes): Operation => {
      const bench = new ChainBench(accounts);
      const run = () => bench.block(blockTransactions)[of];
      return { name: `chain/${part}`, unit: 'transaction', units: blockTransactions, run };
    };
    return {
      operations: [
        operation('take into the pool', 'admitMs'),
        operation('build and commit a block', 'buildMs'),
      ],
    };
  },
};

class ChainBench {
  readonly #storage = new SimStorage();
  readonly #transfers: TransferSource;
  readonly #chain: Chain;
  readonly #due: ChainEvent[] = [];
  #nowMs = Date.now();
  #committed = 0;

  constructor(accounts: number) {
    const { publicKey } = signerOfSeed(SEED);
    const start = {
      genesis: benchGenesis(accounts, publicKey),
      contracts: builtinContracts(),
      shards: ShardMap.balanced(1),
      chainId: CHAIN_ID,
    };
    for (const commit of genesisCommits(start)) if (commit.chain === 0) this.#storage.apply(commit);
    this.#transfers = new TransferSource(accounts);
    this.#chain = new Chain(chainSettings(chainOptions(publicKey), this.#storage));
    this.#tell({ kind: 'started' });
    this.#settle();
  }

  /** One block of `count` transfers; signing them is not in its times. */
  block(count: number): BlockTimes {
    const transactions = this.#transfers
      .take(count, this.#nowMs)
      .map(({ id, bytes }) => ({ id, bytes, origin: ORIGIN }));
    this.#committed = 0;
    // Too early for the next block, so that this only fills the pool.
    const admitStartMs = performance.now();
    this.#tell({ kind: 'transactionsVerified', transactions, sound: true });
    const admitMs = performance.now() - admitStartMs;
    this.#nowMs += INTERVAL_MS;
    const buildStartMs = performance.now();
    this.#tell({ kind: 'timerFired', timer: 'pace' });
    this.#settle();
    const buildMs = performance.now() - buildStartMs;
    if (this.#committed !== count)
      throw new Error(`${this.#committed} of ${count} got into a block`);
    return { admitMs, buildMs };
  }

  #tell(event: ChainEvent): void {
    for (const effect of this.#chain.handle(event, this.#nowMs)) this.#carryOut(effect);
  }

  /** Tells the chain what its storage has done, until there is nothing more. */
  #settle(): void {
    for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift())
      this.#tell(next);
  }

  #carryOut(effect: ChainEffect): void {
    switch (effect.kind) {
      case 'commit':
        this.#storage.apply(effect.commit);
        this.#due.push({ kind: 'blockPersisted', height: effect.commit.height });
        return;
      case 'persistVotes':
        this.#storage.putVotes(effect.records);
        this.#due.push({ kind: 'votesPersisted', token: effect.token });
        return;
      case 'dropVotes':
        return this.#storage.dropVotes(effect.belowKey);
      case 'blockFinal':
        this.#committed += effect.block.ids.length / 32;
        return;
      case 'answer':
        if (effect.rejection !== undefined) throw new Error(effect.rejection.message);
        return;
      case 'setTimer':
      case 'reportCursor':
      case 'offerCrosslink':
      case 'sendBatch':
        return; // There is no other chain, and time passes when `block` says so.
      default:
        throw new Error(`a chain of one validator has no reason for ${effect.kind}`);
    }
  }
}

function chainOptions(publicKey: Uint8Array): ChainOptions {
  return {
    chain: 0,
    shards: 1,
    chainId: CHAIN_ID,
    dataDir: '',
    validators: [publicKey],
    policy: DEFAULT_POLICY,
    seed: SEED,
    limits: {
      intervalMs: INTERVAL_MS,
      idleIntervalMs: 60_000,
      bytesMax: 4 << 20,
      gasMax: 10n ** 12n,
      outboxBytesMax: 1 << 20,
    },
    mempool: { countMax: 50_000, bytesMax: 1 << 26, complexUpToCount: 50_000, parkedMax: 10_000 },
    window: { messagesMax: 10_000, bytesMax: 4 << 20 },
    delta: DEFAULT_DELTA,
    cachedValues: 200_000,
    contractConsole: false,
    packingLimitMs: 10_000,
  };
}
