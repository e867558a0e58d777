/**
 * Answers to `Fetch`: the certificates and bodies a peer lacks, as far as we have them and as far as
 * one reply may go. With a body go its ancestors, because whoever lacks one tends to lack more.
 */

import type { Certificate } from '#core/chain/certificate.ts';
import type { Block } from './block.ts';
import type { Fetch, Proposal, Want } from './messages.ts';
import type { ViewTable } from './view-table.ts';

/** Payload bytes after which a reply is closed (it may exceed them by one block). */
const REPLY_PAYLOAD_BYTES = 1_048_576;
export const REPLY_PROPOSALS_MAX = 16;
/** Two per want, and our newest finalization. */
export const REPLY_CERTIFICATES_MAX = 129;

export type FetchAnswer = {
  readonly certificates: readonly Certificate[];
  readonly proposals: readonly Proposal[];
  readonly payloadBytes: number;
};

export function answerFetch<B extends Block>(table: ViewTable<B>, fetch: Fetch): FetchAnswer {
  const certificates = new Set<Certificate>();
  const newest = table.find(table.final.view)?.certificates.finalization;
  if (newest !== undefined && newest.view > fetch.finalView) certificates.add(newest);
  const bodies = new BodyList(table, fetch.finalView);
  for (const want of fetch.wants) {
    if (want.what === 'body') bodies.addWithAncestors(want.view);
    else addCertificates(table, want, certificates);
  }
  return {
    certificates: [...certificates],
    proposals: bodies.proposals,
    payloadBytes: bodies.payloadBytes,
  };
}

function addCertificates<B extends Block>(
  table: ViewTable<B>,
  want: Want,
  into: Set<Certificate>,
): void {
  const known = table.find(want.view)?.certificates;
  // A finalization says more than a notarization, and is all there may be after a jump.
  const certificate =
    want.what === 'nullification'
      ? known?.nullification
      : (known?.notarization ?? known?.finalization);
  if (certificate !== undefined) into.add(certificate);
}

class BodyList<B extends Block> {
  readonly proposals: Proposal[] = [];
  payloadBytes = 0;
  readonly #table: ViewTable<B>;
  readonly #aboveView: number;

  constructor(table: ViewTable<B>, aboveView: number) {
    this.#table = table;
    this.#aboveView = aboveView;
  }

  addWithAncestors(view: number): void {
    const state = this.#table.find(view);
    let candidate = state?.certifiedCandidate ?? state?.candidates[0];
    while (candidate !== undefined && this.#hasRoom) {
      const { proposal } = candidate;
      if (this.proposals.includes(proposal)) return;
      this.proposals.push(proposal);
      this.payloadBytes += proposal.payload.length;
      if (proposal.parentView <= this.#aboveView) return;
      candidate = this.#table.find(proposal.parentView)?.candidateOf(proposal.parentHash);
    }
  }

  get #hasRoom(): boolean {
    return this.proposals.length < REPLY_PROPOSALS_MAX && this.payloadBytes < REPLY_PAYLOAD_BYTES;
  }
}
