/**
 * What a closing block says about the group that follows: keys in leader order, and the weight each
 * of them was elected with. The header commits to its hash, so whoever knows one group learns the next
 * from one finalization (protocol.md §2.3).
 */

import { taggedHash } from '../crypto/hash.ts';
import type { BinaryReader } from './binary-reader.ts';
import { decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import type { ValidatorGroup } from './validator-group.ts';

export type GroupMember = {
  /** Ed25519, 32 bytes. */
  readonly key: Uint8Array;
  /** Votes at the election, 0 or more. */
  readonly weight: bigint;
};

export type NextGroup = {
  readonly chainId: number;
  readonly chain: number;
  readonly epoch: number;
  /** In leader order; 1 to 65,535. */
  readonly members: readonly GroupMember[];
};

const KEY_BYTES = 32;
const MEMBER_BYTES = KEY_BYTES + 8;
const MEMBERS_MAX = 65_535;

export function encodeNextGroup(group: NextGroup): Uint8Array {
  return new BinaryWriter(20 + group.members.length * MEMBER_BYTES)
    .i32(group.chainId)
    .i32(group.chain)
    .i64(group.epoch)
    .list(group.members, (writer, { key, weight }) => writer.raw(key).i64(weight))
    .finish();
}

/** `undefined` unless the bytes are exactly one group in its only form. */
export function decodeNextGroup(bytes: Uint8Array): NextGroup | undefined {
  return decodeWith(bytes, readNextGroup);
}

/** The `nextGroupHash` of a header. */
export function nextGroupHash(encoded: Uint8Array): Uint8Array {
  return taggedHash('IOST/group/v1', encoded);
}

export function asGroup({ chainId, chain, epoch, members }: NextGroup): ValidatorGroup {
  return { chainId, chain, epoch, members: members.map(({ key }) => key) };
}

function readNextGroup(reader: BinaryReader): NextGroup {
  const group = {
    chainId: reader.i32(),
    chain: reader.i32(),
    epoch: reader.safeInteger(),
    members: reader.list(MEMBER_BYTES, (source) => ({
      key: source.raw(KEY_BYTES),
      weight: source.i64(),
    })),
  };
  const { length } = group.members;
  return length === 0 || length > MEMBERS_MAX ? reader.malformed('a group has members') : group;
}
