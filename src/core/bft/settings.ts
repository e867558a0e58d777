/**
 * What an instance is made of: its group, its place in it, what it starts from, and the functions it
 * may call. All of them are synchronous and pure but for the signer, which must be deterministic.
 */

import type { VerifySignature } from '#core/chain/certificate.ts';
import type { ValidatorGroup } from '#core/chain/validator-group.ts';
import type { Block, FinalBlock } from './block.ts';
import type { LogRecord } from './effects.ts';

/** Estimate of the largest network delay, in milliseconds (protocol.md §2.3, Δ control). */
export type DeltaSettings = {
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
};

/** The published defaults. */
export const DEFAULT_DELTA: DeltaSettings = { initialMs: 500, minMs: 150, maxMs: 8000 };

export type BftPorts<B extends Block> = {
  /** Ed25519 over the given 32 bytes, with the key of `member`. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly verify: VerifySignature;
  /**
   * Reads a payload from a peer and computes its hash; `undefined` if it is not a block of this
   * chain. What it returns comes back in effects, so it may carry the decoded content along.
   */
  readonly readBlock: (payload: Uint8Array) => B | undefined;
};

export type BftSettings<B extends Block> = {
  readonly group: ValidatorGroup;
  /** Our index in the group. */
  readonly member: number;
  /**
   * False for a member whose log is lost: it follows the chain but signs nothing until the next
   * epoch, for it might repeat itself differently.
   */
  readonly mayVote: boolean;
  /** Newest block that is final and stored. */
  readonly final: FinalBlock;
  /** What the log of this epoch holds, in any order; empty at first start. */
  readonly records: readonly LogRecord[];
  readonly blockIntervalMs: number;
  readonly delta: DeltaSettings;
  /** Proposals with a longer payload are refused. */
  readonly payloadBytesMax: number;
  readonly ports: BftPorts<B>;
};
