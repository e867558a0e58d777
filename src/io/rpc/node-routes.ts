/** Endpoints about the node and the chain as a whole. */

import { base58Encode } from '#core/crypto/base58.ts';
import { checkpointView } from '#core/ledger/views/checkpoint-view.ts';
import { committeeView } from '#core/ledger/views/committee-view.ts';
import { chainInfoResponse, nodeInfoResponse } from './messages.ts';
import type { Api, Route } from './route.ts';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

export const NODE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/getNodeInfo', cost: 1, answer: getNodeInfo },
  { method: 'GET', path: '/getChainInfo', cost: 1, answer: getChainInfo },
];

function getNodeInfo({ ports }: Api): string {
  const status = ports.status();
  return nodeInfoResponse({
    build_time: ports.network.buildTime,
    git_hash: ports.network.gitHash,
    mode: status.mode,
    network: {
      id: status.networkId,
      peer_count: status.inboundPeers + status.outboundPeers,
      peer_count_inbound: status.inboundPeers,
      peer_count_outbound: status.outboundPeers,
    },
    code_version: ports.network.codeVersion,
    server_time: BigInt(ports.nowMs()) * NANOSECONDS_PER_MILLISECOND,
    tx_pool_size: status.poolTransactions,
  });
}

/**
 * The level `checkpointed` is that of blocks, and with them of transactions, up to `checkpoint_block`.
 * Final blocks cannot be undone, so head and last irreversible block are the same one, and so are the
 * committees: the one that a closing block elects makes the very next block.
 */
function getChainInfo({ ports, blocks, state }: Api): string {
  const head = blocks.head();
  const hash = base58Encode(head.hash);
  const witnesses = committeeView(state);
  return chainInfoResponse({
    net_name: ports.network.name,
    protocol_version: ports.network.protocolVersion,
    chain_id: ports.network.chainId,
    head_block: head.height,
    head_block_hash: hash,
    lib_block: head.height,
    lib_block_hash: hash,
    witness_list: witnesses,
    lib_witness_list: witnesses,
    pending_witness_list: witnesses,
    head_block_time: head.header.timestamp,
    lib_block_time: head.header.timestamp,
    checkpoint_block: checkpointView(state),
  });
}
