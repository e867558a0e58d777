/**
 * What members of a group send each other (protocol.md §2.3). Votes and proposals are signed by
 * their author and may be passed on by anybody; certificates speak for themselves; fetches are
 * neither signed nor trusted.
 */

import type { Certificate } from '#core/chain/certificate.ts';

/** The leader's block of a view. The signature covers everything but the payload, which `blockHash` binds. */
export type Proposal = {
  readonly kind: 'proposal';
  readonly chain: number;
  readonly epoch: number;
  readonly view: number;
  /** View in which the parent was notarized, 0 for the block the epoch starts from. */
  readonly parentView: number;
  readonly parentHash: Uint8Array;
  readonly height: number;
  readonly blockHash: Uint8Array;
  readonly payload: Uint8Array;
  /** Of the leader of the view, 64 bytes. */
  readonly signature: Uint8Array;
};

export type VoteKind = 'notarize' | 'nullify' | 'finalize';

export type Vote = {
  readonly kind: VoteKind;
  readonly chain: number;
  readonly epoch: number;
  readonly view: number;
  /** 32 bytes; absent in a nullify vote, and only there. */
  readonly blockHash: Uint8Array | undefined;
  /** Index of the author. */
  readonly member: number;
  readonly signature: Uint8Array;
};

type CertificateMessage = {
  readonly kind: 'certificate';
  readonly certificate: Certificate;
};

export type WantedThing = 'notarization' | 'nullification' | 'body';

export type Want = { readonly view: number; readonly what: WantedThing };

export type Fetch = {
  readonly kind: 'fetch';
  readonly chain: number;
  readonly epoch: number;
  /** Newest final view of the asker: a peer that is further answers with its finalization too. */
  readonly finalView: number;
  /** At most `FETCH_WANTS_MAX`. */
  readonly wants: readonly Want[];
};

export type FetchReply = {
  readonly kind: 'fetchReply';
  readonly chain: number;
  readonly epoch: number;
  readonly certificates: readonly Certificate[];
  readonly proposals: readonly Proposal[];
};

/** Passed on among the validators of the root chain, whatever chain it is about. */
export type EvidenceMessage = {
  readonly kind: 'evidence';
  readonly chain: number;
  readonly epoch: number;
  /** Encoded by `evidence-codec.ts`. */
  readonly evidence: Uint8Array;
};

export type BftMessage =
  | Proposal
  | Vote
  | CertificateMessage
  | Fetch
  | FetchReply
  | EvidenceMessage;

export const FETCH_WANTS_MAX = 64;
