/**
 * A thread of the verification pool. It refuses to start on a machine whose signature library does
 * not follow the rule, and then does one thing.
 */

import { workerData } from 'piscina';
import { selfTestSignatures } from '#core/crypto/signature-self-test.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { VerificationSlot } from './verification-slot.ts';
import { verifyBatch } from './verify-batch.ts';

export type PoolThreadData = {
  readonly slots: readonly SharedArrayBuffer[];
  readonly chainId: number;
  readonly shards: number;
};

selfTestSignatures();

const data = workerData as PoolThreadData;
const slots = data.slots.map((buffer) => new VerificationSlot(buffer));
const network = { chainId: data.chainId, shards: ShardMap.balanced(data.shards) };

/** Called by the pool with the number of a slot. */
export function verifySlot(index: number): void {
  verifyBatch(slots[index] as VerificationSlot, network);
}
