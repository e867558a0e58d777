/**
 * The first header of each chain. It names the network's beginning as its parent, so that the chains
 * of two networks with different genesis never share a hash, whatever their state trees say.
 */

import { type BlockHeader, ZERO_HASH } from '../../chain/block.ts';
import { merkleRoot } from '../../crypto/merkle.ts';
import type { Genesis } from './genesis-config.ts';

export type GenesisHeaderInput = {
  readonly genesis: Genesis;
  /** Of `buildGenesis`. */
  readonly digest: Uint8Array;
  readonly chainId: number;
  readonly chain: number;
  /** Commitments to this chain's state and to an empty block, by those who define them. */
  readonly stateRoot: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly inboxRoot: Uint8Array;
  readonly outboxRoot: Uint8Array;
};

export function genesisHeader(input: GenesisHeaderInput): BlockHeader {
  const nothing = merkleRoot([]);
  return {
    chainId: input.chainId,
    chain: input.chain,
    height: 0,
    view: 0,
    parentHash: input.digest,
    timestamp: input.genesis.initialTimestamp,
    proposer: ZERO_HASH,
    rootHeight: 0,
    stateRoot: input.stateRoot,
    transactionsRoot: nothing,
    receiptsRoot: nothing,
    outboxRoot: input.outboxRoot,
    inboxRoot: input.inboxRoot,
    nextGroupHash: ZERO_HASH,
    bodyHash: input.bodyHash,
    gasUsed: 0n,
  };
}
