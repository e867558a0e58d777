/**
 * What the sync of one chain is told and what it asks for. Peers are numbers that its host gives to
 * connections; a number is never used again. Requests may get lost in either direction.
 */

import type { FetchedBlock } from '../shard/fetched-blocks.ts';

export type SyncEvent =
  /** The peer says that its newest block has this height; `UNTOLD` right after it was connected. */
  | { readonly kind: 'peerHead'; readonly peer: number; readonly height: number }
  | { readonly kind: 'peerGone'; readonly peer: number }
  | {
      readonly kind: 'headers';
      readonly peer: number;
      readonly request: number;
      /** Encoded headers in order, and one encoded proof of finality for each. */
      readonly headers: readonly Uint8Array[];
      readonly proofs: readonly Uint8Array[];
    }
  | {
      readonly kind: 'bodies';
      readonly peer: number;
      readonly request: number;
      /** Encoded bodies in order. */
      readonly bodies: readonly Uint8Array[];
    }
  /** Answer to `wantCheckpoint`; without a certificate, the peer has none. */
  | {
      readonly kind: 'checkpoint';
      readonly peer: number;
      readonly request: number;
      /** Encoded. */
      readonly certificate: Uint8Array | undefined;
    }
  /** Consensus cannot go on by itself: others are further than it can follow. */
  | { readonly kind: 'behind' }
  /** A block of the chain was flushed. */
  | { readonly kind: 'flushed' }
  | { readonly kind: 'timerFired' };

export type SyncEffect =
  | {
      readonly kind: 'wantHeaders';
      readonly peer: number;
      readonly request: number;
      readonly fromHeight: number;
    }
  | {
      readonly kind: 'wantBodies';
      readonly peer: number;
      readonly request: number;
      readonly fromHeight: number;
      readonly count: number;
    }
  /** The certificate by which candidates stand by the closing block of this height. */
  | {
      readonly kind: 'wantCheckpoint';
      readonly peer: number;
      readonly request: number;
      readonly height: number;
    }
  /** Proven blocks that follow the newest final one; the last has a finalization of its own. */
  | { readonly kind: 'deliver'; readonly blocks: readonly FetchedBlock[] }
  /** `junk`: what it sent does not verify. `silence`: it did not answer in time. */
  | {
      readonly kind: 'report';
      readonly peer: number;
      readonly offence: 'junk' | 'silence';
      readonly reason: string;
    }
  /** One timer: replaces the one before. */
  | { readonly kind: 'setTimer'; readonly atMs: number };
