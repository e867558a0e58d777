/**
 * One chain, shard or root, as a pure state machine: pool, ledger, channels and consensus put
 * together. The same object runs in a worker thread and in the simulator.
 *
 * Life of a block: proposed (or checked), notarized, final, flushed. Only then is it told to anybody
 * outside: batches leave, clients are answered, the root gets a crosslink. So whatever was reported
 * final survives a crash, and other chains never depend on a block that could be lost.
 */

import { assert, assertNever } from '../assert.ts';
import { type FinalityCheck, isProvenBatch, proveBatch } from '../atomix/channel.ts';
import { RETRIES_KEY } from '../atomix/pending-run.ts';
import type { FinalBlock } from '../bft/block.ts';
import type { BftEffect } from '../bft/effects.ts';
import type { BftEvent } from '../bft/events.ts';
import { encodeEvidence } from '../bft/evidence-codec.ts';
import type { BftMessage, Fetch } from '../bft/messages.ts';
import type { BftStatus } from '../bft/status.ts';
import {
  type BlockBody,
  bodyHash,
  type Crosslink,
  decodeBody,
  decodeStoredBlock,
  EMPTY_BODY,
  type InboundBatch,
} from '../chain/block.ts';
import type { Certificate } from '../chain/certificate.ts';
import { closingHeight, epochOf, isClosing } from '../chain/epochs.ts';
import { decodeFinalityProof, encodeFinalityProof } from '../chain/finality-proof.ts';
import { encodeHandover } from '../chain/handover.ts';
import { encodeNextGroup } from '../chain/next-group.ts';
import { type DecodedTransaction, decodeTransaction } from '../chain/transaction.ts';
import { readTransactionHead } from '../chain/transaction-head.ts';
import { leaderOf, quorumOf, type ValidatorGroup } from '../chain/validator-group.ts';
import { base58Encode } from '../crypto/base58.ts';
import { sha3 } from '../crypto/hash.ts';
import { hexOf } from '../crypto/hex.ts';
import { checkGas, checkTime, checkTransaction } from '../ledger/admission.ts';
import { RunStopped } from '../ledger/engine.ts';
import { hasGas } from '../ledger/gas-check.ts';
import { type BlockContext, ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import { Mempool } from '../mempool/mempool.ts';
import type { ReplayWindow } from '../mempool/replay-window.ts';
import { judge } from '../pob/slashing.ts';
import { type Result, reject } from '../result.ts';
import { BlockExecution, type ExecutedBody } from './block-execution.ts';
import {
  belongsHere,
  mayAsk,
  mayClaimRootHeight,
  type RootClaim,
  takesMore,
} from './block-rules.ts';
import { type ChainBlock, completeBlock, draftBlock, NS_PER_MS } from './chain-block.ts';
import type { ChainEffect } from './chain-effects.ts';
import type { ChainEvent, Origin, VerifiedTransaction } from './chain-events.ts';
import {
  crosslinkKey,
  inboxCursors,
  inboxKey,
  ROOT_EPOCH_KEY,
  readCounter,
} from './chain-records.ts';
import type { BlockLimits, ChainSettings } from './chain-settings.ts';
import { EpochConsensus, epochOfMessage, memberOf } from './epoch-consensus.ts';
import { EvidencePool } from './evidence-pool.ts';
import {
  bodyRoots,
  commitOf,
  type ExecutedBlock,
  storedChanges,
  UnflushedState,
} from './executed-block.ts';
import { blocksAfter, type FetchedBlock } from './fetched-blocks.ts';
import { HandoverQueue } from './handover-queue.ts';
import { Inbox } from './inbox.ts';
import { epochBlocksOf, finalityCheck, groupOf, readGroup } from './network-groups.ts';
import { OutboxWindow } from './outbox-window.ts';
import {
  BatchStopped,
  factReason,
  fillBlock,
  lockReason,
  reservationReason,
  STOPPED_REASON,
} from './proposer.ts';
import { restoreChain, storedBatches } from './restore.ts';
import type { StateCommitment } from './state-commitment.ts';
import { StoppedRuns } from './stopped-runs.ts';
import { FlushedState, TipState } from './tip-state.ts';
import { VoteRight, type VoteStanding } from './vote-right.ts';

/** How often the other members are asked whether the first epoch has begun. */
const ASK_WHETHER_BEGUN_MS = 250;
/** A run that cannot be left out gets so many times more time at its next attempt. */
const PATIENCE_GROWTH = 8;
/** Blocks after which an unanswered question is asked again. */
const ASK_AGAIN_BLOCKS = 50;

/** `certificate`: the encoded proof that the block is final. */
type Finalized = {
  readonly executed: ExecutedBlock;
  readonly certificate: Uint8Array;
  /** Of its transactions, one behind the other. */
  readonly ids: Uint8Array;
};

export class Chain {
  readonly #settings: ChainSettings;
  /** Of the running epoch; absent until it is known whether this node may vote in it. */
  #consensus: EpochConsensus | undefined;
  /** Tokens that earlier instances of consensus have used up. */
  #voteTokens = 0;
  #group: ValidatorGroup;
  /** Height of the last block of the running epoch. */
  #closing: number;
  #voteRight: VoteRight;
  /** Members, in hex, that have said that they know of nothing in the first epoch. */
  readonly #knowNothing = new Set<string>();
  readonly #handovers: HandoverQueue;
  readonly #evidence = new EvidencePool();
  readonly #pool: Mempool<Origin>;
  readonly #replay: ReplayWindow;
  readonly #flushed: FlushedState;
  /** State after the newest executed block, whose hash is `#tipHash`. */
  readonly #tip: TipState;
  #tipHash: string;
  readonly #commitment: StateCommitment;
  readonly #inbox = new Inbox();
  readonly #outbox: OutboxWindow;
  /** Executed blocks that are not flushed, by hash. */
  readonly #executed = new Map<string, ExecutedBlock>();
  /** Final blocks on their way to disk, in order. */
  readonly #flushing: Finalized[] = [];
  /**
   * Final blocks without a proof to show, in order: final by a descendant that has yet to become final
   * here as well. They are flushed together with it; a tail block among them only serves the proof.
   */
  #unproven: ChainBlock[] = [];
  /** Votes below this key can go once the unproven blocks are on their way to disk. */
  #droppableVotes: string | undefined;
  /** Newest final block, flushed or not. */
  #final: FinalBlock;
  readonly #stopped = new StoppedRuns();
  readonly #crosslinks = new Map<number, Crosslink>();
  readonly #asked = new Map<string, number>();
  #flushedHeight: number;
  /** Of the newest flushed header. */
  #flushedClaim: RootClaim;
  #rootHeight: number;
  #proposal:
    | { readonly view: number; readonly parent: FinalBlock; readonly notBeforeMs: number }
    | undefined;
  /** Told to consensus in this order; the first one is being handled. */
  readonly #bftEvents: BftEvent<ChainBlock>[] = [];
  #effects: ChainEffect[] = [];
  #nowMs = 0;

  constructor(settings: ChainSettings) {
    const restored = restoreChain(settings.storage);
    this.#settings = settings;
    this.#pool = new Mempool(settings.mempool);
    this.#replay = restored.replay;
    const read = (key: string) => settings.storage.readState(key);
    this.#flushed = new FlushedState(read);
    this.#tip = new TipState(read, settings.cachedValues);
    this.#tipHash = hexOf(restored.final.hash);
    this.#commitment = restored.commitment;
    this.#outbox = new OutboxWindow(settings.window);
    this.#flushedHeight = restored.final.height;
    this.#final = restored.final;
    this.#rootHeight = restored.header.rootHeight;
    this.#flushedClaim = restored.header;
    this.#voteRight = new VoteRight(settings.signer.publicKey, 0);
    this.#handovers = new HandoverQueue(settings.rules.groups);
    this.#group = this.#groupAfter(restored.final.height);
    this.#closing = closingHeight(this.#group.epoch, this.#epochBlocks);
  }

  get chain(): number {
    return this.#settings.rules.placement.self;
  }

  /** Newest final block, flushed or not. */
  get final(): { readonly hash: Uint8Array; readonly height: number } {
    return this.#final;
  }

  /** Who agrees on a block of this height; `undefined` where the chain has not come so far. */
  groupFor(height: number): ValidatorGroup | undefined {
    return height <= this.#closing ? this.#group : undefined;
  }

  /** Whether the block ends an epoch. */
  isClosing(height: number): boolean {
    return isClosing(height, this.#epochBlocks);
  }

  /** Whether this node is one of the group, be it silent. */
  get isMember(): boolean {
    return this.#voteRight.standing !== 'observer';
  }

  /** Numbers for metrics and status. */
  get status(): {
    readonly epoch: number;
    readonly members: number;
    readonly standing: VoteStanding;
    readonly height: number;
    readonly poolCount: number;
    readonly poolBytes: number;
    readonly unflushedBlocks: number;
    readonly rootHeight: number;
    /** Without one, this node is no member, or does not know yet whether it may vote. */
    readonly bft: BftStatus | undefined;
  } {
    return {
      epoch: this.#group.epoch,
      members: this.#group.members.length,
      standing: this.#voteRight.standing,
      height: this.#flushedHeight,
      poolCount: this.#pool.count,
      poolBytes: this.#pool.bytes,
      unflushedBlocks: this.#flushing.length,
      rootHeight: this.#rootHeight,
      bft: this.#consensus?.status,
    };
  }

  /** The full encoding of a transaction that waits for its block, or whose block is being flushed. */
  pending(id: Uint8Array): Uint8Array | undefined {
    const waiting = this.#pool.get(id)?.bytes;
    if (waiting !== undefined || !this.#replay.has(id)) return waiting;
    for (const { executed } of this.#flushing) {
      const result = executed.executed.results.find((each) => sameBytes(each.id, id));
      if (result !== undefined) return result.transaction;
    }
    return undefined;
  }

  handle(event: ChainEvent, nowMs: number): readonly ChainEffect[] {
    this.#nowMs = nowMs;
    this.#effects = [];
    try {
      this.#on(event);
      this.#propose();
    } catch (error) {
      if (!(error instanceof RunStopped)) throw error;
      this.#effects.push({ kind: 'halted', reason: deathReason(error.id), isDeadly: true });
    }
    return this.#effects;
  }

  #on(event: ChainEvent): void {
    switch (event.kind) {
      case 'started':
        for (const chain of this.#settings.rules.peers) this.#reportCursor(chain, true);
        this.#voteRight = new VoteRight(this.#settings.signer.publicKey, this.#nowMs);
        return this.#enterEpoch();
      case 'transactionsVerified':
        return this.#admit(event.transactions, event.sound);
      case 'batchArrived':
        return this.#onBatch(event.batch);
      case 'cursorReported':
        return this.#onCursor(event);
      case 'handoverOffered':
        return this.#handovers.offer(event.handover, this.#flushed);
      case 'crosslinkOffered':
        this.#crosslinks.set(event.crosslink.chain, event.crosslink);
        return;
      case 'evidenceOffered':
        return this.#onEvidence(event.evidence);
      case 'peerRestarted':
        this.#reportCursor(event.chain, true);
        if (event.chain === ROOT_CHAIN) this.#offerCrosslinkAgain();
        return;
      case 'rootAdvanced':
        this.#rootHeight = Math.max(this.#rootHeight, event.height);
        return;
      case 'blockPersisted':
        return this.#onFlushed(event.height);
      case 'votesPersisted':
        return this.#tellBft({ kind: 'persisted', token: event.token });
      case 'messageReceived':
        return this.#onMessage(event);
      case 'blocksFetched':
        return this.#onFetched(event.blocks);
      case 'timerFired':
        if (event.timer === 'bft') this.#tellBft({ kind: 'timerFired' });
        else if (event.timer === 'begin' && this.#isUndecided) this.#askWhetherBegun();
        return;
      default:
        return assertNever(event);
    }
  }

  // ---- transactions coming in

  #admit(transactions: readonly VerifiedTransaction[], sound: boolean): void {
    const nowNs = BigInt(this.#nowMs) * NS_PER_MS;
    for (const transaction of transactions) {
      const admitted = this.#admitOne(transaction, sound, nowNs);
      const rejection = admitted.ok ? undefined : admitted.failure;
      const { origin, id } = transaction;
      this.#effects.push({ kind: 'answer', origin, id, rejection });
    }
  }

  #admitOne(verified: VerifiedTransaction, sound: boolean, nowNs: bigint): Result<unknown> {
    const { id, bytes, origin } = verified;
    if (this.#replay.has(id)) return reject('TX_EXISTS_IN_CHAIN', 'tx exists in chain');
    if (this.#stopped.isGivenUp(id)) {
      return reject(
        'contract_stopped',
        'this node has stopped the transaction and packs it no more',
      );
    }
    const head = readTransactionHead(bytes);
    const { chainId } = this.#group;
    const checked = sound
      ? checkTime(head, nowNs)
      : checkTransaction(decoded(bytes), { nowNs, chainId });
    if (!checked.ok) return checked;
    if (!hasGas(this.#tip, head, nowNs)) {
      const gas = checkGas(this.#tip, decoded(bytes), nowNs);
      if (!gas.ok) return gas;
    }
    return this.#pool.admit(id, head, origin);
  }

  // ---- channels

  #onBatch(batch: InboundBatch): void {
    const nextSeq = readCounter(this.#flushed, inboxKey(batch.source));
    if (batch.firstSeq < nextSeq) return this.#reportCursor(batch.source, false);
    if (isProvenBatch(batch, this.chain, this.#isFinal)) this.#inbox.add(batch, nextSeq);
  }

  #onCursor(event: ChainEvent & { readonly kind: 'cursorReported' }): void {
    const { chain, nextSeq, resend, rootEpoch } = event;
    this.#outbox.acknowledge(chain, nextSeq);
    if (!resend) return;
    if (this.chain === ROOT_CHAIN) this.#sendHandovers(chain, rootEpoch);
    const inMemory = this.#outbox.pending(chain);
    const batches =
      inMemory[0]?.firstSeq === nextSeq
        ? inMemory
        : storedBatches(
            this.#settings.storage,
            this.#flushed,
            { from: this.chain, to: chain },
            nextSeq,
          );
    for (const batch of batches) this.#effects.push({ kind: 'sendBatch', to: chain, batch });
  }

  #reportCursor(to: number, resend: boolean): void {
    const nextSeq = readCounter(this.#flushed, inboxKey(to));
    const rootEpoch = readCounter(this.#flushed, ROOT_EPOCH_KEY);
    this.#effects.push({ kind: 'reportCursor', to, nextSeq, resend, rootEpoch });
  }

  /** The steps from the committee that a shard knows to the newest one, read from closing blocks. */
  #sendHandovers(to: number, knownEpoch: number): void {
    for (let epoch = knownEpoch + 1; epoch <= this.#group.epoch; epoch++) {
      const closing = closingHeight(epoch - 1, this.#epochBlocks);
      const stored = this.#settings.storage.block(closing);
      const block = stored === undefined ? undefined : decodeStoredBlock(stored);
      if (block !== undefined) this.#sendHandover(to, epoch, block.header, block.certificate);
    }
  }

  #sendHandover(to: number, epoch: number, header: Uint8Array, certificate: Uint8Array): void {
    const next = readGroup(this.#flushed, this.chain, epoch);
    if (next === undefined) return;
    const handover = encodeHandover({ header, certificate, group: encodeNextGroup(next) });
    this.#effects.push({ kind: 'sendHandover', to, handover });
  }

  /** Whether what arrives can be believed, committees included that no block here has stated yet. */
  readonly #isFinal: FinalityCheck = (header, hash, bytes) => {
    const { groups } = this.#settings.rules;
    const find = (chain: number, epoch: number) =>
      chain === ROOT_CHAIN
        ? this.#handovers.groupOf(this.#flushed, epoch)
        : groupOf(groups, this.#flushed, chain, epoch);
    return finalityCheck(groups, find)(header, hash, bytes);
  };

  // ---- proposing and checking

  /** Builds the block that consensus waits for once it is time and worth it. */
  #propose(): void {
    const proposal = this.#proposal;
    if (proposal === undefined) return;
    const { intervalMs, idleIntervalMs } = this.#settings.limits;
    const { parent } = proposal;
    const earliest = Math.max(proposal.notBeforeMs, parent.timestampMs + intervalMs);
    // The other members wait for a proposal for twice their Δ, which is at least this long.
    const idleMs = this.#isAlone
      ? idleIntervalMs
      : Math.min(idleIntervalMs, intervalMs + this.#settings.delta.minMs);
    const latest = Math.max(earliest, parent.timestampMs + idleMs);
    const isWanted = !this.#isTail(parent.height + 1) && this.#hasWork(parent);
    const dueMs = isWanted ? earliest : latest;
    if (this.#nowMs < dueMs) {
      this.#effects.push({ kind: 'setTimer', timer: 'pace', atMs: dueMs });
      return;
    }
    this.#proposal = undefined;
    const block = this.#build(parent, proposal.view);
    this.#tellBft({ kind: 'proposalBuilt', view: proposal.view, block });
  }

  #hasWork(parent: FinalBlock): boolean {
    if (this.#pool.readyCount > 0 || this.#evidence.count > 0) return true;
    const state = this.#stateAfter(parent.hash);
    if (state.get(RETRIES_KEY) !== undefined) return true;
    return this.#inbox.sources().some((source) => {
      const next = readCounter(state, inboxKey(source));
      return this.#inbox.peek(source, next) !== undefined;
    });
  }

  #build(parent: FinalBlock, view: number): ChainBlock {
    const timestampMs = Math.max(this.#nowMs, parent.timestampMs + 1);
    const context = this.#context(
      parent,
      BigInt(timestampMs) * NS_PER_MS,
      this.#settings.signer.publicKey,
    );
    const state = this.#stateAfter(parent.hash);
    if (!this.#isAlone) this.#holdBelow(parent.hash);
    if (this.#isTail(context.number)) {
      const tail = new BlockExecution(state, context, this.#settings.rules);
      return this.#seal(parent, context, view, EMPTY_BODY, tail.closeTail());
    }
    const { execution, body } = this.#fill(state, context);
    return this.#seal(parent, context, view, body, execution.close(view));
  }

  /** Fills a block; begins anew without what this node has to leave out. */
  #fill(state: StateReader, context: BlockContext): { execution: BlockExecution; body: BlockBody } {
    const { rules } = this.#settings;
    const limits = this.#outbox.isFull()
      ? { ...this.#settings.limits, outboxBytesMax: 0 }
      : this.#settings.limits;
    const height = context.number;
    const sources = {
      pool: this.#pool,
      inbox: this.#inbox,
      crosslinks: this.#offeredCrosslinks(state),
      handovers: this.#handovers.after(state),
      evidence: this.#evidence.first(),
      isAsked: (fact: string) => this.#isAsked(fact, height),
      isLeftOut: (source: number, firstSeq: number) =>
        this.#stopped.isLeftOut(source, firstSeq, height),
      onStopped: (stopped: RunStopped) => this.#onStopped(stopped),
    };
    this.#pool.unpark(STOPPED_REASON);
    for (let patience = 1; ; ) {
      const execution = new BlockExecution(state, context, rules);
      if (rules.engine !== undefined) rules.engine.patience = patience;
      try {
        return { execution, body: fillBlock(execution, sources, limits, context.time) };
      } catch (error) {
        if (error instanceof BatchStopped) {
          this.#onStopped(error.cause);
          this.#stopped.leaveOut(error.source, error.firstSeq, height);
        } else if (error instanceof RunStopped && error.reason === 'slow') {
          // What earlier blocks left to be tried now cannot be left out of this one.
          this.#onStopped(error);
          patience *= PATIENCE_GROWTH;
        } else throw error;
      } finally {
        if (rules.engine !== undefined) rules.engine.patience = Number.POSITIVE_INFINITY;
      }
    }
  }

  #onStopped({ id, reason }: RunStopped): boolean {
    const mayTryAgain = this.#stopped.mayTryAgain(id, reason === 'deadly');
    this.#effects.push({ kind: 'runStopped', id, reason, mayTryAgain });
    return mayTryAgain;
  }

  #seal(
    parent: FinalBlock,
    context: BlockContext,
    view: number,
    body: BlockBody,
    executed: ExecutedBody,
  ): ChainBlock {
    const changes = storedChanges(executed.changes);
    const draft = draftBlock(body);
    const header = {
      chainId: context.chainId,
      chain: this.chain,
      height: context.number,
      view,
      parentHash: parent.hash,
      timestamp: context.time,
      proposer: this.#settings.signer.publicKey,
      rootHeight: this.#nextRootHeight(context.time, parent.hash),
      stateRoot: this.#commitment.rootAfter(parent.hash, changes),
      bodyHash: bodyHash(draft.bodyBytes),
      ...bodyRoots(executed),
    };
    const block = completeBlock(header, draft);
    this.#commitment.name(block.hash);
    this.#keepExecuted({ block, body, executed, changes });
    for (const fact of body.asks) this.#asked.set(fact, context.number);
    return block;
  }

  /** Whether the leader of the view says of itself and of the view what is true. */
  #isBy(block: ChainBlock, view: number): boolean {
    const leader = this.#group.members[leaderOf(this.#group, view)] as Uint8Array;
    return block.header.view === view && sameBytes(block.header.proposer, leader);
  }

  /** What the header of a block claims that is flushed or was executed here. */
  #rootClaimAt(hash: Uint8Array): RootClaim {
    return this.#executed.get(hexOf(hash))?.block.header ?? this.#flushedClaim;
  }

  /** The newest root height that the block after this one may claim. */
  #nextRootHeight(timestamp: bigint, parentHash: Uint8Array): number {
    const known = this.chain === ROOT_CHAIN ? this.#final.height : this.#rootHeight;
    const parent = this.#rootClaimAt(parentHash);
    const most = parent.rootHeight + Number((timestamp - parent.timestamp) / NS_PER_MS);
    return Math.max(parent.rootHeight, Math.min(known, most));
  }

  /**
   * Executes a block of another proposer; whether everything it claims follows from its body. A block
   * that is final has no `limits`: they may have been others when it was agreed to.
   */
  #check(block: ChainBlock, limits?: BlockLimits): boolean {
    const { header } = block;
    const body = decodeBody(block.bodyBytes);
    if (body === undefined || header.chain !== this.chain) return false;
    if (header.chainId !== this.#group.chainId) return false;
    const parent = { hash: block.parentHash, height: block.height - 1 };
    const state = this.#stateAfter(parent.hash);
    const context = this.#context(parent, header.timestamp, header.proposer);
    const execution = new BlockExecution(state, context, this.#settings.rules);
    if (!mayClaimRootHeight(header, this.#rootClaimAt(block.parentHash))) return false;
    if (!mayAsk(body, this.#settings.rules.placement)) return false;
    const executed = this.#executeBody(execution, body, block, limits);
    if (executed === undefined) return false;
    const changes = storedChanges(executed.changes);
    const expected = {
      ...bodyRoots(executed),
      stateRoot: this.#commitment.rootAfter(parent.hash, changes),
    };
    this.#commitment.name(block.hash);
    const holds =
      expected.gasUsed === header.gasUsed &&
      sameBytes(expected.stateRoot, header.stateRoot) &&
      sameBytes(expected.transactionsRoot, header.transactionsRoot) &&
      sameBytes(expected.receiptsRoot, header.receiptsRoot) &&
      sameBytes(expected.outboxRoot, header.outboxRoot) &&
      sameBytes(expected.inboxRoot, header.inboxRoot) &&
      sameBytes(expected.nextGroupHash, header.nextGroupHash);
    if (!holds) {
      this.#commitment.abandon(block.hash);
      return false;
    }
    this.#keepExecuted({ block, body, executed, changes });
    for (const { id } of executed.results) this.#pool.hold(id);
    for (const fact of body.asks) this.#asked.set(fact, block.height);
    return true;
  }

  #executeBody(
    execution: BlockExecution,
    body: BlockBody,
    block: ChainBlock,
    limits: BlockLimits | undefined,
  ): ExecutedBody | undefined {
    if (this.#isTail(block.height)) {
      return isEmptyBody(body) ? execution.closeTail() : undefined;
    }
    const holds = this.#replayBody(execution, body, block, limits);
    return holds ? execution.close(block.header.view) : undefined;
  }

  #replayBody(
    execution: BlockExecution,
    body: BlockBody,
    block: ChainBlock,
    limits: BlockLimits | undefined,
  ): boolean {
    const { placement } = this.#settings.rules;
    const { timestamp, chainId } = block.header;
    const isFull = () => limits !== undefined && !takesMore(execution, limits);
    if (!body.handovers.every((handover) => execution.handover(handover))) return false;
    execution.resume();
    for (const batch of body.inbound) {
      if (isFull()) return false;
      if (!isProvenBatch(batch, this.chain, execution.isFinal) || !execution.consume(batch))
        return false;
    }
    const earlier = this.#unflushedIds(block.parentHash);
    let taken = 0;
    for (const bytes of body.transactions) {
      if (isFull() || taken >= (limits?.bytesMax ?? Infinity)) return false;
      taken += bytes.length;
      const transaction = decodeTransaction(bytes);
      if (transaction === undefined) return false;
      const id = sha3(bytes);
      if (this.#pool.get(id) === undefined) {
        if (!belongsHere(transaction, { time: timestamp, chainId }, placement)) return false;
        if (!this.#settings.isSigned(transaction)) return false;
      }
      if (earlier.has(hexOf(id)) || this.#replay.has(id)) return false;
      earlier.add(hexOf(id));
      if (execution.run(transaction, id).kind !== 'included') return false;
    }
    for (const fact of body.asks) execution.ask(fact);
    return (
      body.crosslinks.every((link) => execution.crosslink(link)) &&
      body.evidence.every((proof) => execution.evidence(proof))
    );
  }

  #context(
    parent: { readonly hash: Uint8Array; readonly height: number },
    time: bigint,
    proposer: Uint8Array,
  ): BlockContext {
    return {
      number: parent.height + 1,
      parentHash: parent.hash,
      witness: base58Encode(proposer),
      time,
      chainId: this.#group.chainId,
    };
  }

  /** State after a block that is flushed or was executed here. */
  #stateAfter(hash: Uint8Array): StateReader {
    const name = hexOf(hash);
    if (name === this.#tipHash) return this.#tip;
    const executed = this.#executed.get(name);
    if (executed === undefined) return this.#flushed;
    return new UnflushedState(
      executed.executed.changes,
      this.#stateAfter(executed.block.parentHash),
    );
  }

  #keepExecuted(executed: ExecutedBlock): void {
    const { block } = executed;
    this.#executed.set(hexOf(block.hash), executed);
    if (hexOf(block.parentHash) === this.#tipHash) {
      this.#tipHash = hexOf(block.hash);
      this.#tip.advance(executed.executed.changes);
    } else this.#moveTip(block.hash);
  }

  /** Makes another block the tip; happens only where blocks came to nothing. */
  #moveTip(hash: Uint8Array): void {
    const path: ExecutedBlock[] = [];
    for (let at = this.#executed.get(hexOf(hash)); at !== undefined; ) {
      path.unshift(at);
      at = this.#executed.get(hexOf(at.block.parentHash));
    }
    this.#tipHash = hexOf(hash);
    this.#tip.moveTo(path.map(({ executed }) => executed.changes));
  }

  /** What is in blocks that are built upon may have come to the pool after them: not again. */
  #holdBelow(hash: Uint8Array): void {
    for (let at = this.#executed.get(hexOf(hash)); at !== undefined; ) {
      for (const result of at.executed.results) this.#pool.hold(result.id);
      at = this.#executed.get(hexOf(at.block.parentHash));
    }
  }

  /** Ids in blocks between the flushed one and this one. */
  #unflushedIds(hash: Uint8Array): Set<string> {
    const ids = new Set<string>();
    for (let at = this.#executed.get(hexOf(hash)); at !== undefined; ) {
      for (const result of at.executed.results) ids.add(hexOf(result.id));
      at = this.#executed.get(hexOf(at.block.parentHash));
    }
    return ids;
  }

  #offeredCrosslinks(state: StateReader): readonly Crosslink[] {
    const links: Crosslink[] = [];
    for (const [chain, link] of [...this.#crosslinks].sort(([left], [right]) => left - right)) {
      const fromHeight = readCounter(state, crosslinkKey(chain)) + 1;
      if (link.toHeight >= fromHeight) links.push({ ...link, fromHeight });
    }
    return links;
  }

  #isAsked(fact: string, height: number): boolean {
    const asked = this.#asked.get(fact);
    return asked !== undefined && height - asked < ASK_AGAIN_BLOCKS;
  }

  // ---- epochs

  get #epochBlocks(): number {
    return epochBlocksOf(this.#settings.rules.groups, this.chain);
  }

  /** Blocks of the running epoch above its closing block are empty and come to nothing. */
  #isTail(height: number): boolean {
    return height > this.#closing;
  }

  /** The group that makes the block after this one, which is flushed. */
  #groupAfter(height: number): ValidatorGroup {
    const epoch = epochOf(height + 1, this.#epochBlocks);
    const group = groupOf(this.#settings.rules.groups, this.#flushed, this.chain, epoch);
    assert(group !== undefined, 'a chain knows its own group');
    return group;
  }

  /** Goes on from the newest final block, which is flushed, with the group that follows it. */
  #enterEpoch(): void {
    const { height, timestampMs } = this.#final;
    this.#abandonUnfinal();
    this.#endConsensus();
    this.#group = this.#groupAfter(height);
    this.#closing = closingHeight(this.#group.epoch, this.#epochBlocks);
    const hasLog = this.#settings.storage.votes().length > 0;
    const standing = this.#voteRight.enter(this.#group, timestampMs, hasLog);
    if (standing === 'observer') return;
    if (standing === 'unsure' && height === 0) this.#askWhetherBegun();
    else this.#startConsensus();
  }

  #startConsensus(): void {
    const startsEpoch = isClosing(this.#final.height, this.#epochBlocks);
    this.#endConsensus();
    this.#consensus = new EpochConsensus(this.#settings, {
      tokensBefore: this.#voteTokens,
      group: this.#group,
      final: startsEpoch ? { ...this.#final, view: 0 } : this.#final,
      mayVote: this.#voteRight.standing === 'granted',
      records: this.#settings.storage.votes(),
    });
    this.#tellBft({ kind: 'started' });
  }

  #endConsensus(): void {
    this.#voteTokens = this.#consensus?.lastToken ?? this.#voteTokens;
    this.#consensus = undefined;
  }

  /** It is not known yet whether the first epoch has begun. */
  get #isUndecided(): boolean {
    return this.isMember && this.#consensus === undefined && this.#final.height === 0;
  }

  /** A first start and one after the loss of a disk look alike here, but not to the others. */
  #askWhetherBegun(): void {
    const message = { ...this.#question, finalView: 0, wants: [] };
    this.#effects.push({ kind: 'broadcast', message });
    const atMs = this.#nowMs + ASK_WHETHER_BEGUN_MS;
    this.#effects.push({ kind: 'setTimer', timer: 'begin', atMs });
  }

  get #question(): Pick<Fetch, 'kind' | 'chain' | 'epoch'> {
    return { kind: 'fetch', chain: this.chain, epoch: this.#group.epoch };
  }

  /** While it is not known whether the epoch has begun: the question of others, and their answers. */
  #onBeginning(from: Uint8Array, message: BftMessage): void {
    if (message.kind === 'fetch') {
      const { chain, epoch } = message;
      const reply = { kind: 'fetchReply', chain, epoch, certificates: [], proposals: [] } as const;
      this.#effects.push({ kind: 'sendTo', to: from, message: reply });
    } else if (message.kind === 'fetchReply') {
      const isNothing = message.certificates.length + message.proposals.length === 0;
      if (isNothing) this.#knowNothing.add(hexOf(from));
      const isEnough = this.#knowNothing.size >= quorumOf(this.#group.members.length) - 1;
      if (isNothing && !isEnough) return;
      if (isNothing) this.#voteRight.grant();
      this.#startConsensus();
    }
  }

  /** What a flushed block says about our own past may decide whether we may vote. */
  #reviewVoteRight({ header, timestampMs }: ChainBlock, certificate: Uint8Array): void {
    if (this.#voteRight.standing !== 'unsure') return;
    const proof = decodeFinalityProof(certificate);
    assert(proof !== undefined, 'what is flushed was proven');
    const sighting = { proposer: header.proposer, timestampMs, certificate: proof.certificate };
    if (!this.#voteRight.onFinal(sighting)) return;
    this.#abandonUnfinal();
    this.#startConsensus();
  }

  // ---- consensus

  #onMessage({ from, message }: ChainEvent & { readonly kind: 'messageReceived' }): void {
    if (message.kind === 'evidence') return this.#onEvidence(message.evidence);
    const epoch = epochOfMessage(message);
    if (epoch > this.#group.epoch) return this.#onLaterEpoch();
    const member = memberOf(this.#group, from);
    if (epoch < this.#group.epoch || member < 0) return;
    if (this.#isUndecided) this.#onBeginning(from, message);
    else this.#tellBft({ kind: 'messageReceived', from: member, message });
  }

  /** Keeps what proves something for a block, and passes it on the first time. */
  #onEvidence(evidence: Uint8Array): void {
    if (this.chain !== ROOT_CHAIN || !this.#isOfUse(evidence)) return;
    if (!this.#evidence.add(evidence)) return;
    const { epoch } = this.#group;
    this.#effects.push({
      kind: 'broadcast',
      message: { kind: 'evidence', chain: this.chain, epoch, evidence },
    });
  }

  #isOfUse(evidence: Uint8Array): boolean {
    const { groups } = this.#settings.rules;
    const find = (chain: number, epoch: number) => groupOf(groups, this.#flushed, chain, epoch);
    return judge(this.#flushed, evidence, find) !== undefined;
  }

  /** Others are in an epoch whose beginning we have missed, or shall see in a moment. */
  #onLaterEpoch(): void {
    if (this.#isUndecided) this.#startConsensus();
    this.#effects.push({ kind: 'behind' });
  }

  #tellBft(event: BftEvent<ChainBlock>): void {
    this.#bftEvents.push(event);
    if (this.#bftEvents.length > 1) return;
    // An answer given while effects are carried out waits for the rest of them: what follows from
    // it (records, timers) is newer than they are.
    for (let next = this.#bftEvents[0]; next !== undefined; next = this.#bftEvents[0]) {
      for (const effect of this.#consensus?.handle(next, this.#nowMs) ?? []) this.#carryOut(effect);
      this.#bftEvents.shift();
    }
  }

  #carryOut(effect: BftEffect<ChainBlock>): void {
    switch (effect.kind) {
      case 'buildProposal':
        this.#proposal = effect;
        return;
      case 'checkBlock': {
        const { view, block } = effect;
        const valid = this.#isBy(block, view) && this.#check(block, this.#settings.limits);
        return this.#tellBft({ kind: 'blockChecked', view, hash: block.hash, valid });
      }
      case 'persist':
        this.#effects.push({ kind: 'persistVotes', token: effect.token, records: effect.records });
        return;
      case 'dropRecords':
        this.#droppableVotes = effect.belowKey;
        return this.#dropVotes();
      case 'setTimer':
        this.#effects.push({ kind: 'setTimer', timer: 'bft', atMs: effect.atMs });
        return;
      case 'blockNotarized':
        return;
      case 'blockFinalized':
        return this.#finalize(effect.block, effect.certificate);
      case 'blockAbandoned':
        return this.#abandon(effect.block);
      case 'behind':
        this.#effects.push({ kind: 'behind' });
        return;
      case 'sendTo': {
        const { member, message } = effect;
        this.#effects.push({ kind: 'sendTo', to: this.#keyOf(member), message });
        return;
      }
      case 'misbehaviour': {
        const { member, reason } = effect;
        this.#effects.push({ kind: 'misbehaviour', validator: this.#keyOf(member), reason });
        return;
      }
      case 'evidence':
        this.#effects.push(effect);
        if (this.chain === ROOT_CHAIN) this.#onEvidence(encodeEvidence(effect.evidence));
        return;
      case 'broadcast':
      case 'halted':
        this.#effects.push(effect);
        return;
      default:
        return assertNever(effect);
    }
  }

  /** `certificate` finalizes the block or a descendant that follows. */
  #finalize(block: ChainBlock, certificate: Certificate): void {
    if (!this.#isTail(block.height)) this.#accept(block);
    else if (this.#unproven.length === 0) return;
    this.#unproven.push(block);
    if (certificate.blockHash !== undefined && sameBytes(certificate.blockHash, block.hash)) {
      this.#flushProven(certificate);
    }
  }

  /** Takes in what follows from a block that is final. */
  #accept(block: ChainBlock): void {
    const { results, answeredFacts, settledPublishers, unlockedKeys } =
      this.#executedOf(block).executed;
    this.#replay.addBlock(
      block.header.timestamp,
      results.map((result) => result.id),
    );
    for (const result of results) this.#pool.remove(result.id);
    for (const fact of answeredFacts) {
      this.#asked.delete(fact);
      this.#pool.unpark(factReason(fact));
    }
    for (const publisher of settledPublishers) this.#pool.unpark(reservationReason(publisher));
    for (const key of unlockedKeys) this.#pool.unpark(lockReason(key));
    this.#pool.expire(block.header.timestamp);
    this.#commitment.settle(block.hash);
    const { hash, height, timestampMs, header } = block;
    this.#final = { hash, height, timestampMs, view: header.view };
  }

  /** The certificate of the newest block, or of the last one after it, proves all by ancestry. */
  #flushProven(certificate: Certificate, after: readonly Uint8Array[] = []): void {
    const headers = [...this.#unproven.map(({ headerBytes }) => headerBytes), ...after];
    for (const [index, block] of this.#unproven.entries()) {
      if (this.#isTail(block.height)) break;
      const executed = this.#executedOf(block);
      const proof = encodeFinalityProof({ certificate, descendants: headers.slice(index + 1) });
      const commit = commitOf(executed, proof);
      this.#flushing.push({ executed, certificate: proof, ids: commit.transactionIds });
      this.#effects.push({ kind: 'commit', commit });
    }
    this.#unproven = [];
    this.#dropVotes();
  }

  #executedOf(block: ChainBlock): ExecutedBlock {
    const executed = this.#executed.get(hexOf(block.hash));
    assert(executed !== undefined, 'a final block was executed here');
    return executed;
  }

  /** Votes go after the commits that make them superfluous. */
  #dropVotes(): void {
    if (this.#droppableVotes === undefined || this.#unproven.length > 0) return;
    this.#effects.push({ kind: 'dropVotes', belowKey: this.#droppableVotes });
    this.#droppableVotes = undefined;
  }

  // ---- catching up

  /** Final blocks that consensus has not seen here. They are executed like all others. */
  #onFetched(fetched: readonly FetchedBlock[]): void {
    if (this.#isUndecided && fetched.length > 0) this.#startConsensus();
    const blocks = blocksAfter(this.#final, fetched, this.#closing);
    const newest = blocks.at(-1);
    if (newest === undefined) return;
    this.#abandonUnfinal();
    for (const { block, proof } of blocks) {
      if (!this.#check(block)) {
        this.#effects.push({
          kind: 'halted',
          reason: `final block ${block.height} is invalid here`,
        });
        return;
      }
      this.#accept(block);
      this.#unproven.push(block);
      const { certificate, descendants } = proof;
      const isLast = block === newest.block || descendants.length === 0;
      if (isLast) this.#flushProven(certificate, descendants);
    }
    this.#afterFetched(newest);
  }

  #afterFetched({ block, proof }: FetchedBlock): void {
    // The next epoch begins when its first block is flushed; this one has nothing to say any more.
    if (block.height === this.#closing) this.#endConsensus();
    else this.#tellBft({ kind: 'caughtUp', final: this.#final, certificate: proof.certificate });
  }

  /** Executions that consensus will ask for again on top of the fetched blocks, or never. */
  #abandonUnfinal(): void {
    this.#proposal = undefined;
    const final = new Set(
      [...this.#flushing.map(({ executed }) => executed.block), ...this.#unproven].map(({ hash }) =>
        hexOf(hash),
      ),
    );
    for (const [name, { block }] of [...this.#executed]) {
      if (!final.has(name)) this.#abandon(block);
    }
  }

  #abandon(block: ChainBlock): void {
    const executed = this.#executed.get(hexOf(block.hash));
    if (executed === undefined) return;
    this.#executed.delete(hexOf(block.hash));
    this.#commitment.abandon(block.hash);
    if (hexOf(block.hash) === this.#tipHash) this.#moveTip(block.parentHash);
    for (const result of executed.executed.results) this.#pool.giveBack(result.id);
    // What waits for something that happened in this block waits for nothing now.
    for (const fact of executed.body.asks) this.#asked.delete(fact);
    this.#pool.unparkAll();
  }

  #onFlushed(height: number): void {
    const flushed = this.#flushing.shift();
    assert(flushed?.executed.block.height === height, 'blocks are flushed in order');
    const { executed, certificate, ids } = flushed;
    const { block, body } = executed;
    this.#tip.flushed(executed.executed.changes);
    this.#executed.delete(hexOf(block.hash));
    this.#flushedHeight = height;
    this.#flushedClaim = block.header;
    this.#sendOutbox(executed, certificate);
    this.#acknowledgeInbound(body);
    this.#effects.push({
      kind: 'blockFinal',
      block: {
        height,
        hash: block.hash,
        timestamp: block.header.timestamp,
        ids,
        gasUsed: block.header.gasUsed,
        crosslinks: body.crosslinks.map(({ chain, toHeight }) => ({ chain, toHeight })),
        emissions: executed.executed.emissions,
        locks: executed.executed.locks,
      },
    });
    this.#afterFlushed(block, certificate);
    if (body.evidence.length > 0) this.#evidence.keep((proof) => this.#isOfUse(proof));
    if (this.chain === ROOT_CHAIN) return;
    this.#handovers.settle(this.#flushed);
    this.#offerCrosslink(executed, certificate);
  }

  #afterFlushed(block: ChainBlock, certificate: Uint8Array): void {
    if (block.height !== this.#closing) return this.#reviewVoteRight(block, certificate);
    if (this.chain === ROOT_CHAIN) {
      for (const shard of this.#settings.rules.peers) {
        this.#sendHandover(shard, this.#group.epoch + 1, block.headerBytes, certificate);
      }
    }
    this.#enterEpoch();
  }

  #sendOutbox(executed: ExecutedBlock, certificate: Uint8Array): void {
    const { outbox } = executed.executed;
    const source = { chain: this.chain, header: executed.block.headerBytes, certificate };
    for (const [index, entry] of outbox.entries()) {
      const batch = proveBatch(outbox, index, source);
      this.#outbox.add(entry.destination, batch);
      this.#effects.push({ kind: 'sendBatch', to: entry.destination, batch });
    }
  }

  #acknowledgeInbound(body: BlockBody): void {
    for (const source of new Set(body.inbound.map((batch) => batch.source))) {
      const nextSeq = readCounter(this.#flushed, inboxKey(source));
      this.#reportCursor(source, this.#inbox.consumed(source, nextSeq));
    }
  }

  #offerCrosslink(executed: ExecutedBlock, certificate: Uint8Array): void {
    const { block } = executed;
    this.#effects.push({
      kind: 'offerCrosslink',
      crosslink: {
        chain: this.chain,
        fromHeight: 0,
        toHeight: block.height,
        header: block.headerBytes,
        certificate,
        inboxCursors: executed.executed.inboxCursors,
      },
    });
  }

  /** The root lost its offers: the newest flushed block is offered again. */
  #offerCrosslinkAgain(): void {
    const { storage } = this.#settings;
    const stored = storage.block(this.#flushedHeight);
    const block = stored === undefined ? undefined : decodeStoredBlock(stored);
    if (block === undefined || block.certificate.length === 0) return;
    this.#effects.push({
      kind: 'offerCrosslink',
      crosslink: {
        chain: this.chain,
        fromHeight: 0,
        toHeight: this.#flushedHeight,
        header: block.header,
        certificate: block.certificate,
        inboxCursors: inboxCursors(this.#flushed, this.#settings.rules.peers),
      },
    });
  }

  #keyOf(member: number): Uint8Array {
    const key = this.#group.members[member];
    assert(key !== undefined, 'consensus speaks of members of its group');
    return key;
  }

  get #isAlone(): boolean {
    return this.#group.members.length === 1;
  }
}

function isEmptyBody(body: BlockBody): boolean {
  return Object.values(body).every((list) => list.length === 0);
}

function decoded(bytes: Uint8Array): DecodedTransaction {
  const transaction = decodeTransaction(bytes);
  assert(transaction !== undefined, 'the verifier passes on only transactions');
  return transaction;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function deathReason(id: Uint8Array): string {
  return `transaction ${base58Encode(id)} is part of a block, and this process died twice while it ran`;
}
