/**
 * From certificates to final blocks: certified blocks are executed here as well, oldest first, and
 * become final in the order of their heights; what lies beside the final chain is given up, what lies
 * far behind it is forgotten (protocol.md §2.3 rule 6).
 */

import { assert } from '#core/assert.ts';
import type { Certificate } from '#core/chain/certificate.ts';
import type { Block } from './block.ts';
import type { BftEffect } from './effects.ts';
import { sameHash } from './statement.ts';
import type { Candidate, ViewState } from './view-state.ts';
import type { ViewTable } from './view-table.ts';
import { keyOfView } from './vote-log.ts';

/** Final blocks kept in memory for members that are a little behind. */
const FINAL_BLOCKS_KEPT = 8;

/** Why no honest majority can be at work; `undefined` while all is well. */
type Trouble = string | undefined;

export class Finality<B extends Block> {
  readonly #table: ViewTable<B>;
  readonly #emit: (effect: BftEffect<B>) => void;
  /** Highest view with a finalization. */
  #finalizedView = 0;
  #keptViews: number[];

  constructor(table: ViewTable<B>, emit: (effect: BftEffect<B>) => void) {
    this.#table = table;
    this.#emit = emit;
    this.#keptViews = [table.final.view];
  }

  get finalizedView(): number {
    return this.#finalizedView;
  }

  onFinalization(view: number): void {
    this.#finalizedView = Math.max(this.#finalizedView, view);
  }

  /** The final block was set from outside; nothing below it is of use. */
  restartAt(view: number): void {
    this.#keptViews = [view];
  }

  /** Has certified blocks executed and reports those that may be built upon. */
  checkCertified(): Trouble {
    for (const state of this.#table.states()) {
      if (state.view <= this.#table.final.view) continue;
      const certified = state.certifiedCandidate;
      if (certified === undefined || certified.announced) continue;
      if (certified.status === 'invalid') return 'a certified block is invalid here';
      if (certified.status === 'valid') this.#announce(state, certified);
      else for (const candidate of this.#table.chainTo(certified).chain) this.check(candidate);
    }
    return undefined;
  }

  /** Asks the host to execute the candidate, once, when the state after its parent is at hand. */
  check(candidate: Candidate<B>): void {
    if (candidate.status !== 'received' || !this.#table.isParentReady(candidate)) return;
    candidate.status = 'checking';
    this.#emit({ kind: 'checkBlock', view: candidate.proposal.view, block: candidate.block });
  }

  /** Makes final whatever can be. Whether anything was is seen in the table. */
  advance(): Trouble {
    if (this.#finalizedView <= this.#table.final.view) return undefined;
    const top = this.#table.find(this.#finalizedView);
    const certificate = top?.certificates.finalization;
    const candidate = top?.candidateOf(certificate?.blockHash);
    if (certificate === undefined || candidate === undefined) return undefined;
    const { chain, missing, fork } = this.#table.chainTo(candidate);
    if (fork) return 'a finalized block does not extend the final chain';
    if (missing !== undefined || chain[0]?.status !== 'valid') return undefined;
    for (const next of chain) {
      if (next.status !== 'valid') break;
      this.#finalize(next, certificate);
    }
    this.#forgetHistory();
    return undefined;
  }

  #announce(state: ViewState<B>, candidate: Candidate<B>): void {
    const certificate = state.certificates.notarization ?? state.certificates.finalization;
    assert(certificate !== undefined, 'a certified block has a certificate');
    candidate.announced = true;
    const { view } = state;
    this.#emit({ kind: 'blockNotarized', view, block: candidate.block, certificate });
  }

  #finalize(candidate: Candidate<B>, descendant: Certificate): void {
    const { block, proposal } = candidate;
    const { view } = proposal;
    const own = this.#table.find(view)?.certificates.finalization;
    const certificate = own !== undefined && sameHash(own.blockHash, block.hash) ? own : descendant;
    this.#emit({ kind: 'blockFinalized', view, block, certificate });
    candidate.status = 'final';
    const { hash, height, timestampMs } = block;
    this.#table.setFinal({ hash, height, timestampMs, view });
    this.#keptViews.push(view);
  }

  #forgetHistory(): void {
    const { final } = this.#table;
    for (const state of this.#table.states()) {
      if (state.view <= final.view) this.#abandonOthers(state);
    }
    const surplus = this.#keptViews.length - FINAL_BLOCKS_KEPT;
    if (surplus > 0) this.#keptViews.splice(0, surplus);
    this.#table.forgetBelow(this.#keptViews[0] as number);
    this.#emit({ kind: 'dropRecords', belowKey: keyOfView(final.view) });
  }

  #abandonOthers({ view, candidates }: ViewState<B>): void {
    for (let index = candidates.length - 1; index >= 0; index--) {
      const { status, block } = candidates[index] as Candidate<B>;
      if (status === 'final') continue;
      if (status === 'valid' || status === 'checking') {
        this.#emit({ kind: 'blockAbandoned', view, block });
      }
      candidates.splice(index, 1);
    }
  }
}
