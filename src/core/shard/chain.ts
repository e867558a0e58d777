/**
 * One chain, shard or root, as a pure state machine: pool, ledger, channels and consensus put
 * together. The same object runs in a worker thread and in the simulator.
 *
 * Life of a block: proposed (or checked), notarized, final, flushed. Only then is it told to anybody
 * outside: batches leave, clients are answered, the root gets a crosslink. So whatever was reported
 * final survives a crash, and other chains never depend on a block that could be lost.
 *
 * What each step takes is in the parts beside this file; here is which event leads to which of them,
 * and in which order.
 */

import { assert, assertNever } from '../assert.ts';
import type { FinalBlock } from '../bft/block.ts';
import type { BftEffect } from '../bft/effects.ts';
import type { BftEvent } from '../bft/events.ts';
import { encodeEvidence } from '../bft/evidence-codec.ts';
import type { BftMessage } from '../bft/messages.ts';
import type { BftStatus } from '../bft/status.ts';
import type { Certificate } from '../chain/certificate.ts';
import { closingAfter, isClosing } from '../chain/epochs.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { base58Encode } from '../crypto/base58.ts';
import { hexOf } from '../crypto/hex.ts';
import { RunStopped } from '../ledger/engine.ts';
import { ROOT_CHAIN } from '../ledger/ports.ts';
import { decodeCheckpointCertificate, isJustifiedBy } from '../pob/checkpoint-certificate.ts';
import { readElectorate } from '../pob/checkpoint-state.ts';
import type { AnchorSettings } from '../sync/checkpoint-anchor.ts';
import type { Proposal } from './block-maker.ts';
import { type ChainBlock, NS_PER_MS } from './chain-block.ts';
import type { ChainEffect } from './chain-effects.ts';
import type { ChainEvent, VerifiedTransaction } from './chain-events.ts';
import { assembleChain, type ChainParts } from './chain-parts.ts';
import type { ChainSettings } from './chain-settings.ts';
import type { CheckpointStatus } from './checkpoint-votes.ts';
import { chainEffect } from './consensus-effects.ts';
import { crosslinkOf, storedCrosslink } from './crosslink-offers.ts';
import { epochOfMessage, memberOf } from './epoch-consensus.ts';
import { blocksAfter, type FetchedBlock } from './fetched-blocks.ts';
import { summaryOf } from './finality-queue.ts';
import { restoreChain } from './restore.ts';
import type { VoteStanding } from './vote-right.ts';

export class Chain {
  readonly #settings: ChainSettings;
  readonly #parts: ChainParts;
  /** Votes below this key can go once the unproven blocks are on their way to disk. */
  #droppableVotes: string | undefined;
  /** Newest final block, flushed or not. */
  #final: FinalBlock;
  #flushedHeight: number;
  #rootHeight: number;
  #proposal: Proposal | undefined;
  /** Told to consensus in this order; the first one is being handled. */
  readonly #bftEvents: BftEvent<ChainBlock>[] = [];
  #effects: ChainEffect[] = [];
  #nowMs = 0;

  constructor(settings: ChainSettings) {
    const restored = restoreChain(settings.storage);
    const { final, header } = restored;
    this.#settings = settings;
    this.#final = final;
    this.#flushedHeight = final.height;
    this.#rootHeight = header.rootHeight;
    this.#parts = assembleChain(settings, restored, {
      emit: (effect) => {
        this.#effects.push(effect);
      },
      knownRootHeight: () => (this.chain === ROOT_CHAIN ? this.#final.height : this.#rootHeight),
    });
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
    return height <= this.#parts.epoch.closing ? this.#parts.epoch.group : undefined;
  }

  /** Whether the block ends an epoch. */
  isClosing(height: number): boolean {
    return isClosing(height, this.#parts.epoch.blocks);
  }

  /** Whether this node is one of the group, be it silent. */
  get isMember(): boolean {
    return this.#parts.epoch.standing !== 'observer';
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
      epoch: this.#parts.epoch.group.epoch,
      members: this.#parts.epoch.group.members.length,
      standing: this.#parts.epoch.standing,
      height: this.#flushedHeight,
      poolCount: this.#parts.pool.count,
      poolBytes: this.#parts.pool.bytes,
      unflushedBlocks: this.#parts.finality.flushingCount,
      rootHeight: this.#rootHeight,
      bft: this.#parts.epoch.status,
    };
  }

  /** Root only: the checkpoints that it knows of and the votes for the next one. */
  get checkpoints(): CheckpointStatus | undefined {
    return this.chain === ROOT_CHAIN ? this.#parts.checkpoints.status : undefined;
  }

  /** Root only: what leads its sync past histories that no candidate stands by. */
  get anchors(): AnchorSettings | undefined {
    if (this.chain !== ROOT_CHAIN) return undefined;
    return {
      closingAfter: (height) => closingAfter(height, this.#parts.epoch.blocks),
      provenBy: (certificate) => this.#checkpointProvenBy(certificate),
    };
  }

  /** Of the period that runs. */
  #checkpointProvenBy(bytes: Uint8Array): Uint8Array | undefined {
    const { groups } = this.#settings.rules;
    const { blocks, epoch } = this.#parts;
    const certificate = decodeCheckpointCertificate(bytes);
    if (certificate?.target.height !== epoch.closing) return undefined;
    const electorate = readElectorate(blocks.flushed, epoch.group.epoch);
    if (electorate === undefined) return undefined;
    const isProven = isJustifiedBy(certificate, electorate, groups.chainId);
    return isProven ? certificate.target.hash : undefined;
  }

  /** The full encoding of a transaction that waits for its block, or whose block is being flushed. */
  pending(id: Uint8Array): Uint8Array | undefined {
    const waiting = this.#parts.pool.get(id)?.bytes;
    if (waiting !== undefined || !this.#parts.replay.has(id)) return waiting;
    return this.#parts.finality.transaction(id);
  }

  handle(event: ChainEvent, nowMs: number): readonly ChainEffect[] {
    this.#nowMs = nowMs;
    this.#effects = [];
    try {
      this.#on(event);
      this.#propose();
    } catch (error) {
      if (!(error instanceof RunStopped)) throw error;
      this.#effects.push({ kind: 'halted', reason: deathReason(error.id), deadly: error.id });
    }
    return this.#effects;
  }

  #on(event: ChainEvent): void {
    const { channels, handovers, blocks } = this.#parts;
    switch (event.kind) {
      case 'started':
        for (const chain of this.#settings.rules.peers) channels.reportCursor(chain, true);
        this.#parts.epoch.started(this.#nowMs);
        return this.#enterEpoch();
      case 'transactionsVerified':
        return this.#admit(event.transactions, event.sound);
      case 'batchArrived':
        return channels.take(event.batch);
      case 'cursorReported':
        return this.#onCursor(event);
      case 'handoverOffered':
        return handovers.offer(event.handover, blocks.flushed);
      case 'crosslinkOffered':
        return this.#parts.crosslinks.add(event.crosslink);
      case 'evidenceOffered':
        return this.#onEvidence(event.evidence);
      case 'checkpointVoteOffered':
        return this.#onCheckpointVote(event.vote, event.from);
      case 'peerRestarted':
        channels.reportCursor(event.chain, true);
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

  // ---- coming in: transactions, cursors, evidence

  #admit(transactions: readonly VerifiedTransaction[], sound: boolean): void {
    const nowNs = BigInt(this.#nowMs) * NS_PER_MS;
    for (const transaction of transactions) {
      const admitted = this.#parts.admission.admit(transaction, sound, nowNs);
      const rejection = admitted.ok ? undefined : admitted.failure;
      const { origin, id } = transaction;
      this.#effects.push({ kind: 'answer', origin, id, rejection });
    }
  }

  #onCursor(event: ChainEvent & { readonly kind: 'cursorReported' }): void {
    const { chain, nextSeq, resend, rootEpoch } = event;
    this.#parts.channels.acknowledge(chain, nextSeq);
    if (!resend) return;
    if (this.chain === ROOT_CHAIN) {
      this.#parts.handoverSender.sendSince(chain, rootEpoch, this.#parts.epoch.group.epoch);
    }
    this.#parts.channels.resend(chain, nextSeq);
  }

  /** Keeps what proves something for a block, and passes it on the first time. */
  #onEvidence(evidence: Uint8Array): void {
    if (this.chain !== ROOT_CHAIN || !this.#parts.evidence.add(evidence)) return;
    const { epoch } = this.#parts.epoch.group;
    this.#effects.push({
      kind: 'broadcast',
      message: { kind: 'evidence', chain: this.chain, epoch, evidence },
    });
  }

  #onCheckpointVote(vote: Uint8Array, from: number): void {
    const evidence = this.#parts.checkpoints.offer(vote, from);
    if (evidence !== undefined) this.#onEvidence(evidence);
  }

  // ---- proposing

  /** Builds the block that consensus waits for once it is time and worth it. */
  #propose(): void {
    const proposal = this.#proposal;
    if (proposal === undefined) return;
    const dueMs = this.#parts.maker.dueMs(proposal);
    if (this.#nowMs < dueMs) {
      this.#effects.push({ kind: 'setTimer', timer: 'pace', atMs: dueMs });
      return;
    }
    this.#proposal = undefined;
    const block = this.#parts.maker.build(proposal, this.#nowMs);
    this.#tellBft({ kind: 'proposalBuilt', view: proposal.view, block });
  }

  // ---- epochs

  /** Goes on from the newest final block, which is flushed, with the group that follows it. */
  #enterEpoch(): void {
    this.#abandonUnfinal();
    const standing = this.#parts.epoch.enter(this.#final);
    if (standing === 'observer') return;
    if (standing === 'unsure' && this.#final.height === 0) this.#askWhetherBegun();
    else this.#startConsensus();
  }

  #startConsensus(): void {
    this.#parts.epoch.startConsensus(this.#final);
    this.#tellBft({ kind: 'started' });
  }

  /** It is not known yet whether the first epoch has begun. */
  get #isUndecided(): boolean {
    return this.#parts.epoch.isIdle && this.#final.height === 0;
  }

  #askWhetherBegun(): void {
    this.#parts.beginning.ask(this.#parts.epoch.group, this.#nowMs);
  }

  /** While it is not known whether the epoch has begun: the question of others, and their answers. */
  #onBeginning(from: Uint8Array, message: BftMessage): void {
    const heard = this.#parts.beginning.hear(from, message, this.#parts.epoch.group);
    if (heard === 'unknown') return;
    if (heard === 'notBegun') this.#parts.epoch.grantVote();
    this.#startConsensus();
  }

  /** Others are in an epoch whose beginning we have missed, or shall see in a moment. */
  #onLaterEpoch(): void {
    if (this.#isUndecided) this.#startConsensus();
    this.#effects.push({ kind: 'behind' });
  }

  // ---- consensus

  #onMessage({ from, message }: ChainEvent & { readonly kind: 'messageReceived' }): void {
    if (message.kind === 'evidence') return this.#onEvidence(message.evidence);
    const epoch = epochOfMessage(message);
    if (epoch > this.#parts.epoch.group.epoch) return this.#onLaterEpoch();
    const member = memberOf(this.#parts.epoch.group, from);
    if (epoch < this.#parts.epoch.group.epoch || member < 0) return;
    if (this.#isUndecided) this.#onBeginning(from, message);
    else this.#tellBft({ kind: 'messageReceived', from: member, message });
  }

  #tellBft(event: BftEvent<ChainBlock>): void {
    this.#bftEvents.push(event);
    if (this.#bftEvents.length > 1) return;
    // An answer given while effects are carried out waits for the rest of them: what follows from
    // it (records, timers) is newer than they are.
    for (let next = this.#bftEvents[0]; next !== undefined; next = this.#bftEvents[0]) {
      for (const effect of this.#parts.epoch.tell(next, this.#nowMs)) this.#carryOut(effect);
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
        const { checker } = this.#parts;
        const valid = checker.isBy(block, view) && checker.check(block, this.#settings.limits);
        return this.#tellBft({ kind: 'blockChecked', view, hash: block.hash, valid });
      }
      case 'dropRecords':
        this.#droppableVotes = effect.belowKey;
        return this.#dropVotes();
      case 'blockNotarized':
        return;
      case 'blockFinalized':
        return this.#finalize(effect.block, effect.certificate);
      case 'blockAbandoned':
        return this.#abandon(effect.block);
      case 'evidence':
        this.#effects.push(effect);
        if (this.chain === ROOT_CHAIN) this.#onEvidence(encodeEvidence(effect.evidence));
        return;
      default:
        this.#effects.push(chainEffect(effect, this.#parts.epoch));
    }
  }

  /** `certificate` finalizes the block or a descendant that follows. */
  #finalize(block: ChainBlock, certificate: Certificate): void {
    if (!this.#parts.epoch.isTail(block.height)) this.#accept(block);
    else if (!this.#parts.finality.hasUnproven) return;
    this.#parts.finality.push(block);
    if (certificate.blockHash !== undefined && hexOf(certificate.blockHash) === hexOf(block.hash)) {
      this.#flushProven(certificate);
    }
  }

  /** Takes in what follows from a block that is final. */
  #accept(block: ChainBlock): void {
    const executed = this.#parts.blocks.get(block.hash);
    assert(executed !== undefined, 'a final block was executed here');
    this.#parts.replay.addBlock(
      block.header.timestamp,
      executed.executed.results.map((result) => result.id),
    );
    this.#parts.upkeep.onFinal(executed);
    this.#parts.commitment.settle(block.hash);
    const { hash, height, timestampMs, header } = block;
    this.#final = { hash, height, timestampMs, view: header.view };
  }

  /** `after`: encoded headers from the newest final block to the one that the certificate is of. */
  #flushProven(certificate: Certificate, after: readonly Uint8Array[] = []): void {
    for (const { commit } of this.#parts.finality.prove(certificate, after)) {
      this.#effects.push({ kind: 'commit', commit });
    }
    this.#dropVotes();
  }

  /** Votes go after the commits that make them superfluous. */
  #dropVotes(): void {
    if (this.#droppableVotes === undefined || this.#parts.finality.hasUnproven) return;
    this.#effects.push({ kind: 'dropVotes', belowKey: this.#droppableVotes });
    this.#droppableVotes = undefined;
  }

  // ---- catching up

  /** Final blocks that consensus has not seen here. They are executed like all others. */
  #onFetched(fetched: readonly FetchedBlock[]): void {
    if (this.#isUndecided && fetched.length > 0) this.#startConsensus();
    const blocks = blocksAfter(this.#final, fetched, this.#parts.epoch.closing);
    const newest = blocks.at(-1);
    if (newest === undefined) return;
    this.#abandonUnfinal();
    for (const { block, proof } of blocks) {
      if (!this.#parts.checker.check(block)) {
        this.#effects.push({
          kind: 'halted',
          reason: `final block ${block.height} is invalid here`,
        });
        return;
      }
      this.#accept(block);
      this.#parts.finality.push(block);
      const { certificate, descendants } = proof;
      const isLast = block === newest.block || descendants.length === 0;
      if (isLast) this.#flushProven(certificate, descendants);
    }
    this.#afterFetched(newest);
  }

  #afterFetched({ block, proof }: FetchedBlock): void {
    // The next epoch begins when its first block is flushed; this one has nothing to say any more.
    if (block.height === this.#parts.epoch.closing) this.#parts.epoch.endConsensus();
    else this.#tellBft({ kind: 'caughtUp', final: this.#final, certificate: proof.certificate });
  }

  /** Executions that consensus will ask for again on top of the fetched blocks, or never. */
  #abandonUnfinal(): void {
    this.#proposal = undefined;
    const final = this.#parts.finality.hashes();
    for (const { block } of this.#parts.blocks.all()) {
      if (!final.has(hexOf(block.hash))) this.#abandon(block);
    }
  }

  #abandon(block: ChainBlock): void {
    const executed = this.#parts.blocks.abandon(block.hash);
    if (executed === undefined) return;
    this.#parts.commitment.abandon(block.hash);
    this.#parts.upkeep.onAbandoned(executed);
  }

  // ---- flushed

  #onFlushed(height: number): void {
    const { finality, blocks, channels, evidence, handovers } = this.#parts;
    const flushed = finality.shift(height);
    const { executed, certificate } = flushed;
    const { block, body } = executed;
    blocks.settle(executed);
    this.#flushedHeight = height;
    channels.sendOutbox(executed, certificate);
    channels.acknowledgeInbound(body);
    this.#effects.push({ kind: 'blockFinal', block: summaryOf(flushed) });
    this.#afterFlushed(block, certificate);
    if (this.chain === ROOT_CHAIN) this.#parts.checkpoints.onFlushed(height);
    // Some of it has done its work, or comes too late from now on.
    if (body.evidence.length > 0 || this.isClosing(height)) evidence.review();
    if (this.chain === ROOT_CHAIN) return;
    handovers.settle(blocks.flushed);
    this.#effects.push({ kind: 'offerCrosslink', crosslink: crosslinkOf(executed, certificate) });
  }

  #afterFlushed(block: ChainBlock, certificate: Uint8Array): void {
    const { epoch, handoverSender } = this.#parts;
    if (block.height !== epoch.closing) return this.#reviewVoteRight(block, certificate);
    if (this.chain === ROOT_CHAIN) {
      const closing = { header: block.headerBytes, certificate };
      const next = epoch.group.epoch + 1;
      for (const shard of this.#settings.rules.peers) {
        handoverSender.send(shard, next, closing);
      }
    }
    this.#enterEpoch();
  }

  #reviewVoteRight(block: ChainBlock, certificate: Uint8Array): void {
    if (!this.#parts.epoch.isVoteGrantedBy(block, certificate)) return;
    this.#abandonUnfinal();
    this.#startConsensus();
  }

  /** The root lost its offers: the newest flushed block is offered again. */
  #offerCrosslinkAgain(): void {
    const { flushed } = this.#parts.blocks;
    const crosslink = storedCrosslink(this.#settings, flushed, this.#flushedHeight);
    if (crosslink !== undefined) this.#effects.push({ kind: 'offerCrosslink', crosslink });
  }
}

function deathReason(id: Uint8Array): string {
  return `transaction ${base58Encode(id)} is part of a block, and this process died twice while it ran`;
}
