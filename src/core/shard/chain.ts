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
import { Simplex } from '../bft/simplex.ts';
import type { BftStatus } from '../bft/status.ts';
import {
  type BlockBody,
  bodyHash,
  type Crosslink,
  decodeBody,
  decodeStoredBlock,
  type InboundBatch,
} from '../chain/block.ts';
import type { Certificate } from '../chain/certificate.ts';
import { encodeFinalityProof, provesFinal } from '../chain/finality-proof.ts';
import { decodeTransaction } from '../chain/transaction.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { base58Encode } from '../crypto/base58.ts';
import { verifyEd25519 } from '../crypto/ed25519.ts';
import { sha3 } from '../crypto/hash.ts';
import { hexOf } from '../crypto/hex.ts';
import { checkGas, checkTransaction } from '../ledger/admission.ts';
import { type BlockContext, ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import { Mempool } from '../mempool/mempool.ts';
import type { ReplayWindow } from '../mempool/replay-window.ts';
import { type Result, reject } from '../result.ts';
import { BlockExecution } from './block-execution.ts';
import {
  type ChainBlock,
  completeBlock,
  draftBlock,
  NS_PER_MS,
  readChainBlock,
} from './chain-block.ts';
import type { ChainEffect } from './chain-effects.ts';
import type { ChainEvent, Origin, VerifiedTransaction } from './chain-events.ts';
import { crosslinkKey, inboxCursors, inboxKey, readCounter } from './chain-records.ts';
import type { ChainSettings } from './chain-settings.ts';
import {
  bodyRoots,
  commitOf,
  concatenatedIds,
  type ExecutedBlock,
  storedChanges,
  UnflushedState,
} from './executed-block.ts';
import { blocksAfter, type FetchedBlock } from './fetched-blocks.ts';
import { Inbox } from './inbox.ts';
import { OutboxWindow } from './outbox-window.ts';
import { factReason, fillBlock, lockReason, reservationReason } from './proposer.ts';
import { restoreChain, storedBatches } from './restore.ts';
import type { StateCommitment } from './state-commitment.ts';
import { FlushedState, TipState } from './tip-state.ts';

/** Blocks after which an unanswered question is asked again. */
const ASK_AGAIN_BLOCKS = 50;

/** `certificate`: the encoded proof that the block is final. */
type Finalized = { readonly executed: ExecutedBlock; readonly certificate: Uint8Array };
/** Final by a descendant that has yet to become final here as well. */
type Unproven = { readonly executed: ExecutedBlock; readonly view: number };

export class Chain {
  readonly #settings: ChainSettings;
  readonly #bft: Simplex<ChainBlock>;
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
  /** Final blocks without a proof to show, in order; they are flushed together with it. */
  #unproven: Unproven[] = [];
  /** Votes below this key can go once the unproven blocks are on their way to disk. */
  #droppableVotes: string | undefined;
  /** Newest final block, flushed or not. */
  #final: { readonly hash: Uint8Array; readonly height: number };
  readonly #crosslinks = new Map<number, Crosslink>();
  readonly #asked = new Map<string, number>();
  #flushedHeight: number;
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
    this.#bft = new Simplex({
      group: this.#group(this.chain),
      member: settings.member,
      mayVote: settings.mayVote,
      final: restored.final,
      records: settings.storage.votes(),
      blockIntervalMs: settings.limits.intervalMs,
      delta: settings.delta,
      payloadBytesMax: settings.limits.bytesMax * 4,
      ports: {
        sign: (message) => settings.signer.sign(message),
        verify: (publicKey, message, signature) => verifyEd25519(signature, message, publicKey),
        readBlock: readChainBlock,
      },
    });
  }

  get chain(): number {
    return this.#settings.rules.placement.self;
  }

  /** Newest final block, flushed or not. */
  get final(): { readonly hash: Uint8Array; readonly height: number } {
    return this.#final;
  }

  /** Who agrees on the next block of this chain. */
  get group(): ValidatorGroup {
    return this.#group(this.chain);
  }

  /** Who agreed on the blocks of an epoch; `undefined` where the chain has not come so far. */
  groupOf(epoch: number): ValidatorGroup | undefined {
    const { group } = this;
    return group.epoch === epoch ? group : undefined;
  }

  /** Whether this node is one of the group, be it silent. */
  get isMember(): boolean {
    return this.#settings.member >= 0;
  }

  /** Numbers for metrics and status. */
  get status(): {
    readonly height: number;
    readonly poolCount: number;
    readonly poolBytes: number;
    readonly unflushedBlocks: number;
    readonly rootHeight: number;
    readonly bft: BftStatus;
  } {
    return {
      height: this.#flushedHeight,
      poolCount: this.#pool.count,
      poolBytes: this.#pool.bytes,
      unflushedBlocks: this.#flushing.length,
      rootHeight: this.#rootHeight,
      bft: this.#bft.status,
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
    this.#on(event);
    this.#propose();
    return this.#effects;
  }

  #on(event: ChainEvent): void {
    switch (event.kind) {
      case 'started':
        for (const chain of this.#settings.rules.peers) this.#reportCursor(chain, true);
        return this.#tellBft({ kind: 'started' });
      case 'transactionsVerified':
        return this.#admit(event.transactions);
      case 'batchArrived':
        return this.#onBatch(event.batch);
      case 'cursorReported':
        return this.#onCursor(event.chain, event.nextSeq, event.resend);
      case 'crosslinkOffered':
        this.#crosslinks.set(event.crosslink.chain, event.crosslink);
        return;
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
        return this.#tellBft(event);
      case 'blocksFetched':
        return this.#onFetched(event.blocks);
      case 'timerFired':
        if (event.timer === 'bft') this.#tellBft({ kind: 'timerFired' });
        return;
      default:
        return assertNever(event);
    }
  }

  // ---- transactions coming in

  #admit(transactions: readonly VerifiedTransaction[]): void {
    const nowNs = BigInt(this.#nowMs) * NS_PER_MS;
    for (const { id, bytes, origin } of transactions) {
      const admitted = this.#admitOne(id, bytes, origin, nowNs);
      const rejection = admitted.ok ? undefined : admitted.failure;
      this.#effects.push({ kind: 'answer', origin, id, rejection });
    }
  }

  #admitOne(id: Uint8Array, bytes: Uint8Array, origin: Origin, nowNs: bigint): Result<unknown> {
    const transaction = decodeTransaction(bytes);
    assert(transaction !== undefined, 'the verifier passes on only transactions');
    if (this.#replay.has(id)) return reject('TX_EXISTS_IN_CHAIN', 'tx exists in chain');
    const { chainId } = this.#group(this.chain);
    const checked = checkTransaction(transaction, { nowNs, chainId });
    if (!checked.ok) return checked;
    const gas = checkGas(this.#tip, transaction, nowNs);
    return gas.ok ? this.#pool.admit(id, transaction, origin) : gas;
  }

  // ---- channels

  #onBatch(batch: InboundBatch): void {
    const nextSeq = readCounter(this.#flushed, inboxKey(batch.source));
    if (batch.firstSeq < nextSeq) return this.#reportCursor(batch.source, false);
    if (isProvenBatch(batch, this.chain, this.#isFinal)) this.#inbox.add(batch, nextSeq);
  }

  #onCursor(chain: number, nextSeq: number, resend: boolean): void {
    this.#outbox.acknowledge(chain, nextSeq);
    if (!resend) return;
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
    this.#effects.push({ kind: 'reportCursor', to, nextSeq, resend });
  }

  readonly #isFinal: FinalityCheck = (chain, hash, bytes) =>
    provesFinal(this.#settings.groups.get(chain), hash, bytes);

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
    const dueMs = this.#hasWork(parent) ? earliest : latest;
    if (this.#nowMs < dueMs) {
      this.#effects.push({ kind: 'setTimer', timer: 'pace', atMs: dueMs });
      return;
    }
    this.#proposal = undefined;
    const block = this.#build(parent);
    this.#tellBft({ kind: 'proposalBuilt', view: proposal.view, block });
  }

  #hasWork(parent: FinalBlock): boolean {
    if (this.#pool.readyCount > 0) return true;
    const state = this.#stateAfter(parent.hash);
    if (state.get(RETRIES_KEY) !== undefined) return true;
    return this.#inbox.sources().some((source) => {
      const next = readCounter(state, inboxKey(source));
      return this.#inbox.peek(source, next) !== undefined;
    });
  }

  #build(parent: FinalBlock): ChainBlock {
    const timestampMs = Math.max(this.#nowMs, parent.timestampMs + 1);
    const context = this.#context(
      parent,
      BigInt(timestampMs) * NS_PER_MS,
      this.#settings.signer.publicKey,
    );
    const state = this.#stateAfter(parent.hash);
    if (!this.#isAlone) this.#holdBelow(parent.hash);
    const execution = new BlockExecution(state, context, this.#settings.rules);
    const limits = this.#outbox.isFull()
      ? { ...this.#settings.limits, outboxBytesMax: 0 }
      : this.#settings.limits;
    const sources = {
      pool: this.#pool,
      inbox: this.#inbox,
      crosslinks: this.#offeredCrosslinks(state),
      isFinal: this.#isFinal,
      isAsked: (fact: string) => this.#isAsked(fact, context.number),
    };
    const body = fillBlock(execution, sources, limits, context.time);
    return this.#seal(parent, context, body, execution);
  }

  #seal(
    parent: FinalBlock,
    context: BlockContext,
    body: BlockBody,
    execution: BlockExecution,
  ): ChainBlock {
    const executed = execution.close();
    const changes = storedChanges(executed.changes);
    const draft = draftBlock(body);
    const header = {
      chainId: context.chainId,
      chain: this.chain,
      height: context.number,
      parentHash: parent.hash,
      timestamp: context.time,
      proposer: this.#settings.signer.publicKey,
      rootHeight: this.#rootHeight,
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

  /** Executes a block of another proposer; whether everything it claims follows from its body. */
  #check(block: ChainBlock): boolean {
    const { header } = block;
    const body = decodeBody(block.bodyBytes);
    if (body === undefined || header.chain !== this.chain) return false;
    if (header.chainId !== this.#group(this.chain).chainId) return false;
    const parent = { hash: block.parentHash, height: block.height - 1 };
    const state = this.#stateAfter(parent.hash);
    const context = this.#context(parent, header.timestamp, header.proposer);
    const execution = new BlockExecution(state, context, this.#settings.rules);
    if (!this.#replayBody(execution, body, block.parentHash)) return false;
    const executed = execution.close();
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
      sameBytes(expected.inboxRoot, header.inboxRoot);
    if (!holds) {
      this.#commitment.abandon(block.hash);
      return false;
    }
    this.#keepExecuted({ block, body, executed, changes });
    for (const { id } of executed.results) this.#pool.hold(id);
    for (const fact of body.asks) this.#asked.set(fact, block.height);
    return true;
  }

  #replayBody(execution: BlockExecution, body: BlockBody, parentHash: Uint8Array): boolean {
    execution.resume();
    for (const batch of body.inbound) {
      if (!isProvenBatch(batch, this.chain, this.#isFinal) || !execution.consume(batch))
        return false;
    }
    const earlier = this.#unflushedIds(parentHash);
    for (const bytes of body.transactions) {
      const transaction = decodeTransaction(bytes);
      if (transaction === undefined) return false;
      const id = sha3(bytes);
      if (this.#pool.get(id) === undefined && !this.#settings.isSigned(transaction)) return false;
      if (earlier.has(hexOf(id)) || this.#replay.has(id)) return false;
      earlier.add(hexOf(id));
      if (execution.run(transaction, id).kind !== 'included') return false;
    }
    for (const fact of body.asks) execution.ask(fact);
    return body.crosslinks.every((link) => execution.crosslink(link, this.#isFinal));
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
      chainId: this.#group(this.chain).chainId,
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

  // ---- consensus

  #tellBft(event: BftEvent<ChainBlock>): void {
    this.#bftEvents.push(event);
    if (this.#bftEvents.length > 1) return;
    // An answer given while effects are carried out waits for the rest of them: what follows from
    // it (records, timers) is newer than they are.
    for (let next = this.#bftEvents[0]; next !== undefined; next = this.#bftEvents[0]) {
      for (const effect of this.#bft.handle(next, this.#nowMs)) this.#carryOut(effect);
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
        const valid = this.#check(block);
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
        return this.#finalize(effect.block, effect.view, effect.certificate);
      case 'blockAbandoned':
        return this.#abandon(effect.block);
      case 'behind':
        this.#effects.push({ kind: 'behind' });
        return;
      case 'broadcast':
      case 'sendTo':
      case 'evidence':
      case 'misbehaviour':
      case 'halted':
        this.#effects.push(effect);
        return;
      default:
        return assertNever(effect);
    }
  }

  /** `certificate` finalizes the block or a descendant that follows. */
  #finalize(block: ChainBlock, view: number, certificate: Certificate): void {
    const executed = this.#executed.get(hexOf(block.hash));
    assert(executed !== undefined, 'a final block was executed here');
    const { results, answeredFacts, settledPublishers, unlockedKeys } = executed.executed;
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
    this.#final = block;
    this.#unproven.push({ executed, view });
    if (certificate.blockHash !== undefined && sameBytes(certificate.blockHash, block.hash)) {
      this.#flushProven(certificate);
    }
  }

  /** The certificate of the newest final block proves it and those before it by ancestry. */
  #flushProven(certificate: Certificate): void {
    const headers = this.#unproven.map(({ executed }) => executed.block.headerBytes);
    for (const [index, { executed, view }] of this.#unproven.entries()) {
      const descendants = headers.slice(index + 1);
      const proof = encodeFinalityProof({ view, certificate, descendants });
      this.#flushing.push({ executed, certificate: proof });
      this.#effects.push({ kind: 'commit', commit: commitOf(executed, proof) });
    }
    this.#unproven = [];
    this.#dropVotes();
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
    const blocks = blocksAfter(this.#final, fetched);
    const newest = blocks.at(-1);
    if (newest === undefined) return;
    this.#abandonUnfinal();
    const { certificate } = newest.proof;
    for (const { block, proof } of blocks) {
      if (!this.#check(block)) {
        this.#effects.push({
          kind: 'halted',
          reason: `final block ${block.height} is invalid here`,
        });
        return;
      }
      const own = proof.descendants.length === 0 ? proof.certificate : certificate;
      this.#finalize(block, proof.view, own);
    }
    const { hash, height, timestampMs } = newest.block;
    const final = { hash, height, timestampMs, view: newest.proof.view };
    this.#tellBft({ kind: 'caughtUp', final, certificate });
  }

  /** Executions that consensus will ask for again on top of the fetched blocks, or never. */
  #abandonUnfinal(): void {
    this.#proposal = undefined;
    const final = new Set(
      [...this.#flushing, ...this.#unproven].map(({ executed }) => hexOf(executed.block.hash)),
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
    const { executed, certificate } = flushed;
    const { block, body } = executed;
    this.#tip.flushed(executed.executed.changes);
    this.#executed.delete(hexOf(block.hash));
    this.#flushedHeight = height;
    this.#sendOutbox(executed, certificate);
    this.#acknowledgeInbound(body);
    this.#effects.push({
      kind: 'blockFinal',
      block: {
        height,
        hash: block.hash,
        timestamp: block.header.timestamp,
        ids: concatenatedIds(executed),
        gasUsed: block.header.gasUsed,
        crosslinks: body.crosslinks.map(({ chain, toHeight }) => ({ chain, toHeight })),
        emissions: executed.executed.emissions,
      },
    });
    if (this.chain === ROOT_CHAIN) return;
    this.#offerCrosslink(executed, certificate);
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

  get #isAlone(): boolean {
    return this.#group(this.chain).members.length === 1;
  }

  #group(chain: number): ValidatorGroup {
    const group = this.#settings.groups.get(chain);
    assert(group !== undefined, 'every chain has a registered group');
    return group;
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
