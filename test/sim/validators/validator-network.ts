/**
 * A network of validators in one thread and virtual time: each hosts every chain, its chains talk to
 * each other at once, and only consensus, transactions and block fetches travel between validators.
 * Validators stop and start with what they had on disk; links may be cut. All of it from one seed.
 */

import type { ChainOptions } from '#actors/chain/chain-options.ts';
import { chainSettings } from '#actors/chain/chain-settings.ts';
import { assert, assertNever } from '#core/assert.ts';
import { encodeEvidence } from '#core/bft/evidence-codec.ts';
import type { BftMessage } from '#core/bft/messages.ts';
import { DEFAULT_DELTA } from '#core/bft/settings.ts';
import { decodeBody, decodeStoredBlock, type StoredBlock } from '#core/chain/block.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { hexOf } from '#core/crypto/hex.ts';
import { type Signer, signerOfSeed } from '#core/crypto/key-pair.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import type { Genesis } from '#core/ledger/genesis/genesis-config.ts';
import { builtinContracts } from '#core/ledger/native/builtin-contracts.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import { decodeStateValue } from '#core/ledger/state-value.ts';
import { certificateKey } from '#core/pob/checkpoint-state.ts';
import { policyOf } from '#core/pob/policy.ts';
import type { voteTable } from '#core/pob/vote-table.ts';
import { Chain } from '#core/shard/chain.ts';
import type { ChainEffect } from '#core/shard/chain-effects.ts';
import type { ChainEvent, ChainTimer, VerifiedTransaction } from '#core/shard/chain-events.ts';
import type { ChainSettings } from '#core/shard/chain-settings.ts';
import type { ChainCommit } from '#core/shard/commit.ts';
import { genesisCommits } from '#core/shard/genesis-commits.ts';
import { ChainSync } from '#core/sync/chain-sync.ts';
import type { SyncEffect, SyncEvent } from '#core/sync/sync-events.ts';
import { areSound } from '#test/support/sound-transactions.ts';
import { SimStorage } from '../chains/sim-storage.ts';
import { EventQueue } from '../event-queue.ts';
import { Prng } from '../prng.ts';

const CHAIN_ID = 1020;
const START_MS = 1_700_000_000_000;
const FETCHED_BLOCKS_MAX = 16;
const ANNOUNCE_MS = 250;
/** Of an event that does not end with one life of a validator. */
const ANY_LIFE = -1;

export type ValidatorNetworkOptions = {
  readonly seed: number;
  readonly validators: number;
  readonly shards: number;
  readonly genesis: Genesis;
  /** Longest time between validators, in ms. */
  readonly delayMs: number;
  readonly lossPerMille: number;
  /** Votes of each validator for itself, in IOST; none where it is not said. */
  readonly votes?: readonly number[];
  /** Evidence is expected; without, it fails the run. */
  readonly hasLiars?: boolean;
  /** The code under test, where it is not the sound one. */
  readonly core?: ValidatorCore;
  /** Validators with a core of their own, which lies. */
  readonly liars?: ReadonlyMap<number, ValidatorCore>;
  readonly limits?: Partial<ChainOptions['limits']>;
};

export type ValidatorCore = {
  readonly Chain: typeof Chain;
  readonly ChainSync: typeof ChainSync;
  readonly builtinContracts: typeof builtinContracts;
  readonly voteTable: typeof voteTable;
};

type SimEvent = {
  readonly at: Hosted;
  readonly life: number;
  readonly run: () => void;
};

/** One chain on one validator. */
export class Hosted {
  readonly validator: number;
  readonly chain: number;
  readonly options: ChainOptions;
  storage = new SimStorage();
  machine: Chain | undefined;
  sync: ChainSync | undefined;
  syncTimer = 0;
  life = 0;
  flushedUntil = 0;
  readonly timers = new Map<ChainTimer, number>();

  constructor(validator: number, options: ChainOptions) {
    this.validator = validator;
    this.chain = options.chain;
    this.options = options;
  }
}

export class ValidatorNetwork {
  /** By validator, then by chain. */
  readonly hosted: readonly ReadonlyMap<number, Hosted>[];
  readonly fetches: string[] = [];
  /** What validators have found against each other. */
  readonly evidence: string[] = [];
  /** What sync held against peers. */
  readonly reports: string[] = [];
  readonly #options: ValidatorNetworkOptions;
  readonly #random: Prng;
  readonly #queue = new EventQueue<SimEvent>();
  readonly #genesis: readonly ChainCommit[];
  readonly #keys: readonly Uint8Array[];
  readonly #signers: readonly Signer[];
  #cut: ReadonlySet<number> = new Set();
  /** Of 1000 messages between validators, how many get lost. */
  lossPerMille: number;

  constructor(options: ValidatorNetworkOptions) {
    this.#options = options;
    this.lossPerMille = options.lossPerMille;
    this.#random = new Prng(options.seed);
    this.#keys = Array.from({ length: options.validators }, (_, index) => seedOf(index));
    this.#signers = this.#keys.map(signerOfSeed);
    const genesis = withWitnesses(options.genesis, this.#signers, options.votes);
    const shards = ShardMap.balanced(options.shards);
    const start = { genesis, contracts: builtinContracts(), shards, chainId: CHAIN_ID };
    this.#genesis = genesisCommits(start);
    this.hosted = this.#keys.map((_, validator) => {
      const chains = new Map<number, Hosted>();
      for (const commit of this.#genesis) {
        const hosted = new Hosted(validator, this.#chainOptions(commit.chain, validator));
        hosted.storage.apply(commit);
        chains.set(commit.chain, hosted);
      }
      return chains;
    });
    for (let validator = 0; validator < options.validators; validator++) this.start(validator);
    this.#announce();
  }

  get nowMs(): number {
    return START_MS + this.#queue.now;
  }

  /** Hands verified transactions to all validators that run, as gossip would. */
  submit(shard: number, transactions: readonly Omit<VerifiedTransaction, 'origin'>[]): void {
    const origin = { actor: 'client', tag: 0 };
    for (const chains of this.hosted) {
      this.#later(this.#get(chains, shard), this.#random.between(1, 60), {
        kind: 'transactionsVerified',
        transactions: transactions.map((each) => ({ ...each, origin })),
        sound: areSound(transactions, CHAIN_ID),
      });
    }
  }

  /** Hands verified transactions to one validator, which passes them on in blocks alone. */
  submitTo(
    validator: number,
    shard: number,
    transactions: readonly Omit<VerifiedTransaction, 'origin'>[],
  ): void {
    const origin = { actor: 'client', tag: 0 };
    this.#later(this.#at(validator, shard), 1, {
      kind: 'transactionsVerified',
      transactions: transactions.map((each) => ({ ...each, origin })),
      sound: areSound(transactions, CHAIN_ID),
    });
  }

  run(ms: number): void {
    const end = this.#queue.now + ms;
    for (let next = this.#queue.nextTime; next !== undefined && next <= end; ) {
      const event = this.#queue.pop() as SimEvent;
      if (event.life === ANY_LIFE || event.life === event.at.life) event.run();
      next = this.#queue.nextTime;
    }
    this.#queue.advanceTo(end);
  }

  stop(validator: number): void {
    for (const hosted of (this.hosted[validator] ?? new Map()).values()) {
      hosted.machine = undefined;
      hosted.sync = undefined;
      hosted.life += 1;
      hosted.timers.clear();
    }
  }

  /** The disk of a validator that does not run is as new. */
  wipe(validator: number): void {
    for (const commit of this.#genesis) {
      const hosted = this.#at(validator, commit.chain);
      assert(hosted.machine === undefined, 'it does not run');
      hosted.storage = new SimStorage();
      hosted.storage.apply(commit);
    }
  }

  #coreOf(validator: number): ValidatorCore | undefined {
    return this.#options.liars?.get(validator) ?? this.#options.core;
  }

  #machine(settings: ChainSettings, validator: number): Chain {
    const core = this.#coreOf(validator);
    if (core === undefined) return new Chain(settings);
    const { pob } = settings.rules;
    const contracts = core.builtinContracts();
    const rules = {
      ...settings.rules,
      contracts,
      pob: pob && { ...pob, table: core.voteTable },
    };
    return new core.Chain({ ...settings, rules });
  }

  start(validator: number): void {
    const chains = [...(this.hosted[validator]?.values() ?? [])];
    for (const hosted of chains) {
      hosted.flushedUntil = this.#queue.now;
      const settings = chainSettings(hosted.options, hosted.storage);
      const machine = this.#machine({ ...settings, isSigned: () => true }, validator);
      hosted.machine = machine;
      const Sync = this.#coreOf(validator)?.ChainSync ?? ChainSync;
      hosted.sync = new Sync({
        chain: hosted.chain,
        groupFor: (height) => machine.groupFor(height),
        isClosing: (height) => machine.isClosing(height),
        isMember: () => machine.isMember,
        tip: () => ({ final: machine.final, flushedHeight: machine.status.height }),
        checkpoints: machine.anchors,
      });
    }
    for (const hosted of chains) this.#tell(hosted, { kind: 'started' });
  }

  /** Hands a validator a message as if another one had sent it. */
  deliver(to: number, chain: number, from: number, message: BftMessage): void {
    const { publicKey } = this.signer(from);
    this.#later(this.#at(to, chain), 1, { kind: 'messageReceived', from: publicKey, message });
  }

  /** Hands a validator a vote for a checkpoint as if another one had passed it on. */
  deliverVote(to: number, from: number, vote: Uint8Array): void {
    this.#later(this.#at(to, ROOT_CHAIN), 1, { kind: 'checkpointVoteOffered', vote, from });
  }

  signer(validator: number): Signer {
    return this.#signers[validator] as Signer;
  }

  /** No message passes between these validators and the others. */
  cutOff(validators: readonly number[]): void {
    this.#cut = new Set(validators);
  }

  /** Newest height on the disk of a validator. */
  height(validator: number, chain: number): number {
    return this.#at(validator, chain).storage.head()?.height ?? 0;
  }

  /** Hash of every block of a chain that is on the disk of a validator, from height 0. */
  hashes(validator: number, chain: number): readonly string[] {
    const { storage } = this.#at(validator, chain);
    return Array.from({ length: this.height(validator, chain) + 1 }, (_, height) =>
      hexOf(storage.commitAt(height)?.hash ?? new Uint8Array(0)),
    );
  }

  #tell(hosted: Hosted, event: ChainEvent): void {
    const { machine, timers, life } = hosted;
    if (machine === undefined) return;
    if (event.kind === 'timerFired' && timers.get(event.timer) !== this.#queue.now) return;
    for (const effect of machine.handle(event, this.nowMs)) {
      this.#carryOut(hosted, effect);
      if (hosted.life !== life) return;
    }
  }

  #carryOut(hosted: Hosted, effect: ChainEffect): void {
    switch (effect.kind) {
      case 'commit':
        return this.#flush(hosted, () => {
          hosted.storage.apply(effect.commit);
          this.#later(hosted, 1, { kind: 'blockPersisted', height: effect.commit.height });
          this.#push(hosted, this.#queue.now + 2, () =>
            this.#tellSync(hosted, { kind: 'flushed' }),
          );
        });
      case 'persistVotes':
        return this.#flush(hosted, () => {
          hosted.storage.putVotes(effect.records);
          this.#later(hosted, 1, { kind: 'votesPersisted', token: effect.token });
        });
      case 'dropVotes':
        return this.#flush(hosted, () => hosted.storage.dropVotes(effect.belowKey));
      case 'sendBatch':
        return this.#toChain(hosted, effect.to, { kind: 'batchArrived', batch: effect.batch });
      case 'reportCursor':
        return this.#toChain(hosted, effect.to, {
          kind: 'cursorReported',
          chain: hosted.chain,
          nextSeq: effect.nextSeq,
          resend: effect.resend,
          rootEpoch: effect.rootEpoch,
        });
      case 'sendHandover':
        return this.#toChain(hosted, effect.to, {
          kind: 'handoverOffered',
          handover: effect.handover,
        });
      case 'offerCrosslink':
        return this.#toChain(hosted, ROOT_CHAIN, {
          kind: 'crosslinkOffered',
          crosslink: effect.crosslink,
        });
      case 'blockFinal':
        if (hosted.chain !== ROOT_CHAIN) return;
        for (let shard = 0; shard < this.#options.shards; shard++) {
          this.#toChain(hosted, shard, { kind: 'rootAdvanced', height: effect.block.height });
        }
        return;
      case 'broadcast':
        for (let to = 0; to < this.hosted.length; to++) {
          if (to !== hosted.validator) this.#toValidator(hosted, to, effect.message);
        }
        return;
      case 'sendTo':
        return this.#toValidator(hosted, this.#place(effect.to), effect.message);
      case 'behind':
        return this.#tellSync(hosted, { kind: 'behind' });
      case 'setTimer': {
        const at = Math.max(this.#queue.now, effect.atMs - START_MS);
        hosted.timers.set(effect.timer, at);
        const event: ChainEvent = { kind: 'timerFired', timer: effect.timer };
        this.#queue.push(at, {
          at: hosted,
          life: hosted.life,
          run: () => this.#tell(hosted, event),
        });
        return;
      }
      case 'answer':
        return;
      case 'evidence':
        if (this.#options.hasLiars !== true) break;
        this.evidence.push(`${hosted.validator}/${hosted.chain}: ${effect.evidence.kind}`);
        if (hosted.chain === ROOT_CHAIN) return;
        return this.#toChain(hosted, ROOT_CHAIN, {
          kind: 'evidenceOffered',
          evidence: encodeEvidence(effect.evidence),
        });
      case 'spreadCheckpointVote':
        for (let to = 0; to < this.hosted.length; to++) {
          if (to !== hosted.validator && to !== effect.from) this.#spread(hosted, to, effect.vote);
        }
        return;
      case 'junkFrom':
        if (this.#options.hasLiars !== true) break;
        this.reports.push(`${hosted.validator} ${effect.from}: junk ${effect.reason}`);
        return;
      case 'misbehaviour':
      case 'halted':
      case 'runStopped':
        break;
      default:
        assertNever(effect);
    }

    throw new Error(
      `all are honest, but validator ${hosted.validator} says ${effect.kind}: ${
        'reason' in effect ? effect.reason : ''
      }`,
    );
  }

  #place(key: Uint8Array): number {
    const name = hexOf(key);
    return this.#signers.findIndex(({ publicKey }) => hexOf(publicKey) === name);
  }

  #flush(hosted: Hosted, run: () => void): void {
    const at = Math.max(hosted.flushedUntil, this.#queue.now) + this.#random.between(1, 10);
    hosted.flushedUntil = at;
    this.#queue.push(at, { at: hosted, life: hosted.life, run });
  }

  #toChain(from: Hosted, chain: number, event: ChainEvent): void {
    this.#later(this.#at(from.validator, chain), 0, event);
  }

  #toValidator(
    from: Hosted,
    to: number,
    message: (ChainEvent & { kind: 'messageReceived' })['message'],
  ): void {
    if (!this.#passes(from.validator, to)) return;
    const delay = this.#random.between(1, this.#options.delayMs);
    const { publicKey } = this.signer(from.validator);
    const event = { kind: 'messageReceived', from: publicKey, message } as const;
    this.#later(this.#at(to, from.chain), delay, event);
  }

  #spread(from: Hosted, to: number, vote: Uint8Array): void {
    if (!this.#passes(from.validator, to)) return;
    const delay = this.#random.between(1, this.#options.delayMs);
    const event = { kind: 'checkpointVoteOffered', vote, from: from.validator } as const;
    this.#later(this.#at(to, from.chain), delay, event);
  }

  #tellSync(hosted: Hosted, event: SyncEvent): void {
    const { machine, sync } = hosted;
    if (machine === undefined || sync === undefined) return;
    for (const effect of sync.handle(event, this.nowMs)) this.#carryOutSync(hosted, effect);
  }

  #carryOutSync(hosted: Hosted, effect: SyncEffect): void {
    switch (effect.kind) {
      case 'wantHeaders':
      case 'wantBodies':
      case 'wantCheckpoint':
        return this.#ask(hosted, effect);
      case 'deliver':
        return this.#tell(hosted, { kind: 'blocksFetched', blocks: effect.blocks });
      case 'report':
        this.reports.push(`${hosted.validator} ${effect.peer}: ${effect.offence} ${effect.reason}`);
        return;
      case 'setTimer': {
        const at = Math.max(this.#queue.now, effect.atMs - START_MS);
        hosted.syncTimer = at;
        this.#push(hosted, at, () => {
          if (hosted.syncTimer === at) this.#tellSync(hosted, { kind: 'timerFired' });
        });
        return;
      }
      default:
        assertNever(effect);
    }
  }

  /** A request travels, is answered from what is on the disk there, and the answer travels back. */
  #ask(hosted: Hosted, request: Asked): void {
    const { peer } = request;
    if (!this.#passes(hosted.validator, peer)) return;
    if (request.kind === 'wantHeaders') {
      this.fetches.push(`${hosted.validator}/${hosted.chain}/${request.fromHeight}`);
    }
    const delay = 2 * this.#random.between(1, this.#options.delayMs);
    const server = this.#at(peer, hosted.chain);
    const answer = this.answer(server, request);
    if (answer !== undefined)
      this.#push(hosted, this.#queue.now + delay, () => this.#tellSync(hosted, answer));
  }

  /** How a validator answers, if it does; tests replace it where one is not honest. */
  answer: (server: Hosted, asked: Asked) => SyncEvent | undefined = answerFromDisk;

  /** All say how far they are to whom they reach. */
  #announce(): void {
    for (const chains of this.hosted) {
      for (const hosted of chains.values()) {
        for (let peer = 0; peer < this.hosted.length; peer++) {
          if (peer === hosted.validator) continue;
          const isThere = this.#at(peer, hosted.chain).machine !== undefined;
          const event: SyncEvent =
            isThere && !this.#isCut(hosted.validator, peer)
              ? { kind: 'peerHead', peer, height: this.claim(peer, hosted.chain) }
              : { kind: 'peerGone', peer };
          this.#tellSync(hosted, event);
        }
      }
    }
    const [first] = this.hosted;
    const at = this.#queue.now + ANNOUNCE_MS;
    const host = this.#get(first as ReadonlyMap<number, Hosted>, ROOT_CHAIN);
    this.#queue.push(at, { at: host, life: ANY_LIFE, run: () => this.#announce() });
  }

  /** What a validator says its newest height is. */
  claim = (validator: number, chain: number): number => this.height(validator, chain);

  #passes(from: number, to: number): boolean {
    if (this.#isCut(from, to)) return false;
    return this.#random.below(1000) >= this.lossPerMille;
  }

  #isCut(from: number, to: number): boolean {
    return this.#cut.has(from) !== this.#cut.has(to);
  }

  #push(hosted: Hosted, at: number, run: () => void): void {
    this.#queue.push(at, { at: hosted, life: hosted.life, run });
  }

  #later(hosted: Hosted, delayMs: number, event: ChainEvent): void {
    this.#queue.push(this.#queue.now + delayMs, {
      at: hosted,
      life: hosted.life,
      run: () => this.#tell(hosted, event),
    });
  }

  #at(validator: number, chain: number): Hosted {
    const chains = this.hosted[validator];
    assert(chains !== undefined, 'the validator exists');
    return this.#get(chains, chain);
  }

  #get(chains: ReadonlyMap<number, Hosted>, chain: number): Hosted {
    const hosted = chains.get(chain);
    assert(hosted !== undefined, 'every validator hosts every chain');
    return hosted;
  }

  #chainOptions(chain: number, validator: number): ChainOptions {
    const isRoot = chain === ROOT_CHAIN;
    return {
      chain,
      shards: this.#options.shards,
      chainId: CHAIN_ID,
      dataDir: '',
      validators: this.#signers.map(({ publicKey }) => publicKey),
      policy: policyOf(this.#options.genesis.pob),
      seed: this.#keys[validator] as Uint8Array,
      limits: {
        intervalMs: 50,
        idleIntervalMs: isRoot ? 250 : 500,
        bytesMax: 1 << 20,
        gasMax: 10n ** 12n,
        outboxBytesMax: 1 << 20,
        ...this.#options.limits,
      },
      mempool: { countMax: 20_000, bytesMax: 1 << 26, complexUpToCount: 20_000, parkedMax: 10_000 },
      window: { messagesMax: 10_000, bytesMax: 4 << 20 },
      delta: DEFAULT_DELTA,
      cachedValues: 10_000,
      contractConsole: false,
      packingLimitMs: 10_000,
    };
  }
}

function seedOf(validator: number): Uint8Array {
  return new Uint8Array(32).fill(validator + 1);
}

function withWitnesses(
  genesis: Genesis,
  signers: readonly Signer[],
  votes: readonly number[] = [],
): Genesis {
  const [first] = genesis.witnesses;
  assert(first !== undefined, 'a genesis has a witness');
  return {
    ...genesis,
    witnesses: signers.map(({ publicKey }, index) => {
      const signatureKey = base58Encode(publicKey);
      const own = { ...first, id: `witness_${index}`, signatureKey };
      return votes[index] === undefined ? own : { ...own, votes: String(votes[index]) };
    }),
  };
}

type Asked = SyncEffect & {
  readonly kind: 'wantHeaders' | 'wantBodies' | 'wantCheckpoint';
};

export function answerFromDisk(server: Hosted, asked: Asked): SyncEvent {
  const { peer, request } = asked;
  if (asked.kind === 'wantCheckpoint') {
    const certificate = checkpointOf(server.storage, asked.height);
    return { kind: 'checkpoint', peer, request, certificate };
  }
  const { fromHeight } = asked;
  const blocks: StoredBlock[] = [];
  const most = asked.kind === 'wantBodies' ? asked.count : FETCHED_BLOCKS_MAX;
  for (let height = fromHeight; blocks.length < most; height++) {
    const stored = server.storage.block(height);
    const block = stored === undefined ? undefined : decodeStoredBlock(stored);
    if (block === undefined) break;
    blocks.push(block);
  }
  if (asked.kind === 'wantBodies') {
    return { kind: 'bodies', peer, request, bodies: blocks.map(({ body }) => body) };
  }
  const headers = blocks.map(({ header }) => header);
  return { kind: 'headers', peer, request, headers, proofs: blocks.map((it) => it.certificate) };
}

function checkpointOf(storage: SimStorage, height: number): Uint8Array | undefined {
  const place = storage.readState(certificateKey(height));
  const value = place === undefined ? undefined : decodeStateValue(place);
  const stored = value?.kind === 'int' ? storage.block(Number(value.value)) : undefined;
  const block = stored === undefined ? undefined : decodeStoredBlock(stored);
  return block && decodeBody(block.body)?.checkpoints[0];
}
