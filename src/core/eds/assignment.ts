/**
 * Which validators serve which shard (protocol.md §5.3). The first epoch deals everybody out by one
 * permutation drawn from public randomness; later epochs swap only a part (TransEpoch, §6.2), with
 * the two seeds named here.
 */

import { epochSeed, permutation, shardSeed } from './drbg.ts';

/** The validators of each shard, as indexes into the bonded identities sorted by id. */
export function assignValidators(
  randomness: Uint8Array,
  epoch: bigint,
  validators: number,
  shards: number,
): readonly (readonly number[])[] {
  const order = permutation(epochSeed('IOST/epoch/assign/v1', randomness, epoch), validators);
  return Array.from({ length: shards }, (_, shard) =>
    order.slice(cut(shard, validators, shards), cut(shard + 1, validators, shards)),
  );
}

/** In which order the members of a shard leave it. */
export function leaveOrder(
  randomness: Uint8Array,
  epoch: bigint,
  shard: number,
  members: number,
): readonly number[] {
  return permutation(shardSeed('IOST/epoch/shard/v1', randomness, epoch, shard), members);
}

/** In which order leavers and newcomers are dealt to the open seats. */
export function pendingOrder(
  randomness: Uint8Array,
  epoch: bigint,
  candidates: number,
): readonly number[] {
  return permutation(epochSeed('IOST/epoch/pend/v1', randomness, epoch), candidates);
}

/** Where bucket `shard` starts: sizes differ by one at most. */
function cut(shard: number, validators: number, shards: number): number {
  return Math.floor((shard * validators) / shards);
}
