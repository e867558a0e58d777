/**
 * Who agrees on the blocks of one chain for one epoch, how many of them it takes, and what exactly
 * they sign (protocol.md §1.5, §2.3). The signed form separates network, kind of statement, chain
 * and epoch, so that no signature can be shown in another place than the one it was made for.
 */

import { sha256 } from '../crypto/hash.ts';
import { BinaryWriter } from './binary-writer.ts';

export type ValidatorGroup = {
  /** The network. */
  readonly chainId: number;
  /** Shard number, or ROOT_CHAIN. */
  readonly chain: number;
  /** Views start at 1 in each epoch; for the root chain this counts committees. */
  readonly epoch: number;
  /** Ed25519 keys in leader order; a member is named by its index here. 1 to 65,535 of them. */
  readonly members: readonly Uint8Array[];
};

/** Kinds of signed statements; the numbers stand in the signed bytes. */
const STATEMENT = { proposal: 1, notarize: 2, nullify: 3, finalize: 4, checkpoint: 5 } as const;

export type StatementKind = keyof typeof STATEMENT;

/**
 * Votes for a quorum among `memberCount`: n − ⌊(n−1)/3⌋, so that two quorums share an honest member
 * for every n. (2f+1 is too few unless n = 3f+1: 11 of 17 would fork.)
 */
export function quorumOf(memberCount: number): number {
  return memberCount - Math.floor((memberCount - 1) / 3);
}

/** Index of the member that leads a view; views count from 1. */
export function leaderOf(group: ValidatorGroup, view: number): number {
  return (view - 1) % group.members.length;
}

const DOMAIN = new TextEncoder().encode('IOST/sig/v1');

/** The 32 bytes that a member signs for a statement with this canonical body. */
export function statementDigest(
  group: Pick<ValidatorGroup, 'chainId' | 'chain' | 'epoch'>,
  kind: StatementKind,
  body: Uint8Array,
): Uint8Array {
  return sha256(
    new BinaryWriter(DOMAIN.length + 17 + body.length)
      .raw(DOMAIN)
      .i32(group.chainId)
      .u8(STATEMENT[kind])
      .i32(group.chain)
      .i64(group.epoch)
      .raw(body)
      .finish(),
  );
}

/** Body of notarize and finalize: the view and the block; of nullify: the view alone. */
export function voteBody(view: number, blockHash: Uint8Array | undefined): Uint8Array {
  const writer = new BinaryWriter(40).i64(view);
  return (blockHash === undefined ? writer : writer.raw(blockHash)).finish();
}
