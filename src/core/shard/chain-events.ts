/** What a chain is told. Time comes with every event: `handle(event, nowMs)`. */

import type { BftMessage } from '../bft/messages.ts';
import type { Crosslink, InboundBatch } from '../chain/block.ts';
import type { FetchedBlock } from './fetched-blocks.ts';

/** Whom to answer about a submitted transaction: the actor it came through and its tag there. */
export type Origin = { readonly actor: string; readonly tag: number };

export type VerifiedTransaction = {
  readonly id: Uint8Array;
  /** Full encoding; its signatures are known to be good. */
  readonly bytes: Uint8Array;
  readonly origin: Origin;
};

export type ChainEvent =
  /** Once, first. */
  | { readonly kind: 'started' }
  | {
      readonly kind: 'transactionsVerified';
      readonly transactions: readonly VerifiedTransaction[];
      /** All are known to be sound (ledger/admission.ts); of others it is found out here. */
      readonly sound: boolean;
    }
  /** From another chain, by way of any relay. */
  | { readonly kind: 'batchArrived'; readonly batch: InboundBatch }
  /** `chain` has consumed our messages below `nextSeq`; it may ask for all that follow again. */
  | {
      readonly kind: 'cursorReported';
      readonly chain: number;
      readonly nextSeq: number;
      readonly resend: boolean;
      /** From shards: newest epoch of the root chain whose committee they know. */
      readonly rootEpoch: number;
    }
  /** Shards: an encoded step of the root chain to its next committee. */
  | { readonly kind: 'handoverOffered'; readonly handover: Uint8Array }
  /** Root only: a newer final block of a shard. `fromHeight` is not looked at. */
  | { readonly kind: 'crosslinkOffered'; readonly crosslink: Crosslink }
  /** Root only: encoded evidence that a chain of this node has found. */
  | { readonly kind: 'evidenceOffered'; readonly evidence: Uint8Array }
  /** Root only: an encoded vote for a checkpoint, from the peer with this number. */
  | { readonly kind: 'checkpointVoteOffered'; readonly vote: Uint8Array; readonly from: number }
  /** The relay to a chain lost what was on its way: say again what it needs to know. */
  | { readonly kind: 'peerRestarted'; readonly chain: number }
  /** Shards: the newest final root height. */
  | { readonly kind: 'rootAdvanced'; readonly height: number }
  /** The block of this height is on disk. */
  | { readonly kind: 'blockPersisted'; readonly height: number }
  | { readonly kind: 'votesPersisted'; readonly token: number }
  /** The transport vouches for the key of the sender, not for the content. */
  | { readonly kind: 'messageReceived'; readonly from: Uint8Array; readonly message: BftMessage }
  /** Blocks that sync has proven, in order (core/sync). */
  | { readonly kind: 'blocksFetched'; readonly blocks: readonly FetchedBlock[] }
  | { readonly kind: 'timerFired'; readonly timer: ChainTimer };

/** `bft` belongs to consensus, `pace` to the proposer, `begin` to asking whether an epoch has begun. */
export type ChainTimer = 'bft' | 'pace' | 'begin';
