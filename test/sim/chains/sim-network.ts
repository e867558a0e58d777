/**
 * A whole network of chains, one validator each, in one thread and virtual time: the production
 * `Chain` objects over twins of storage and links. Every delay, crash and order comes from the seed,
 * so a history is a function of it.
 *
 * A crash may fall between any two effects: what a chain had asked for and was not flushed is lost,
 * together with everything on its way to it, as when its process is killed.
 */

import type { ChainOptions } from '#actors/chain/chain-options.ts';
import { chainSettings } from '#actors/chain/chain-settings.ts';
import { assertNever } from '#core/assert.ts';
import type { LockCounts } from '#core/atomix/lock-counts.ts';
import { DEFAULT_DELTA } from '#core/bft/settings.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { signerOfSeed } from '#core/crypto/key-pair.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { policyOf } from '#core/pob/policy.ts';
import type { Rejection } from '#core/result.ts';
import { Chain } from '#core/shard/chain.ts';
import type { ChainEffect } from '#core/shard/chain-effects.ts';
import type { ChainEvent, ChainTimer, VerifiedTransaction } from '#core/shard/chain-events.ts';
import { genesisCommits } from '#core/shard/genesis-commits.ts';
import { IosvmEngine } from '#io/iosvm/iosvm-engine.ts';
import { areSound } from '#test/support/sound-transactions.ts';
import { EventQueue } from '../event-queue.ts';
import { HistoryDigest } from '../history-digest.ts';
import { Prng } from '../prng.ts';
import type { Delivery, HostileRelay } from './hostile-relay.ts';
import { MessageChart } from './message-chart.ts';
import type { NetworkPromises } from './network-promises.ts';
import { SimStorage } from './sim-storage.ts';

const CHAIN_ID = 1020;
const SEED = new Uint8Array(32).fill(7);
export const START_MS = 1_700_000_000_000;

export type SimOptions = {
  readonly seed: number;
  readonly shards: number;
  readonly genesis: Genesis;
  /** Mean number of crashes per simulated second over all chains. */
  readonly crashesPerSecond: number;
  readonly limits?: Partial<ChainOptions['limits']>;
  readonly window?: ChainOptions['window'];
  /** Longest time a message between chains takes, in ms. */
  readonly delayMs?: number;
  /** Held against everything that is flushed and said. */
  readonly promises?: NetworkPromises;
  /** Delivers more than it is given. */
  readonly relay?: HostileRelay;
  /** Another core in the place of the production one. */
  readonly core?: SimCore;
};

/** What of `src/core` a network is made of: all of it comes with these. */
export type SimCore = {
  readonly Chain: typeof Chain;
  readonly builtinContracts: typeof builtinContracts;
  readonly IosvmEngine: typeof IosvmEngine;
};

export const HONEST: SimCore = { Chain, builtinContracts, IosvmEngine };

type SimEvent =
  | {
      readonly kind: 'tell';
      readonly chain: number;
      readonly life: number;
      readonly event: ChainEvent;
    }
  | {
      readonly kind: 'flush';
      readonly chain: number;
      readonly life: number;
      readonly effect: Durable;
    }
  | { readonly kind: 'restart'; readonly chain: number };

type Durable = ChainEffect & { readonly kind: 'commit' | 'persistVotes' | 'dropVotes' };

class SimChain {
  readonly number: number;
  readonly storage = new SimStorage();
  readonly options: ChainOptions;
  chain: Chain | undefined;
  engine: IosvmEngine | undefined;
  /** Counts restarts: what was meant for an earlier life is lost. */
  life = 0;
  /** Storage works in order, so nothing is flushed before what was asked for earlier. */
  flushedUntil = 0;
  readonly timers = new Map<ChainTimer, number>();

  constructor(options: ChainOptions) {
    this.number = options.chain;
    this.options = options;
  }

  /** Ends this life. Isolates are not the collector's. */
  stop(): void {
    this.chain = undefined;
    void this.engine?.close();
    this.engine = undefined;
  }
}

export class SimNetwork {
  readonly chains = new Map<number, SimChain>();
  readonly rejections = new Map<string, Rejection>();
  /** Of every final block. */
  readonly locks: LockCounts[] = [];
  /** Runs that a proposer has given up. */
  readonly stopped: (ChainEffect & { readonly kind: 'runStopped' })[] = [];
  readonly #options: SimOptions;
  readonly #random: Prng;
  readonly #queue = new EventQueue<SimEvent>();
  readonly #digest = new HistoryDigest();
  #crashing = false;
  #eventCount = 0;
  #crashCount = 0;
  /** Last delivery of each link: links keep order. */
  readonly #linkTimes = new Map<string, number>();
  readonly #chart = new MessageChart();

  constructor(options: SimOptions) {
    this.#options = options;
    this.#random = new Prng(options.seed);
    const contracts = builtinContracts();
    const map = ShardMap.balanced(options.shards);
    const start = {
      genesis: withProducer(options.genesis),
      contracts,
      shards: map,
      chainId: CHAIN_ID,
    };
    for (const commit of genesisCommits(start)) {
      const chain = new SimChain(this.#chainOptions(commit.chain));
      chain.storage.apply(commit);
      this.chains.set(commit.chain, chain);
    }
    for (const chain of this.chains.values()) this.#start(chain);
    this.#crashing = options.crashesPerSecond > 0;
  }

  get nowMs(): number {
    return START_MS + this.#queue.now;
  }

  get digest(): string {
    return this.#digest.hex;
  }

  get counts(): { readonly events: number; readonly crashes: number } {
    return { events: this.#eventCount, crashes: this.#crashCount };
  }

  /** What the chains said to each other last. */
  get chart(): readonly string[] {
    return this.#chart.lines();
  }

  /** Hands verified transactions to a shard, as the verifier would. */
  submit(shard: number, transactions: readonly Omit<VerifiedTransaction, 'origin'>[]): void {
    const chain = this.#chainOf(shard);
    const origin = { actor: 'client', tag: 0 };
    this.#tellLater(chain, this.#random.between(1, 20), {
      kind: 'transactionsVerified',
      transactions: transactions.map((each) => ({ ...each, origin })),
      sound: areSound(transactions, CHAIN_ID),
    });
  }

  /** Runs for `ms` of virtual time; `check` is called after every event. */
  run(ms: number, check: () => void = () => {}): void {
    const end = this.#queue.now + ms;
    for (let next = this.#queue.nextTime; next !== undefined && next <= end; ) {
      const event = this.#queue.pop() as SimEvent;
      this.#eventCount += 1;
      this.#digest.add(this.#queue.now);
      this.#handle(event);
      this.#maybeCrash();
      check();
      next = this.#queue.nextTime;
    }
    this.#queue.advanceTo(end);
  }

  /** The run is over: what is stored can still be looked at. */
  close(): void {
    for (const chain of this.chains.values()) chain.stop();
  }

  /** No more crashes from here on. */
  calm(): void {
    this.#crashing = false;
  }

  /** Crashes from here on, as many as the options say. */
  storm(): void {
    this.#crashing = this.#options.crashesPerSecond > 0;
  }

  #handle(event: SimEvent): void {
    const chain = this.#chainOf(event.chain);
    switch (event.kind) {
      case 'restart':
        return this.#start(chain);
      case 'tell':
        if (event.life === chain.life) this.#tell(chain, event.event);
        return;
      case 'flush':
        if (event.life === chain.life) this.#flush(chain, event.effect);
        return;
      default:
        assertNever(event);
    }
  }

  #start(chain: SimChain): void {
    chain.flushedUntil = this.#queue.now;
    const { rules, ...settings } = chainSettings(chain.options, chain.storage);
    const core = this.#options.core ?? HONEST;
    chain.engine = new core.IosvmEngine();
    chain.chain = new core.Chain({
      ...settings,
      rules: { ...rules, contracts: core.builtinContracts(), engine: chain.engine },
      isSigned: () => true,
    });
    this.#chart.add(this.#queue.now, chain.number, undefined, 'starts');
    this.#tell(chain, { kind: 'started' });
    for (const other of this.chains.values()) {
      if (other === chain || other.chain === undefined) continue;
      this.#tellLater(other, 1, { kind: 'peerRestarted', chain: chain.number });
    }
  }

  #tell(chain: SimChain, event: ChainEvent): void {
    if (chain.chain === undefined) return;
    if (event.kind === 'timerFired' && chain.timers.get(event.timer) !== this.#queue.now) return;
    const life = chain.life;
    for (const effect of chain.chain.handle(event, this.nowMs)) {
      this.#carryOut(chain, effect);
      // A crash between two effects: the rest of them never happened.
      if (chain.life !== life) return;
      this.#maybeCrash();
      if (chain.life !== life) return;
    }
  }

  #carryOut(chain: SimChain, effect: ChainEffect): void {
    this.#digest.addText(effect.kind);
    this.#options.promises?.said(chain.number, effect, chain.storage);
    switch (effect.kind) {
      case 'commit':
        this.#digest.addBytes(effect.commit.hash);
        return this.#flushLater(chain, effect);
      case 'persistVotes':
      case 'dropVotes':
        return this.#flushLater(chain, effect);
      case 'answer':
        if (effect.rejection !== undefined) this.rejections.set(hexOf(effect.id), effect.rejection);
        this.#chart.add(this.#queue.now, chain.number, 'client', effect);
        return;
      case 'sendBatch':
        for (const { to, batch, delayMs } of this.#besides(effect)) {
          this.#tellLater(this.#chainOf(to), delayMs, { kind: 'batchArrived', batch });
        }
        return this.#send(chain, effect.to, { kind: 'batchArrived', batch: effect.batch });
      case 'reportCursor':
        return this.#send(chain, effect.to, {
          kind: 'cursorReported',
          chain: chain.number,
          nextSeq: effect.nextSeq,
          resend: effect.resend,
          rootEpoch: effect.rootEpoch,
        });
      case 'sendHandover':
        return this.#send(chain, effect.to, { kind: 'handoverOffered', handover: effect.handover });
      case 'offerCrosslink':
        return this.#send(chain, ROOT_CHAIN, {
          kind: 'crosslinkOffered',
          crosslink: effect.crosslink,
        });
      case 'blockFinal':
        this.locks.push(effect.block.locks);
        if (chain.number !== ROOT_CHAIN) return;
        for (const shard of this.chains.keys()) {
          const { height } = effect.block;
          if (shard !== ROOT_CHAIN) this.#send(chain, shard, { kind: 'rootAdvanced', height });
        }
        return;
      case 'setTimer': {
        const at = Math.max(this.#queue.now, effect.atMs - START_MS);
        chain.timers.set(effect.timer, at);
        const event: ChainEvent = { kind: 'timerFired', timer: effect.timer };
        this.#queue.push(at, { kind: 'tell', chain: chain.number, life: chain.life, event });
        return;
      }
      case 'runStopped':
        this.stopped.push(effect);
        return;
      case 'spreadCheckpointVote':
        return;
      case 'broadcast':
      case 'sendTo':
      case 'junkFrom':
      case 'evidence':
      case 'misbehaviour':
      case 'behind':
      case 'halted':
        throw new Error(
          `a chain of one validator has no reason for ${JSON.stringify(effect, bigintText)}`,
        );
      default:
        assertNever(effect);
    }
  }

  #besides({ to, batch }: ChainEffect & { readonly kind: 'sendBatch' }): readonly Delivery[] {
    return this.#options.relay?.beside(to, batch) ?? [];
  }

  #flushLater(chain: SimChain, effect: Durable): void {
    const at = Math.max(chain.flushedUntil, this.#queue.now) + this.#random.between(1, 15);
    chain.flushedUntil = at;
    this.#queue.push(at, { kind: 'flush', chain: chain.number, life: chain.life, effect });
  }

  #flush(chain: SimChain, effect: Durable): void {
    switch (effect.kind) {
      case 'commit':
        chain.storage.apply(effect.commit);
        this.#chart.add(this.#queue.now, chain.number, 'disk', effect);
        this.#options.promises?.flushed(effect.commit);
        this.#tellLater(chain, 1, { kind: 'blockPersisted', height: effect.commit.height });
        return;
      case 'persistVotes':
        chain.storage.putVotes(effect.records);
        this.#tellLater(chain, 1, { kind: 'votesPersisted', token: effect.token });
        return;
      case 'dropVotes':
        chain.storage.dropVotes(effect.belowKey);
        return;
      default:
        assertNever(effect);
    }
  }

  #send(from: SimChain, to: number, event: ChainEvent): void {
    const target = this.#chainOf(to);
    const link = `${from.number}>${to}`;
    this.#chart.add(this.#queue.now, from.number, to, event);
    const arrival = this.#queue.now + this.#random.between(1, this.#options.delayMs ?? 40);
    const at = Math.max(arrival, this.#linkTimes.get(link) ?? 0);
    this.#linkTimes.set(link, at);
    this.#queue.push(at, { kind: 'tell', chain: to, life: target.life, event });
  }

  #tellLater(chain: SimChain, delayMs: number, event: ChainEvent): void {
    const at = this.#queue.now + delayMs;
    this.#queue.push(at, { kind: 'tell', chain: chain.number, life: chain.life, event });
  }

  #maybeCrash(): void {
    if (!this.#crashing || this.#random.u32() > CRASH_CHANCE * this.#options.crashesPerSecond)
      return;
    const running = [...this.chains.values()].filter(({ chain }) => chain !== undefined);
    const victim = running[this.#random.below(running.length)];
    if (victim === undefined) return;
    victim.stop();
    victim.life += 1;
    victim.timers.clear();
    this.#crashCount += 1;
    this.#chart.add(this.#queue.now, victim.number, undefined, 'crashes');
    this.#digest.add(victim.number);
    const at = this.#queue.now + this.#random.between(5, 400);
    this.#queue.push(at, { kind: 'restart', chain: victim.number });
  }

  #chainOf(number: number): SimChain {
    const chain = this.chains.get(number);
    if (chain === undefined) throw new Error(`there is no chain ${number}`);
    return chain;
  }

  #chainOptions(chain: number): ChainOptions {
    const isRoot = chain === ROOT_CHAIN;
    return {
      chain,
      shards: this.#options.shards,
      chainId: CHAIN_ID,
      dataDir: '',
      validators: [signerOfSeed(SEED).publicKey],
      policy: policyOf(this.#options.genesis.pob),
      seed: SEED,
      limits: {
        intervalMs: 50,
        idleIntervalMs: isRoot ? 250 : 500,
        bytesMax: 1 << 20,
        gasMax: 10n ** 12n,
        outboxBytesMax: 1 << 20,
        ...this.#options.limits,
      },
      mempool: { countMax: 20_000, bytesMax: 1 << 26, complexUpToCount: 20_000, parkedMax: 10_000 },
      window: this.#options.window ?? { messagesMax: 10_000, bytesMax: 4 << 20 },
      delta: DEFAULT_DELTA,
      cachedValues: 10_000,
      contractConsole: false,
      packingLimitMs: 10_000,
    };
  }
}

/** Of 2^32 draws, about one per thousand events: a simulated second has some hundreds of them. */
const CRASH_CHANCE = 2 ** 32 / 500;

export function withProducer(genesis: Genesis): Genesis {
  const signatureKey = base58Encode(signerOfSeed(SEED).publicKey);
  return {
    ...genesis,
    witnesses: genesis.witnesses.map((witness) => ({ ...witness, signatureKey })),
  };
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
