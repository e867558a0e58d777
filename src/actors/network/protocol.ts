/**
 * Messages between the network actor and the actors that run chains. All of it may get lost:
 * consensus repeats itself, and sync asks again. Validators are named by their keys, for which the
 * network actor vouches (not for what they say); connections by numbers that are never used again
 * while the actor lives.
 */

import type { SyncEvent } from '#core/sync/sync-events.ts';
import type { Offence } from '#io/net/peer-scores.ts';

export const NETWORK_ACTOR = 'network';

/** Chain → network. */
export type ChainToNetwork =
  /** A consensus message in its own encoding, to one validator or, without one, to all others. */
  | {
      readonly kind: 'sendBft';
      readonly chain: number;
      readonly to: Uint8Array | null;
      readonly bytes: Uint8Array;
    }
  /** Who agrees on the next blocks of the chain. Said now and then, for it may get lost. */
  | { readonly kind: 'group'; readonly chain: number; readonly members: readonly Uint8Array[] }
  | {
      readonly kind: 'wantHeaders';
      readonly chain: number;
      readonly peer: number;
      readonly request: number;
      readonly fromHeight: number;
    }
  | {
      readonly kind: 'wantBodies';
      readonly chain: number;
      readonly peer: number;
      readonly request: number;
      readonly fromHeight: number;
      readonly count: number;
    }
  | {
      readonly kind: 'wantCheckpoint';
      readonly peer: number;
      readonly request: number;
      readonly height: number;
    }
  /** To all peers but the one at connection `from`; 0: to all. */
  | { readonly kind: 'spreadCheckpointVote'; readonly from: number; readonly vote: Uint8Array }
  /** Something that counts against the peer at a connection, or against a validator. */
  | {
      readonly kind: 'report';
      readonly peer: number | Uint8Array;
      readonly offence: Offence;
      readonly reason: string;
    }
  /**
   * Transactions that the pool took: from a client of this node, or from the peer at connection
   * `from`. 0: from a client.
   */
  | {
      readonly kind: 'gossip';
      readonly from: number;
      readonly transactions: readonly Uint8Array[];
    };

/** Network → chain: votes and proposals of a validator, and what peers tell the sync of the chain. */
export type NetworkToChain =
  | { readonly kind: 'bft'; readonly from: Uint8Array; readonly bytes: Uint8Array }
  | Extract<SyncEvent, { readonly kind: 'peerHead' | 'peerGone' | 'headers' | 'bodies' }>;

/** Network → root chain: as well what candidates and peers say of its checkpoints. */
export type NetworkToRoot =
  | NetworkToChain
  /** A vote, from the peer at connection `from`. */
  | { readonly kind: 'checkpointVote'; readonly from: number; readonly vote: Uint8Array }
  | Extract<SyncEvent, { readonly kind: 'checkpoint' }>;

/** Network → rpc, for getNodeInfo. */
export type NetworkToRpc = {
  readonly kind: 'peerCount';
  readonly inbound: number;
  readonly outbound: number;
};

/**
 * Tags of transactions from peers are their connection numbers; those from validators begin here.
 * Validators send to all validators themselves, so what comes from them is not passed on.
 */
export const VALIDATOR_TAGS = 2 ** 31;

/** BOUND: transactions of one gossip message, as many as the verifier takes at once. */
export const GOSSIP_TRANSACTIONS_MAX = 256;
/** BOUND: sum of their encodings; one alone always fits. */
export const GOSSIP_BYTES_MAX = 256 * 1024;
/** BOUND: headers or bodies of one answer, in bytes; a larger one goes alone. */
export const FETCHED_BYTES_MAX = 1024 * 1024;
const ENVELOPE_BYTES_MAX = 64 * 1024;
/** BOUND: what nobody has asked for, from whoever is no validator. */
export const UNASKED_BYTES_MAX = GOSSIP_BYTES_MAX + ENVELOPE_BYTES_MAX;

/**
 * Largest message in either direction: a proposal or a stored block alone (consensus refuses payloads
 * above four times the bytes of a block), or such a block after a full answer.
 */
export function networkMessageBytesMax(blockBytesMax: number): number {
  return 5 * blockBytesMax + FETCHED_BYTES_MAX + ENVELOPE_BYTES_MAX;
}
