/**
 * What a BFT instance asks of its host. Effects are carried out in the order given; those that are
 * answered (build, check, persist) are answered by events, at any later time.
 */

import type { Certificate } from '#core/chain/certificate.ts';
import type { Block, FinalBlock } from './block.ts';
import type { Evidence } from './evidence.ts';
import type { BftMessage } from './messages.ts';

/** A durable record. A later one under the same key replaces the earlier; keys sort by view. */
export type LogRecord = { readonly key: string; readonly value: Uint8Array };

export type BftEffect<B extends Block> =
  /**
   * We lead this view: answer with `proposalBuilt`, not before `notBeforeMs` (parent's time plus
   * the block interval). A later request replaces an unanswered one.
   */
  | {
      readonly kind: 'buildProposal';
      readonly view: number;
      readonly parent: FinalBlock;
      readonly notBeforeMs: number;
    }
  /**
   * Execute the block on its parent and answer with `blockChecked`. The parent is final, or was
   * built by us, or was checked before with the answer valid. Height, parent hash and time are
   * already compared with the parent's.
   */
  | { readonly kind: 'checkBlock'; readonly view: number; readonly block: B }
  /** Make the records durable together, in the order of the tokens; answer with `persisted`. */
  | { readonly kind: 'persist'; readonly token: number; readonly records: readonly LogRecord[] }
  /**
   * Records whose key sorts below this one are not needed once the blocks finalized earlier in the
   * order of effects are durably stored: delete them after those, never before.
   */
  | { readonly kind: 'dropRecords'; readonly belowKey: string }
  /** To all other members. Never emitted in a group of one. */
  | { readonly kind: 'broadcast'; readonly message: BftMessage }
  | { readonly kind: 'sendTo'; readonly member: number; readonly message: BftMessage }
  /** One timer per instance: replaces the one before. */
  | { readonly kind: 'setTimer'; readonly atMs: number }
  /** A quorum accepted the block in this view and it is valid here: it may be built upon. */
  | {
      readonly kind: 'blockNotarized';
      readonly view: number;
      readonly block: B;
      readonly certificate: Certificate;
    }
  /**
   * Never to be undone. In order of height, without gaps; each block was built here or checked
   * with the answer valid. `certificate` is the block's own finalization where there is one;
   * otherwise its notarization, and the next block with a finalization proves it by its ancestry.
   */
  | {
      readonly kind: 'blockFinalized';
      readonly view: number;
      readonly block: B;
      readonly certificate: Certificate;
    }
  /** A block built or checked here can never become final: its execution and its hold can go. */
  | { readonly kind: 'blockAbandoned'; readonly view: number; readonly block: B }
  /** Proof that a member broke the rules (protocol.md §13, E3 and E5). Each case once. */
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** A member sent something no honest member sends, without being provable to others. */
  | { readonly kind: 'misbehaviour'; readonly member: number; readonly reason: string }
  /**
   * The chain is final further on than peers of this instance still have in memory: fetch the
   * blocks from storage of others up to the certificate's, then report `caughtUp`.
   */
  | { readonly kind: 'behind'; readonly certificate: Certificate }
  /**
   * More members are faulty than the protocol bears (a certified block is invalid here, or two
   * final chains). The instance does nothing from now on; a person must look.
   */
  | { readonly kind: 'halted'; readonly reason: string };
