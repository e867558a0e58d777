/** Messages of the consensus actor with the rpc actor. */

/** consensus → rpc: a root block is final and flushed. */
export type ConsensusToRpc = {
  readonly kind: 'rootBlockFinal';
  readonly height: number;
  readonly timestamp: bigint;
  readonly crosslinks: readonly { readonly chain: number; readonly toHeight: number }[];
};
