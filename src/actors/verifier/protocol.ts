/**
 * Messages of the verifier actor. Whoever takes transactions in (rpc, later network) sends them here
 * as full encodings with a tag of its own choosing; the good ones go on to the shard of their
 * publisher together with the name of the origin, which the shard answers; the bad ones come back.
 * So every transaction is answered exactly once, by the verifier or by a shard, unless one restarts.
 */

/** BOUND: transactions in one message, in either direction. */
export const VERIFY_BATCH_TRANSACTIONS_MAX = 256;
/** BOUND: sum of their encodings in bytes; one transaction alone always fits. */
export const VERIFY_BATCH_BYTES_MAX = 256 * 1024;

// Tag, length prefixes and id of each transaction, and the names of the fields once.
const ENVELOPE_BYTES_MAX = VERIFY_BATCH_TRANSACTIONS_MAX * 48 + 256;
export const VERIFIER_INBOUND_BYTES_MAX = VERIFY_BATCH_BYTES_MAX + ENVELOPE_BYTES_MAX;
/** Code, message and tag of each rejected transaction. */
export const REJECTED_BYTES_MAX = VERIFY_BATCH_TRANSACTIONS_MAX * 160 + 256;

/** origin → verifier, priority `work`. Within the two bounds above; never empty. */
export type VerifyTransactions = {
  readonly kind: 'verifyTransactions';
  /** One u32 per transaction, repeated in its answer. */
  readonly tags: readonly number[];
  readonly transactions: readonly Uint8Array[];
};

export type VerifierInbound = VerifyTransactions;

/** verifier → shard, priority `work`: decodable and every signature valid. */
export type TransactionsVerified = {
  readonly kind: 'transactionsVerified';
  /** Actor to answer with `tags`, such as `rpc`. */
  readonly origin: string;
  readonly tags: readonly number[];
  /** Full encodings, all with a publisher of the receiving shard. */
  readonly transactions: readonly Uint8Array[];
  /** Transaction ids (SHA3-256 of the encodings), 32 bytes each, in the same order. */
  readonly ids: Uint8Array;
  /** All are sound, so the shard need not decode them to take them in; or none is. */
  readonly sound: boolean;
};

export type RejectedTag = {
  readonly tag: number;
  readonly code: string;
  /** The text IOST clients know. */
  readonly message: string;
};

/** verifier → origin, priority `reply`. */
export type TransactionsRejected = {
  readonly kind: 'transactionsRejected';
  readonly rejected: readonly RejectedTag[];
};
