/** What a thread needs to run its chain. Plain data: it crosses into the worker by copy. */

import type { DeltaSettings } from '#core/bft/settings.ts';
import type { MempoolLimits } from '#core/mempool/mempool.ts';
import type { PobPolicy } from '#core/pob/policy.ts';
import type { BlockLimits } from '#core/shard/chain-settings.ts';
import type { ChannelWindow } from '#core/shard/outbox-window.ts';

export type ChainOptions = {
  readonly chain: number;
  readonly shards: number;
  readonly chainId: number;
  readonly dataDir: string;
  /** Ed25519 keys of the witnesses of the genesis: the first group of every chain, in leader order. */
  readonly validators: readonly Uint8Array[];
  readonly policy: PobPolicy;
  /** Seed of the key this node signs blocks with. */
  readonly seed: Uint8Array;
  readonly limits: BlockLimits;
  readonly mempool: MempoolLimits;
  readonly window: ChannelWindow;
  readonly delta: DeltaSettings;
  readonly cachedValues: number;
  /** Whether what contracts write to their console is kept. */
  readonly contractConsole: boolean;
  /** Wall-clock time that a contract may run while a block is packed, in ms. */
  readonly packingLimitMs: number;
};
