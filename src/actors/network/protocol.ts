/**
 * Messages between the network actor and the actors that run chains. All of it may get lost:
 * consensus repeats itself, and blocks are asked for again. Members are indexes into the validators
 * of the genesis; the network actor vouches for them, not for the content.
 */

export const NETWORK_ACTOR = 'network';

/** Chain → network. */
export type ChainToNetwork =
  /** A consensus message in its own encoding, to one member or, without one, to all others. */
  | {
      readonly kind: 'sendBft';
      readonly chain: number;
      readonly to: number | null;
      readonly bytes: Uint8Array;
    }
  /** Stored blocks from this height on are wanted from anybody. */
  | { readonly kind: 'fetchBlocks'; readonly chain: number; readonly fromHeight: number }
  /** Transactions that a client of this node sent and the pool took. */
  | { readonly kind: 'gossip'; readonly transactions: readonly Uint8Array[] };

/** Network → chain. */
export type NetworkToChain =
  | { readonly kind: 'bft'; readonly from: number; readonly bytes: Uint8Array }
  /** Answer to `fetchBlocks`; it may be empty, and it may not come. */
  | { readonly kind: 'blocks'; readonly blocks: readonly Uint8Array[] };

/** BOUND: transactions of one gossip message, as many as the verifier takes at once. */
export const GOSSIP_TRANSACTIONS_MAX = 256;
/** BOUND: sum of their encodings; one alone always fits. */
export const GOSSIP_BYTES_MAX = 256 * 1024;
/** BOUND: blocks of one answer, in bytes; a larger block goes alone. */
export const FETCHED_BYTES_MAX = 1024 * 1024;
const ENVELOPE_BYTES_MAX = 64 * 1024;

/**
 * Largest message in either direction: a proposal or a stored block alone (consensus refuses payloads
 * above four times the bytes of a block), or such a block after a full answer.
 */
export function networkMessageBytesMax(blockBytesMax: number): number {
  return 5 * blockBytesMax + FETCHED_BYTES_MAX + ENVELOPE_BYTES_MAX;
}
