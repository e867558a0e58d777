/**
 * What consensus knows of a block: its place in the chain and its bytes. Everything else about it is
 * the business of the chain that runs this instance.
 */

export type Block = {
  /** 32 bytes that commit to everything below. */
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
  readonly height: number;
  /** Milliseconds since the Unix epoch; pacing and the sanity bound of block times look at it. */
  readonly timestampMs: number;
  /** The whole block (header and body) as it travels and is logged. */
  readonly payload: Uint8Array;
};

/** A block that is final: where an instance starts and what it builds upon. */
export type FinalBlock = Pick<Block, 'hash' | 'height' | 'timestampMs'> & {
  /** The view it was notarized in; 0 for the block that an epoch starts from. */
  readonly view: number;
};
