/** Messages that the rpc actor receives. What it sends is in the protocols of its peers. */

import type { ConsensusToRpc } from '#actors/consensus/protocol.ts';
import type { NetworkToRpc } from '#actors/network/protocol.ts';
import type { ShardToRpc } from '#actors/shard/protocol.ts';
import type { TransactionsRejected } from '#actors/verifier/protocol.ts';

export type RpcInbound = ShardToRpc | ConsensusToRpc | NetworkToRpc | TransactionsRejected;
