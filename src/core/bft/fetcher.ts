/**
 * Asking other members for what is missing, in turn, and answering them. Whoever just helped is asked again at once, so that catching up runs at the speed of the link; one peer may
 * draw only so many bytes per millisecond from us.
 */

import { assert } from '#core/assert.ts';
import { leaderOf, quorumOf, type ValidatorGroup } from '#core/chain/validator-group.ts';
import type { Block } from './block.ts';
import type { BftEffect } from './effects.ts';
import type { Fetch, FetchReply } from './messages.ts';
import { answerFetch } from './serve-fetch.ts';
import type { ViewClock } from './view-clock.ts';
import type { ViewTable } from './view-table.ts';
import { collectWants } from './wants.ts';

/** After each so many rounds of asking for a final block in vain the host is told to sync. */
const ROUNDS_MAX = 3;
const SERVED_BYTES_PER_MS = 4096;

/** What the instance knows at the moment. */
export type FetchMoment = {
  readonly nowMs: number;
  readonly view: number;
  /** Highest view with a finalization. */
  readonly finalizedView: number;
  readonly deltaMs: number;
};

export class Fetcher<B extends Block> {
  readonly #group: ValidatorGroup;
  readonly #member: number;
  readonly #table: ViewTable<B>;
  readonly #clock: ViewClock;
  readonly #emit: (effect: BftEffect<B>) => void;
  #target = 0;
  #rounds = 0;
  #helpful: number | undefined = undefined;
  readonly #serveAgainAt: number[] = [];

  constructor(
    group: ValidatorGroup,
    member: number,
    table: ViewTable<B>,
    clock: ViewClock,
    emit: (effect: BftEffect<B>) => void,
  ) {
    this.#group = group;
    this.#member = member;
    this.#table = table;
    this.#clock = clock;
    this.#emit = emit;
  }

  /** A reply of this member brought something new. */
  onHelp(member: number): void {
    this.#helpful = member;
  }

  onCaughtUp(): void {
    this.#rounds = 0;
  }

  onTimer(moment: FetchMoment): void {
    this.#clock.fetchAt = Number.POSITIVE_INFINITY;
    // Whoever leads the view had to know all that its proposal rests on.
    const leader = leaderOf(this.#group, moment.view);
    const isFirst = this.#rounds === 0 && leader !== this.#member;
    this.#ask(isFirst ? leader : this.#target + 1, moment);
  }

  /** Decides whether to ask, after everything that arrived was taken in. */
  plan(moment: FetchMoment): void {
    const helpful = this.#helpful;
    this.#helpful = undefined;
    if (this.#group.members.length === 1) return;
    if (helpful !== undefined) {
      this.#rounds = 0;
      this.#clock.fetchAt = Number.POSITIVE_INFINITY;
      this.#ask(helpful, moment);
      return;
    }
    if (this.#clock.fetchAt !== Number.POSITIVE_INFINITY) return;
    if (collectWants(this.#table, moment.view, moment.finalizedView).length === 0) return;
    // Most of what is missing is under way; asking at once would double the traffic.
    this.#clock.fetchAt = moment.nowMs + Math.ceil(moment.deltaMs / 2);
  }

  serve(from: number, fetch: Fetch, nowMs: number): void {
    const { chain, epoch } = this.#group;
    if (fetch.chain !== chain || fetch.epoch !== epoch) return;
    if (nowMs < (this.#serveAgainAt[from] ?? 0)) return;
    const { certificates, proposals, payloadBytes } = answerFetch(this.#table, fetch);
    // Who wants nothing in particular asks whether anything has happened at all.
    const isNothing = certificates.length + proposals.length === 0;
    if (isNothing && fetch.wants.length > 0) return;
    this.#serveAgainAt[from] = nowMs + Math.ceil(payloadBytes / SERVED_BYTES_PER_MS);
    const message: FetchReply = { kind: 'fetchReply', chain, epoch, certificates, proposals };
    this.#emit({ kind: 'sendTo', member: from, message });
  }

  /** Asks `first` and, the longer in vain, the more members after it: one of f+1 is honest. */
  #ask(first: number, moment: FetchMoment): void {
    const wants = collectWants(this.#table, moment.view, moment.finalizedView);
    if (wants.length === 0) {
      this.#rounds = 0;
      return;
    }
    const { chain, epoch, members } = this.#group;
    const finalView = this.#table.final.view;
    const message: Fetch = { kind: 'fetch', chain, epoch, finalView, wants };
    const askedMax = members.length - quorumOf(members.length) + 1;
    this.#target = first;
    for (let asked = 0; asked < Math.min(this.#rounds + 1, askedMax); asked++) {
      this.#target = this.#otherMember(asked === 0 ? first : this.#target + 1);
      this.#emit({ kind: 'sendTo', member: this.#target, message });
    }
    this.#clock.fetchAt = moment.nowMs + moment.deltaMs;
    this.#rounds += 1;
    if (this.#rounds % ROUNDS_MAX === 0 && moment.finalizedView > finalView) {
      this.#reportBehind(moment.finalizedView);
    }
  }

  #otherMember(index: number): number {
    const count = this.#group.members.length;
    const member = index % count;
    return member === this.#member ? (member + 1) % count : member;
  }

  #reportBehind(finalizedView: number): void {
    const certificate = this.#table.find(finalizedView)?.certificates.finalization;
    assert(certificate !== undefined, 'the newest finalization is kept');
    this.#emit({ kind: 'behind', certificate });
  }
}
