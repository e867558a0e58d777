/** The first commit of every chain: its part of the genesis state and the block that seals it. */

import { inboxRoot, outboxRoot } from '../atomix/channel.ts';
import {
  blockHash,
  bodyHash,
  EMPTY_BODY,
  encodeBody,
  encodeHeader,
  encodeResults,
  encodeStoredBlock,
} from '../chain/block.ts';
import type { ShardMap } from '../eds/shard-map.ts';
import type { ContractRegistry } from '../ledger/contract-registry.ts';
import { buildGenesis } from '../ledger/genesis/build-genesis.ts';
import { genesisHeader } from '../ledger/genesis/genesis-block.ts';
import type { Genesis } from '../ledger/genesis/genesis-config.ts';
import { StateTree } from '../msb/state-tree.ts';
import type { ChainCommit } from './commit.ts';
import { storedChanges } from './executed-block.ts';

const NO_BODY = encodeBody(EMPTY_BODY);
const NOTHING = new Uint8Array(0);

export type NetworkStart = {
  readonly genesis: Genesis;
  readonly contracts: ContractRegistry;
  readonly shards: ShardMap;
  readonly chainId: number;
};

/** One commit of height 0 per chain, ascending by chain. */
export function genesisCommits(start: NetworkStart): readonly ChainCommit[] {
  const { chains, digest } = buildGenesis(start.genesis, start.contracts, start.shards);
  return [...chains]
    .sort(([left], [right]) => left - right)
    .map(([chain, state]) => {
      const changes = storedChanges(state);
      const tree = new StateTree();
      tree.updateState(changes);
      const header = encodeHeader(
        genesisHeader({
          genesis: start.genesis,
          digest,
          chainId: start.chainId,
          chain,
          stateRoot: tree.root(),
          bodyHash: bodyHash(NO_BODY),
          inboxRoot: inboxRoot([]),
          outboxRoot: outboxRoot([]),
        }),
      );
      const block = { header, certificate: NOTHING, body: NO_BODY, outbox: [] };
      return {
        chain,
        height: 0,
        hash: blockHash(header),
        block: encodeStoredBlock(block),
        receipts: encodeResults([]),
        changes,
        transactionIds: NOTHING,
      };
    });
}
