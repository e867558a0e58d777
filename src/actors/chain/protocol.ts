/**
 * What the actors that run chains (shards, consensus) say to each other. Every chain sends `batch`
 * and `cursor` to every other; shards send `crosslink` to the root, which answers `rootAdvanced`,
 * and `handover` once per period.
 * Batches and crosslinks carry their own proofs: nothing is believed because of who passed it on.
 */

import type { Crosslink, InboundBatch } from '#core/chain/block.ts';

export type ChainToChain =
  | { readonly kind: 'batch'; readonly batch: InboundBatch }
  /** `chain` has consumed everything below `nextSeq`; with `resend` it wants all that follows. */
  | {
      readonly kind: 'cursor';
      readonly chain: number;
      readonly nextSeq: number;
      readonly resend: boolean;
      /** From shards: newest epoch of the root chain whose committee they know. */
      readonly rootEpoch: number;
    };

export type ShardToRoot =
  | ChainToChain
  | { readonly kind: 'crosslink'; readonly crosslink: Crosslink }
  /** Encoded proof that a validator of the shard broke the rules. */
  | { readonly kind: 'evidence'; readonly evidence: Uint8Array };

export type RootToShard =
  | ChainToChain
  | { readonly kind: 'rootAdvanced'; readonly height: number }
  /** An encoded step to the next committee, with its proof. */
  | { readonly kind: 'handover'; readonly handover: Uint8Array }
  /** A transaction that this node has made and signed itself. */
  | { readonly kind: 'ownTransaction'; readonly id: Uint8Array; readonly bytes: Uint8Array };

/** Around the content of any of these messages. */
export const CHAIN_ENVELOPE_BYTES_MAX = 64 * 1024;

export const CONSENSUS_ACTOR = 'consensus';
export const STORAGE_ACTOR = 'storage';
export const RPC_ACTOR = 'rpc';

export function shardActor(shard: number): string {
  return `shard-${shard}`;
}
