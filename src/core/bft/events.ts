/**
 * What the host tells a BFT instance. Time comes with every event (`handle(event, nowMs)`).
 */

import type { Certificate } from '#core/chain/certificate.ts';
import type { Block, FinalBlock } from './block.ts';
import type { BftMessage } from './messages.ts';

export type BftEvent<B extends Block> =
  /** Once, first. The instance answers with what its log and its view demand. */
  | { readonly kind: 'started' }
  /** Answer to `buildProposal` of that view, when pacing allows. Must extend the given parent. */
  | { readonly kind: 'proposalBuilt'; readonly view: number; readonly block: B }
  /** From the member with this index; the transport vouches for the index, not for the content. */
  | { readonly kind: 'messageReceived'; readonly from: number; readonly message: BftMessage }
  /** Answer to `checkBlock`. */
  | {
      readonly kind: 'blockChecked';
      readonly view: number;
      readonly hash: Uint8Array;
      readonly valid: boolean;
    }
  /** The records of this token, and of all smaller ones, are on disk. */
  | { readonly kind: 'persisted'; readonly token: number }
  /** The time asked for by the last `setTimer` has come. Coming early does no harm. */
  | { readonly kind: 'timerFired' }
  /**
   * The host has obtained (sync), checked and stored the chain up to this block by other means. The
   * certificate is a finalization of it.
   */
  | {
      readonly kind: 'caughtUp';
      readonly final: FinalBlock;
      readonly certificate: Certificate;
    };
