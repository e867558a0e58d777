/**
 * Simplex (Chan and Pass, TCC 2023) as protocol.md §2.3 writes it down: a pure state machine that
 * brings a group to agree on one chain of blocks, for the root chain and for every shard alike, and
 * for a group of one with the same code.
 *
 * What keeps it safe, whatever the network does, as long as at most f = ⌊(n−1)/3⌋ members lie:
 * a member notarizes at most one block per view, never finalizes a view it nullified nor the other
 * way round, and writes each vote down before it leaves (`vote-log.ts`). Timers only serve progress.
 *
 * Every event first changes what is known (`#on…`, `#learn`), then `#settle` applies the rules until
 * none applies any more.
 */

import { assert, assertNever } from '#core/assert.ts';
import {
  type Certificate,
  type CertificateKind,
  makeCertificate,
  verifyCertificate,
} from '#core/chain/certificate.ts';
import { leaderOf, quorumOf } from '#core/chain/validator-group.ts';
import type { Block, FinalBlock } from './block.ts';
import { CLOCK_SKEW_MS, isPlausible } from './block-time.ts';
import { DeltaControl } from './delta-control.ts';
import type { BftEffect } from './effects.ts';
import type { BftEvent } from './events.ts';
import { certificatesConflict } from './evidence.ts';
import { Fetcher, type FetchMoment } from './fetcher.ts';
import { Finality } from './finality.ts';
import { MessageGate } from './message-gate.ts';
import type { BftMessage, FetchReply, Proposal, Vote, VoteKind } from './messages.ts';
import { messagesToRepeat } from './repeat-messages.ts';
import { REPLY_CERTIFICATES_MAX, REPLY_PROPOSALS_MAX } from './serve-fetch.ts';
import type { BftSettings } from './settings.ts';
import { proposalDigest, sameHash } from './statement.ts';
import type { BftStatus } from './status.ts';
import { ViewClock } from './view-clock.ts';
import type { Candidate, ViewState } from './view-state.ts';
import { ViewTable } from './view-table.ts';
import { keyOfView, readLog, VoteLog } from './vote-log.ts';

/** Timers in units of Δ. */
const LEADER_DELTAS = 2;
const PROGRESS_DELTAS = 3;

const CERTIFICATE_OF_VOTE = {
  notarize: 'notarization',
  nullify: 'nullification',
  finalize: 'finalization',
} as const satisfies Record<VoteKind, CertificateKind>;

type Building = { readonly view: number; readonly parent: FinalBlock };

export class Simplex<B extends Block> {
  readonly #settings: BftSettings<B>;
  readonly #memberCount: number;
  readonly #quorum: number;
  readonly #table: ViewTable<B>;
  readonly #gate: MessageGate<B>;
  readonly #finality: Finality<B>;
  readonly #fetcher: Fetcher<B>;
  readonly #log = new VoteLog();
  readonly #clock = new ViewClock();
  readonly #delta: DeltaControl;
  #effects: BftEffect<B>[] = [];
  #now = 0;
  #view: number;
  #isStarted = false;
  #isHalted = false;
  /** Something changed that a rule may depend on. */
  #isUnsettled = false;
  /** When the leader of the view could propose at the earliest. */
  #viewStartsAt = 0;
  /** The view was skipped without waiting, so its end says nothing about delays. */
  #isViewSkipped = false;
  #building: Building | undefined = undefined;
  /** Certificates learned in this round, to be logged unless they are history by its end. */
  #unloggedCertificates: Certificate[] = [];
  /** By member: the view we were in when we last heard of it. */
  #heardInView: number[] = [];
  #viewsNullified = 0;

  constructor(settings: BftSettings<B>) {
    assert(settings.member < settings.group.members.length, 'we are a member of our group');
    this.#settings = settings;
    this.#memberCount = settings.group.members.length;
    this.#quorum = quorumOf(this.#memberCount);
    this.#delta = new DeltaControl(settings.delta);
    this.#table = new ViewTable(settings.final);
    const emit = (effect: BftEffect<B>) => {
      this.#effects.push(effect);
    };
    this.#gate = new MessageGate(settings, this.#table, emit);
    this.#finality = new Finality(this.#table, emit);
    this.#fetcher = new Fetcher(settings.group, settings.member, this.#table, this.#clock, emit);
    this.#view = settings.final.view + 1;
    this.#restore();
  }

  get status(): BftStatus {
    return {
      view: this.#view,
      leader: this.#leader,
      finalView: this.#table.final.view,
      finalHeight: this.#table.final.height,
      deltaMs: this.#delta.ms,
      latencyMs: this.#delta.latencyMs,
      viewsNullified: this.#viewsNullified,
      viewsHeld: this.#table.size,
      silentViews: this.#heardInView.map((heard, member) =>
        member === this.#settings.member ? 0 : Math.max(0, this.#view - heard),
      ),
      isHalted: this.#isHalted,
    };
  }

  /** `nowMs`: milliseconds since the Unix epoch, whole, never decreasing. */
  handle(event: BftEvent<B>, nowMs: number): readonly BftEffect<B>[] {
    if (this.#isHalted) return [];
    assert(this.#isStarted || event.kind === 'started', 'an instance is started first');
    this.#now = nowMs;
    this.#effects = [];
    this.#dispatch(event);
    this.#settle();
    return this.#effects;
  }

  #dispatch(event: BftEvent<B>): void {
    switch (event.kind) {
      case 'started':
        this.#onStarted();
        return;
      case 'proposalBuilt':
        this.#onProposalBuilt(event.view, event.block);
        return;
      case 'messageReceived':
        this.#onMessage(event.from, event.message);
        return;
      case 'blockChecked':
        this.#onBlockChecked(event.view, event.hash, event.valid);
        return;
      case 'persisted':
        this.#onPersisted(event.token);
        return;
      case 'timerFired':
        this.#onTimer();
        return;
      case 'caughtUp':
        this.#onCaughtUp(event.final, event.certificate);
        return;
      default:
        assertNever(event);
    }
  }

  // ---------------------------------------------------------------- start and restart

  #restore(): void {
    for (const logged of readLog(this.#settings.records)) {
      if (logged.view <= this.#table.final.view) continue;
      const state = this.#table.ensure(logged.view);
      for (const vote of logged.votes) state.own[vote.kind] = vote;
      for (const certificate of logged.certificates) {
        state.certificates[certificate.kind] = certificate;
        if (certificate.kind === 'finalization') this.#finality.onFinalization(certificate.view);
      }
      if (logged.proposal !== undefined) this.#restoreBlock(state, logged.proposal);
      const isOver = logged.certificates.length > 0;
      this.#view = Math.max(this.#view, isOver ? logged.view + 1 : logged.view);
    }
  }

  #restoreBlock(state: ViewState<B>, proposal: Proposal): void {
    const block = this.#settings.ports.readBlock(proposal.payload);
    assert(block !== undefined, 'a logged block is a block of this chain');
    state.candidates.push({ proposal, block, status: 'received', announced: false });
  }

  /** What was decided before a crash is durable, and may or may not have been said: say it again. */
  #onStarted(): void {
    assert(!this.#isStarted, 'an instance is started once');
    this.#isStarted = true;
    const firstView = this.#view;
    this.#heardInView = this.#settings.group.members.map(() => firstView);
    for (const state of [...this.#table.states()]) {
      for (const vote of Object.values(state.own)) {
        this.#broadcast(vote);
        this.#countOwn(vote);
      }
    }
    if (this.#view === firstView) this.#enter(firstView);
  }

  // ---------------------------------------------------------------- what arrives

  #onMessage(from: number, message: BftMessage): void {
    if (from === this.#settings.member || from >= this.#memberCount) return;
    this.#heardInView[from] = this.#view;
    switch (message.kind) {
      case 'proposal':
        this.#onProposal(from, message);
        return;
      case 'notarize':
      case 'nullify':
      case 'finalize':
        this.#onVote(from, message);
        return;
      case 'certificate':
        this.#onCertificate(from, message.certificate);
        return;
      case 'fetch':
        this.#fetcher.serve(from, message, this.#now);
        return;
      case 'fetchReply':
        this.#onFetchReply(from, message);
        return;
      case 'evidence':
        // For the court, not for consensus.
        return;
      default:
        assertNever(message);
    }
  }

  #onVote(from: number, vote: Vote): void {
    const digest = this.#gate.admitVote(from, vote, this.#view);
    if (digest !== undefined) this.#count(this.#table.ensure(vote.view), vote, digest);
  }

  #onProposal(from: number, proposal: Proposal): boolean {
    const candidate = this.#gate.admitProposal(from, proposal, this.#view);
    if (candidate === undefined) return false;
    if (proposal.view === this.#view) this.#clock.leaderAt = Number.POSITIVE_INFINITY;
    this.#isUnsettled = true;
    return true;
  }

  #onCertificate(from: number, certificate: Certificate): boolean {
    if (!this.#gate.admitCertificate(from, certificate)) return false;
    this.#learn(certificate);
    return true;
  }

  #onFetchReply(from: number, reply: FetchReply): void {
    const { certificates, proposals } = reply;
    if (certificates.length > REPLY_CERTIFICATES_MAX || proposals.length > REPLY_PROPOSALS_MAX) {
      this.#effects.push({ kind: 'misbehaviour', member: from, reason: 'oversized reply' });
      return;
    }
    let isNews = false;
    for (const certificate of certificates) {
      isNews = this.#onCertificate(from, certificate) || isNews;
    }
    for (const proposal of proposals) isNews = this.#onProposal(from, proposal) || isNews;
    if (isNews) this.#fetcher.onHelp(from);
  }

  #onBlockChecked(view: number, hash: Uint8Array, valid: boolean): void {
    const candidate = this.#table.find(view)?.candidateOf(hash);
    if (candidate?.status !== 'checking') return;
    candidate.status = valid ? 'valid' : 'invalid';
    this.#isUnsettled = true;
  }

  #onProposalBuilt(view: number, block: B): void {
    const state = this.#table.find(view);
    const building = this.#building;
    // The host took so long that the view is over for us.
    if (building?.view !== view || view !== this.#view || state?.own.nullify !== undefined) {
      this.#effects.push({ kind: 'blockAbandoned', view, block });
      return;
    }
    const { parent } = building;
    assert(sameHash(block.parentHash, parent.hash), 'a built block extends the given parent');
    assert(block.height === parent.height + 1, 'a built block is the next in height');
    this.#building = undefined;
    const { group, ports } = this.#settings;
    const statement = {
      kind: 'proposal' as const,
      chain: group.chain,
      epoch: group.epoch,
      view,
      parentView: parent.view,
      parentHash: block.parentHash,
      height: block.height,
      blockHash: block.hash,
      payload: block.payload,
    };
    const signature = ports.sign(proposalDigest(group, statement));
    const candidate: Candidate<B> = {
      proposal: { ...statement, signature },
      block,
      status: 'valid',
      announced: false,
    };
    const ours = this.#table.ensure(view);
    ours.candidates.push(candidate);
    this.#clock.leaderAt = Number.POSITIVE_INFINITY;
    this.#notarize(ours, candidate, true);
  }

  #onPersisted(token: number): void {
    for (const message of this.#log.release(token)) {
      this.#broadcast(message);
      if (message.kind !== 'proposal') this.#countOwn(message as Vote);
    }
  }

  /** The host stored the chain up to `final` by other means; executions it held are void. */
  #onCaughtUp(final: FinalBlock, certificate: Certificate): void {
    if (final.height <= this.#table.final.height) return;
    const { group, ports } = this.#settings;
    assert(
      certificate.kind === 'finalization' &&
        sameHash(certificate.blockHash, final.hash) &&
        verifyCertificate(group, certificate, ports.verify),
      'the host caught up to a block with a finalization of this group',
    );
    this.#table.setFinal(final);
    this.#table.forgetBelow(final.view);
    this.#table.ensure(final.view).certificates.finalization = certificate;
    this.#finality.restartAt(final.view);
    for (const { candidates } of this.#table.states()) {
      for (const candidate of candidates) candidate.status = 'received';
    }
    this.#building = undefined;
    this.#fetcher.onCaughtUp();
    this.#effects.push({ kind: 'dropRecords', belowKey: keyOfView(final.view) });
    if (this.#view <= final.view) this.#enter(final.view + 1);
    this.#isUnsettled = true;
  }

  // ---------------------------------------------------------------- votes and certificates

  #count(state: ViewState<B>, vote: Vote, digest: Uint8Array): void {
    const { kind, view, blockHash } = vote;
    const tally = state.tallies[kind];
    if (tally.add(vote, digest) < this.#quorum) return;
    const certificateKind = CERTIFICATE_OF_VOTE[kind];
    const known = state.certificates[certificateKind];
    if (known !== undefined && sameHash(known.blockHash, blockHash)) return;
    const signatures = tally.signaturesFor(blockHash);
    this.#learn(
      makeCertificate(this.#settings.group, { kind: certificateKind, view, blockHash }, signatures),
    );
  }

  /** A vote of ours counts from the moment it is durable. */
  #countOwn(vote: Vote): void {
    if (vote.view <= this.#table.final.view) return;
    const state = this.#table.ensure(vote.view);
    const digest = state.tallies[vote.kind].digestFor(this.#settings.group, vote.blockHash);
    this.#count(state, vote, digest);
  }

  /** A verified certificate, assembled here or received (rules 4 to 7). */
  #learn(certificate: Certificate): void {
    const { kind, view } = certificate;
    const state = this.#table.ensure(view);
    for (const other of Object.values(state.certificates)) {
      if (certificatesConflict(other, certificate)) {
        const evidence = { kind: 'twoCertificates', first: other, second: certificate } as const;
        this.#effects.push({ kind: 'evidence', evidence });
        this.#halt('two certificates that cannot both be');
        return;
      }
    }
    if (state.certificates[kind] !== undefined) return;
    state.certificates[kind] = certificate;
    this.#unloggedCertificates.push(certificate);
    this.#broadcast({ kind: 'certificate', certificate });
    this.#isUnsettled = true;
    if (kind === 'notarization') this.#onNotarization(state, certificate);
    else if (kind === 'nullification') this.#onNullification(view);
    else this.#finality.onFinalization(view);
    if (view >= this.#view) this.#enter(view + 1);
  }

  #onNotarization(state: ViewState<B>, certificate: Certificate): void {
    if (state.view === this.#view) {
      this.#delta.onNotarized(state.view, this.#leader, this.#now - this.#viewStartsAt);
    }
    const { own, certificates } = state;
    const isOpen = certificates.finalization === undefined && !state.isNullified;
    if (isOpen && own.nullify === undefined && own.finalize === undefined) {
      this.#castVote(state, 'finalize', certificate.blockHash);
    }
  }

  #onNullification(view: number): void {
    if (view !== this.#view) return;
    this.#viewsNullified += 1;
    if (!this.#isViewSkipped) this.#delta.onNullified(view, this.#leader);
  }

  #notarize(state: ViewState<B>, candidate: Candidate<B>, isOurs: boolean): void {
    if (!this.#settings.mayVote) return;
    this.#log.addProposal(candidate.proposal, isOurs);
    this.#castVote(state, 'notarize', candidate.block.hash);
    // Alone, the vote is the notarization, so both votes may go to disk together.
    if (this.#quorum === 1) this.#castVote(state, 'finalize', candidate.block.hash);
  }

  /** Decides on a vote. It binds us from here on and is said and counted once it is durable. */
  #castVote(state: ViewState<B>, kind: VoteKind, blockHash: Uint8Array | undefined): void {
    if (!this.#settings.mayVote) return;
    const { group, member, ports } = this.#settings;
    const { view, own } = state;
    assert(own[kind] === undefined, 'one vote of a kind per view');
    assert(kind !== 'finalize' || own.nullify === undefined, 'no finalize after nullify');
    assert(kind !== 'nullify' || own.finalize === undefined, 'no nullify after finalize');
    const digest = state.tallies[kind].digestFor(group, blockHash);
    const { chain, epoch } = group;
    const vote: Vote = {
      kind,
      chain,
      epoch,
      view,
      blockHash,
      member,
      signature: ports.sign(digest),
    };
    own[kind] = vote;
    this.#log.addVotes(view, Object.values(own), vote);
  }

  #nullify(): void {
    const state = this.#table.ensure(this.#view);
    if (state.own.nullify !== undefined || state.own.finalize !== undefined) return;
    this.#castVote(state, 'nullify', undefined);
  }

  // ---------------------------------------------------------------- views and timers

  /** Rule 1. Timers start when the leader could have proposed, for it has to keep the interval. */
  #enter(view: number): void {
    const isJump = view > this.#view + 1;
    this.#view = view;
    this.#building = undefined;
    this.#isViewSkipped = false;
    this.#isUnsettled = true;
    const { blockIntervalMs, member } = this.#settings;
    const parent = this.#table.parentFor(view);
    const parentBlock = parent.found ? parent.candidate?.block : undefined;
    const notBefore = (parentBlock ?? this.#table.final).timestampMs + blockIntervalMs;
    const latest = this.#now + blockIntervalMs + CLOCK_SKEW_MS;
    this.#viewStartsAt = Math.min(Math.max(this.#now, notBefore), latest);
    // Whoever is alone cannot be overtaken: nullifying its own view would only repeat the work.
    if (this.#memberCount === 1) return;
    // Over views we did not live through nobody could be heard.
    if (isJump) this.#heardInView = this.#heardInView.map(() => view);
    const delta = this.#delta.ms;
    const hasProposal = (this.#table.find(view)?.candidates.length ?? 0) > 0;
    this.#clock.leaderAt = hasProposal
      ? Number.POSITIVE_INFINITY
      : this.#viewStartsAt + LEADER_DELTAS * delta;
    this.#clock.progressAt = this.#viewStartsAt + PROGRESS_DELTAS * delta;
    this.#clock.resendAt = this.#clock.progressAt;
    const leader = this.#leader;
    const heard = this.#heardInView[leader] as number;
    if (leader !== member && !hasProposal && heard < view - this.#memberCount) {
      this.#isViewSkipped = true;
      this.#clock.leaderAt = Number.POSITIVE_INFINITY;
      this.#nullify();
    }
  }

  #onTimer(): void {
    this.#clock.onFired();
    const clock = this.#clock;
    if (clock.leaderAt <= this.#now || clock.progressAt <= this.#now) {
      if (clock.progressAt <= this.#now) clock.progressAt = Number.POSITIVE_INFINITY;
      clock.leaderAt = Number.POSITIVE_INFINITY;
      this.#nullify();
    }
    if (clock.resendAt <= this.#now) {
      clock.resendAt = this.#now + PROGRESS_DELTAS * this.#delta.ms;
      const { group, member } = this.#settings;
      for (const message of messagesToRepeat(group, member, this.#table, this.#view)) {
        this.#broadcast(message);
      }
    }
    if (clock.fetchAt <= this.#now) {
      this.#fetcher.onTimer(this.#moment);
    }
  }

  // ---------------------------------------------------------------- rules

  #settle(): void {
    if (this.#isUnsettled) {
      while (this.#isUnsettled && !this.#isHalted) {
        this.#isUnsettled = false;
        this.#applyRules();
      }
      if (!this.#isHalted) this.#fetcher.plan(this.#moment);
    }
    if (this.#isHalted) return;
    this.#writeLog();
    const alarm = this.#clock.takeNewAlarm();
    if (alarm !== undefined) this.#effects.push({ kind: 'setTimer', atMs: alarm });
  }

  #applyRules(): void {
    const finalView = this.#table.final.view;
    const trouble = this.#finality.checkCertified() ?? this.#finality.advance();
    if (trouble !== undefined) {
      this.#halt(trouble);
      return;
    }
    // A block more or less below changes what may be built and checked above.
    if (this.#table.final.view > finalView) this.#isUnsettled = true;
    this.#propose();
    this.#vote();
  }

  #propose(): void {
    const view = this.#view;
    const { member, mayVote, blockIntervalMs } = this.#settings;
    if (!mayVote || this.#leader !== member || this.#building !== undefined) return;
    const own = this.#table.find(view)?.own;
    if (own?.notarize !== undefined || own?.nullify !== undefined) return;
    const found = this.#table.parentFor(view);
    if (!found.found) return;
    const parent = this.#asParent(found.view, found.candidate);
    if (parent === undefined) return;
    this.#building = { view, parent };
    const notBeforeMs = parent.timestampMs + blockIntervalMs;
    this.#effects.push({ kind: 'buildProposal', view, parent, notBeforeMs });
  }

  #asParent(view: number, candidate: Candidate<B> | undefined): FinalBlock | undefined {
    if (view === this.#table.final.view) return this.#table.final;
    if (candidate?.status !== 'valid') return undefined;
    const { hash, height, timestampMs } = candidate.block;
    return { hash, height, timestampMs, view };
  }

  /** Rule 2. */
  #vote(): void {
    const state = this.#table.find(this.#view);
    const candidate = state?.candidates[0];
    if (state === undefined || candidate === undefined || !this.#settings.mayVote) return;
    if (state.own.notarize !== undefined || state.own.nullify !== undefined) return;
    if (!this.#isAcceptable(candidate)) return;
    if (candidate.status === 'valid') this.#notarize(state, candidate, false);
    else this.#finality.check(candidate);
  }

  /** The parent may be built upon, the views between may be skipped, place and time are right. */
  #isAcceptable(candidate: Candidate<B>): boolean {
    const { parentView, parentHash, view } = candidate.proposal;
    const table = this.#table;
    if (parentView < table.final.view) return false;
    if (!sameHash(table.certifiedHash(parentView), parentHash)) return false;
    if (!table.areNullifiedBetween(parentView, view)) return false;
    const parent = this.#asParent(parentView, table.find(parentView)?.certifiedCandidate);
    if (parent === undefined) return false;
    const { blockIntervalMs } = this.#settings;
    const waitedMs = PROGRESS_DELTAS * this.#delta.ms;
    return isPlausible(candidate.block, parent, { blockIntervalMs, waitedMs, nowMs: this.#now });
  }

  // ---------------------------------------------------------------- effects

  get #leader(): number {
    return leaderOf(this.#settings.group, this.#view);
  }

  get #moment(): FetchMoment {
    return {
      nowMs: this.#now,
      view: this.#view,
      finalizedView: this.#finality.finalizedView,
      deltaMs: this.#delta.ms,
    };
  }

  #writeLog(): void {
    for (const certificate of this.#unloggedCertificates) {
      if (certificate.view > this.#table.final.view) this.#log.addCertificate(certificate);
    }
    this.#unloggedCertificates = [];
    const unwritten = this.#log.takeUnwritten();
    if (unwritten !== undefined) this.#effects.push({ kind: 'persist', ...unwritten });
  }

  #broadcast(message: BftMessage): void {
    if (this.#memberCount > 1) this.#effects.push({ kind: 'broadcast', message });
  }

  #halt(reason: string): void {
    this.#isHalted = true;
    this.#effects.push({ kind: 'halted', reason });
  }
}
