/**
 * Gas of what the host does (spec go-iost §5.10), in gas. Prices are part of the protocol: existing
 * clients set gas limits by them.
 */

/** A byte that goes into the block (transaction, receipt, return value). */
export const GAS_PER_NET_BYTE = 10;

export const COST = {
  javascriptFrame: 30_000,
  put: 300,
  get: 300,
  delete: 300,
  keys: 300,
  context: 10,
  /** A byte of `blockchain.event`. */
  eventByte: 1,
  /** "Common operation", per unit. */
  operation: 10,
} as const;
