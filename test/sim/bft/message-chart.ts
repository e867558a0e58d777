/** The last things that reached the members of a simulated group, for whoever reads a failure. */

import type { BftMessage } from '#core/bft/messages.ts';
import { hexOf } from '#core/crypto/hex.ts';

const LINES_MAX = 60;
const ID_CHARS = 8;

type Entry = {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly message: BftMessage | string;
};

export class MessageChart {
  #entries: Entry[] = [];

  /** Kept as it is; put into words only when a run has failed. */
  add(atMs: number, from: number, to: number, message: BftMessage | string): void {
    this.#entries.push({ atMs, from, to, message });
    if (this.#entries.length > 8 * LINES_MAX) this.#entries = this.#entries.slice(-LINES_MAX);
  }

  lines(): readonly string[] {
    return this.#entries.slice(-LINES_MAX).map(({ atMs, from, to, message }) => {
      const way = from === to ? `node ${to}` : `node ${from} → ${to}`;
      return `${`${atMs} ms`.padStart(9)}  ${way.padEnd(14)} ${inWords(message)}`;
    });
  }
}

function inWords(message: BftMessage | string): string {
  if (typeof message === 'string') return message;
  switch (message.kind) {
    case 'proposal': {
      const { view, height, blockHash, parentView } = message;
      return `propose ${shortId(blockHash)} at ${height} in view ${view} on view ${parentView}`;
    }
    case 'certificate': {
      const { kind, view, blockHash } = message.certificate;
      return `${kind} of view ${view}${blockHash === undefined ? '' : ` ${shortId(blockHash)}`}`;
    }
    case 'fetch':
      return `fetch ${message.wants.map(({ view, what }) => `${what} ${view}`).join(', ')}`;
    case 'fetchReply':
      return `reply with ${message.certificates.length} certificates, ${message.proposals.length} proposals`;
    case 'evidence':
      return `evidence of ${message.evidence.length} bytes`;
    default: {
      const { kind, view, blockHash, member } = message;
      return `${kind} view ${view}${blockHash === undefined ? '' : ` ${shortId(blockHash)}`} by ${member}`;
    }
  }
}

function shortId(id: Uint8Array): string {
  return hexOf(id).slice(0, ID_CHARS);
}
