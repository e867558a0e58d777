/** What the rpc actor's thread needs. Plain data: it crosses into the worker by copy. */

import type { RpcOptions } from '#io/rpc/rpc-options.ts';
import type { NetworkIdentity } from '#io/rpc/rpc-ports.ts';

export type RpcActorOptions = {
  readonly rpc: RpcOptions;
  readonly network: NetworkIdentity;
  readonly dataDir: string;
  readonly shards: number;
  /** Whether shards say what contracts write to their console. */
  readonly contractConsole: boolean;
  /** What getNodeInfo shows as the id of the node. */
  readonly nodeId: string;
};
