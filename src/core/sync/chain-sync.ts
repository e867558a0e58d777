/**
 * Sync of one chain as a pure state machine: a node that is behind asks one peer for the proven
 * headers that follow its newest final block, and several at once for the bodies, which are checked
 * against the headers. What verifies is delivered in order; who sends anything else is reported and
 * somebody else is asked.
 *
 * A member of the group follows by consensus, so it syncs only when it is far behind or consensus
 * says so; an observer lives by sync alone.
 *
 * Where candidates stand by checkpoints, headers up to the next one come from one peer, and none of
 * their blocks is delivered before they have led there (checkpoint-anchor.ts).
 *
 * BOUNDS: `HEADERS_AHEAD` headers, `REQUESTS_MAX` open requests for bodies of up to a block or one
 * MiB each, and no more of them while `BODY_BYTES_MAX` wait for their turn.
 */

import { assertNever } from '../assert.ts';
import { type AnchorSettings, CheckpointAnchor } from './checkpoint-anchor.ts';
import { type ChainPoint, type GroupForHeight, HeaderChain } from './header-chain.ts';
import type { SyncEffect, SyncEvent } from './sync-events.ts';
import { SyncPeers } from './sync-peers.ts';
import { SyncProgress, type SyncStatus } from './sync-status.ts';

export type SyncSettings = {
  readonly chain: number;
  readonly groupFor: GroupForHeight;
  /** Whether a block ends an epoch, after which nothing of that epoch follows. */
  readonly isClosing: (height: number) => boolean;
  /** Whether this node is a member of the group at the moment. */
  readonly isMember: () => boolean;
  /** Newest block that is final here, and the height of the newest that is on disk. */
  readonly tip: () => { readonly final: ChainPoint; readonly flushedHeight: number };
  /** Of the root chain. */
  readonly checkpoints?: AnchorSettings | undefined;
};

/** A member that is closer than this follows by consensus. */
const MEMBER_LAG = 16;
/** Who is closer than this is in step. */
const NEAR_LAG = 16;
const HEADERS_AHEAD = 512;
const BODIES_PER_REQUEST = 16;
const REQUESTS_MAX = 16;
const REQUESTS_PER_PEER = 3;
const BODY_BYTES_MAX = 16 * 2 ** 20;
/** Blocks executed in one go, so that the thread comes to other things between. */
const DELIVERED_MAX = 16;
const UNFLUSHED_MAX = 64;
const ANSWER_MS_MAX = 8000;
const TICK_MS = 500;

type Request = { readonly peer: number; readonly deadlineMs: number };
type BodyRequest = Request & { readonly from: number; readonly to: number };

export class ChainSync {
  readonly #settings: SyncSettings;
  readonly #peers = new SyncPeers();
  readonly #headers: HeaderChain;
  readonly #anchor: CheckpointAnchor;
  /** Who gave the headers that are here, while they have to lead to a checkpoint. */
  #headerSource: number | undefined;
  readonly #progress = new SyncProgress();
  #headerRequest: (Request & { readonly request: number; readonly from: number }) | undefined;
  readonly #bodyRequests = new Map<number, BodyRequest>();
  #lastRequest = 0;
  /** Consensus has asked for help and has not got it yet. */
  #isBehind = false;
  /** When a peer may have more than it last said or gave. */
  #headersAgainAtMs = 0;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #lastTrouble = '';
  #effects: SyncEffect[] = [];
  #nowMs = 0;

  constructor(settings: SyncSettings) {
    this.#settings = settings;
    this.#anchor = new CheckpointAnchor(settings.checkpoints);
    const anchorAt = (height: number) => this.#anchor.hashAt(height);
    this.#headers = new HeaderChain({ ...settings, anchorAt }, settings.tip().final);
  }

  handle(event: SyncEvent, nowMs: number): readonly SyncEffect[] {
    this.#nowMs = nowMs;
    this.#effects = [];
    this.#on(event);
    this.#goOn();
    return this.#effects;
  }

  status(nowMs: number): SyncStatus {
    const { height } = this.#settings.tip().final;
    const target = Math.max(height, this.#peers.bestHeight);
    const pace = {
      height,
      target,
      blocksPerSecond: this.#progress.blocksPerSecond,
      etaMs: this.#progress.etaMs,
    };
    // An observer knows nothing of the chain but what peers tell.
    if (!this.#settings.isMember() && !this.#peers.isTold) {
      return { ...pace, state: 'waiting', reason: '' };
    }
    if (!this.#isWanted) return { ...pace, state: 'current', reason: '' };
    if (this.#progress.isStuck(nowMs)) return { ...pace, state: 'stuck', reason: this.#trouble() };
    // Whoever follows by sync is always some blocks behind.
    const isNear = !this.#isBehind && target - height < NEAR_LAG;
    return { ...pace, state: isNear ? 'current' : 'syncing', reason: '' };
  }

  #on(event: SyncEvent): void {
    switch (event.kind) {
      case 'peerHead':
        return this.#peers.onHead(event.peer, event.height);
      case 'peerGone':
        return this.#onGone(event.peer);
      case 'headers':
        return this.#onHeaders(event);
      case 'bodies':
        return this.#onBodies(event);
      case 'checkpoint':
        return this.#onCheckpoint(event);
      case 'behind':
        this.#isBehind = true;
        return;
      case 'flushed':
        // It may have been the last one of an epoch: now the next group is known.
        this.#headersAgainAtMs = this.#nowMs;
        return;
      case 'timerFired':
        this.#timerAtMs = Number.POSITIVE_INFINITY;
        return this.#onTime();
      default:
        return assertNever(event);
    }
  }

  /** Everything that can be done now. */
  #goOn(): void {
    const { final } = this.#settings.tip();
    this.#headers.advanceTo(final);
    const best = this.#peers.bestHeight;
    if (this.#peers.isTold && final.height >= best) this.#isBehind = false;
    const isWanted = this.#isWanted;
    this.#progress.note(this.#nowMs, final.height, Math.max(best, final.height), isWanted);
    if (!isWanted) return;
    this.#askCheckpoint(final.height);
    const isBusy = this.#deliver();
    this.#askHeaders();
    this.#askBodies();
    this.#setTimer(isBusy ? this.#nowMs : this.#nowMs + TICK_MS);
  }

  get #isWanted(): boolean {
    if (this.#isBehind) return true;
    const lag = this.#peers.bestHeight - this.#settings.tip().final.height;
    return lag >= (this.#settings.isMember() ? MEMBER_LAG : 1);
  }

  // ---- checkpoints

  #askCheckpoint(finalHeight: number): void {
    for (;;) {
      const wanted = this.#anchor.wanted(finalHeight, this.#peers.heights);
      if (wanted === undefined) return;
      const { peer, height } = wanted;
      const request = this.#nextRequest();
      this.#anchor.onAsked(request, peer, this.#nowMs + ANSWER_MS_MAX);
      this.#effects.push({ kind: 'wantCheckpoint', peer, request, height });
    }
  }

  #onCheckpoint(event: SyncEvent & { readonly kind: 'checkpoint' }): void {
    const { height } = this.#settings.tip().final;
    // Headers that came before it may lead elsewhere, and may be of several peers.
    if (this.#anchor.onAnswer(event, height) !== undefined) this.#startOver();
  }

  /** Whether the headers that are here still have to lead to a checkpoint. */
  get #isLeading(): boolean {
    return this.#anchor.height !== undefined && this.#headers.height < this.#anchor.height;
  }

  /** Forgets headers and what was asked for because of them. */
  #startOver(): void {
    this.#headers.clear();
    this.#headerSource = undefined;
    if (this.#headerRequest !== undefined) this.#peers.onAnswer(this.#headerRequest.peer);
    this.#headerRequest = undefined;
    for (const { peer } of this.#bodyRequests.values()) this.#peers.onAnswer(peer);
    this.#bodyRequests.clear();
  }

  // ---- headers

  #askHeaders(): void {
    if (this.#headerRequest !== undefined || this.#nowMs < this.#headersAgainAtMs) return;
    if (this.#anchor.isAwaited) return;
    if (this.#headers.length >= HEADERS_AHEAD && !this.#isLeading) return;
    const peer = this.#headerPeer();
    if (peer === undefined) return;
    const from = this.#headers.height + 1;
    const request = this.#nextRequest();
    this.#headerRequest = { request, peer, from, deadlineMs: this.#nowMs + ANSWER_MS_MAX };
    this.#effects.push({ kind: 'wantHeaders', peer, request, fromHeight: from });
  }

  /** While they have to lead to a checkpoint all are of one peer, so that it is known who lied. */
  #headerPeer(): number | undefined {
    const source = this.#headerSource;
    const openMax = REQUESTS_PER_PEER + 1;
    if (source !== undefined && this.#isLeading) {
      const from = this.#headers.height + 1;
      if (this.#peers.chooseAgain(source, from, openMax, this.#nowMs)) return source;
      this.#startOver();
    }
    this.#headerSource = this.#peers.choose(this.#headers.height + 1, openMax, this.#nowMs);
    return this.#headerSource;
  }

  #onHeaders(event: SyncEvent & { readonly kind: 'headers' }): void {
    const { peer, headers, proofs } = event;
    const asked = this.#headerRequest;
    if (asked === undefined || asked.request !== event.request || asked.peer !== peer) return;
    this.#headerRequest = undefined;
    // Consensus was faster.
    if (asked.from !== this.#headers.height + 1) return this.#peers.onAnswer(peer);
    if (headers.length === 0) return this.#onLacks(peer, asked.from);
    const { count, problem } = this.#headers.append(headers, proofs);
    if (problem !== undefined) {
      this.#onJunk(peer, problem);
      if (this.#isLeading) this.#startOver();
      return;
    }
    this.#peers.onAnswer(peer);
    // An epoch ends here: its successor is known once these blocks have run.
    if (count < headers.length) this.#headersAgainAtMs = this.#nowMs + TICK_MS;
  }

  // ---- bodies

  #askBodies(): void {
    if (this.#isLeading) return;
    const { height: finalHeight } = this.#settings.tip().final;
    let from = finalHeight + 1;
    while (this.#bodyRequests.size < REQUESTS_MAX && this.#headers.bodyBytes < BODY_BYTES_MAX) {
      while (from <= this.#headers.height && !this.#isMissing(from)) from += 1;
      if (from > this.#headers.height) return;
      let to = from;
      while (
        to + 1 <= this.#headers.height &&
        to + 1 < from + BODIES_PER_REQUEST &&
        this.#isMissing(to + 1)
      ) {
        to += 1;
      }
      const peer = this.#peers.choose(to, REQUESTS_PER_PEER, this.#nowMs);
      if (peer === undefined) return;
      const request = this.#nextRequest();
      const deadlineMs = this.#nowMs + ANSWER_MS_MAX;
      this.#bodyRequests.set(request, { peer, from, to, deadlineMs });
      const count = to - from + 1;
      this.#effects.push({ kind: 'wantBodies', peer, request, fromHeight: from, count });
      from = to + 1;
    }
  }

  #isMissing(height: number): boolean {
    if (this.#headers.hasBody(height)) return false;
    for (const { from, to } of this.#bodyRequests.values()) {
      if (height >= from && height <= to) return false;
    }
    return true;
  }

  #onBodies(event: SyncEvent & { readonly kind: 'bodies' }): void {
    const { peer, request, bodies } = event;
    const asked = this.#bodyRequests.get(request);
    if (asked === undefined || asked.peer !== peer) return;
    this.#bodyRequests.delete(request);
    if (bodies.length > asked.to - asked.from + 1) return this.#onJunk(peer, 'more than asked for');
    for (const [index, body] of bodies.entries()) {
      const height = asked.from + index;
      if (this.#headers.putBody(height, body)) continue;
      return this.#onJunk(peer, `a body that is not the one of block ${height}`);
    }
    if (bodies.length === 0) return this.#onLacks(peer, asked.from);
    this.#peers.onAnswer(peer);
  }

  /** Hands on what is whole; true where there may be more at once. */
  #deliver(): boolean {
    const { final, flushedHeight } = this.#settings.tip();
    if (final.height - flushedHeight > UNFLUSHED_MAX) return false;
    if (this.#anchor.isAwaited || this.#isLeading) return false;
    const blocks = this.#headers.ready(DELIVERED_MAX);
    if (blocks.length === 0) return false;
    this.#effects.push({ kind: 'deliver', blocks });
    return true;
  }

  // ---- trouble

  #onGone(peer: number): void {
    this.#peers.onGone(peer);
    this.#anchor.onGone(peer);
    if (this.#headerRequest?.peer === peer) this.#headerRequest = undefined;
    for (const [request, asked] of this.#bodyRequests) {
      if (asked.peer === peer) this.#bodyRequests.delete(request);
    }
  }

  /** Honest peers speak of blocks that they have on disk, and keep them. */
  #onLacks(peer: number, height: number): void {
    if (this.#peers.onLacks(peer, height)) {
      return this.#onJunk(peer, `nothing for block ${height}, which it says to have`);
    }
    this.#peers.onAnswer(peer);
  }

  #onJunk(peer: number, problem: string): void {
    this.#lastTrouble = `a peer sent ${problem}`;
    this.#peers.onFailure(peer, this.#nowMs);
    this.#effects.push({ kind: 'report', peer, offence: 'junk', reason: problem });
  }

  #onTime(): void {
    this.#anchor.onTime(this.#nowMs);
    const header = this.#headerRequest;
    if (header !== undefined && header.deadlineMs <= this.#nowMs) {
      this.#headerRequest = undefined;
      this.#onSilence(header.peer, `headers from ${header.from}`);
    }
    for (const [request, { peer, from, deadlineMs }] of this.#bodyRequests) {
      if (deadlineMs > this.#nowMs) continue;
      this.#bodyRequests.delete(request);
      this.#onSilence(peer, `blocks from ${from}`);
    }
  }

  #onSilence(peer: number, what: string): void {
    this.#lastTrouble = `a peer did not answer when asked for ${what}`;
    this.#peers.onFailure(peer, this.#nowMs);
    const reason = `no answer to a request for ${what}`;
    this.#effects.push({ kind: 'report', peer, offence: 'silence', reason });
  }

  #trouble(): string {
    const { final, flushedHeight } = this.#settings.tip();
    if (this.#peers.count === 0) return 'no peer is connected';
    if (final.height - flushedHeight > UNFLUSHED_MAX) return 'the disk does not keep up';
    if (this.#peers.bestHeight <= final.height) return 'no connected peer has a newer block';
    return this.#lastTrouble === '' ? 'peers have not answered yet' : this.#lastTrouble;
  }

  #nextRequest(): number {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  #setTimer(atMs: number): void {
    if (atMs >= this.#timerAtMs && this.#timerAtMs > this.#nowMs) return;
    this.#timerAtMs = atMs;
    this.#effects.push({ kind: 'setTimer', atMs });
  }
}
