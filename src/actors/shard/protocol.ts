/** Messages of the shard actor with the rpc actor. Ids are concatenated 32-byte transaction ids. */

import type { BlockEmission } from '#core/shard/block-emissions.ts';

/** rpc → shard. */
export type RpcToShard = {
  readonly kind: 'findPending';
  readonly requestId: number;
  readonly id: Uint8Array;
};

/** shard → rpc. */
export type ShardToRpc =
  /** The answer to transactions that rpc had sent through the verifier; `tags` are rpc's own. */
  | {
      readonly kind: 'transactionsAdmitted';
      readonly tags: readonly number[];
      readonly ids: Uint8Array;
      readonly rejected: readonly {
        readonly tag: number;
        readonly code: string;
        readonly message: string;
      }[];
    }
  /** A block of this shard is final and flushed. `ids` are those with a result in it. */
  | {
      readonly kind: 'blockFinal';
      readonly chain: number;
      readonly height: number;
      readonly timestamp: bigint;
      readonly ids: Uint8Array;
      /** Positions of those that go on elsewhere. */
      readonly unfinished: readonly number[];
    }
  /** What contracts said in a final block; comes before its `blockFinal`. */
  | {
      readonly kind: 'contractOutput';
      readonly chain: number;
      readonly height: number;
      readonly timestamp: bigint;
      readonly entries: readonly BlockEmission[];
    }
  /** `transaction` is the full encoding, or empty where the id is unknown. */
  | {
      readonly kind: 'pendingFound';
      readonly requestId: number;
      readonly transaction: Uint8Array;
    }
  | { readonly kind: 'poolSize'; readonly chain: number; readonly transactions: number };
