/**
 * Whether this node may vote, judged by what it can know (protocol.md §2.3: a member whose log is lost
 * sits out). Who finds no log may be new, or may have lost its disk and have voted already; voting
 * again could contradict that and would be proof of fraud.
 *
 * It may vote
 * - alone, for there is nobody to contradict;
 * - with a log of this epoch or an earlier one: what it wrote before it spoke is still there;
 * - in an epoch that begins after its own start;
 * - once a block proposed after its start is final, in later views, unless a block of the epoch shows
 *   that it took part before: then it has lost its log, and stays out until the next epoch.
 *
 * Every view that anybody reached before such a block was proposed lies below that block's, because a
 * view is left only by a certificate, and the final block's view was not left before the block. This
 * trusts the clocks; where they are wrong, a member that lost its disk counts as a faulty one.
 */

import { type Certificate, signersOf } from '../chain/certificate.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { hexOf } from '../crypto/hex.ts';
import { memberOf } from './epoch-consensus.ts';

export type VoteStanding = 'granted' | 'unsure' | 'lost' | 'observer';

/** A final block, and the certificate that proves it. */
type FinalSighting = {
  readonly proposer: Uint8Array;
  readonly timestampMs: number;
  readonly certificate: Certificate;
};

export class VoteRight {
  readonly #publicKey: Uint8Array;
  readonly #startedMs: number;
  #member = -1;
  #memberCount = 0;
  #standing: VoteStanding = 'observer';

  constructor(publicKey: Uint8Array, startedMs: number) {
    this.#publicKey = publicKey;
    this.#startedMs = startedMs;
  }

  get standing(): VoteStanding {
    return this.#standing;
  }

  /** `sinceMs`: time of the block that the epoch starts from. */
  enter(group: ValidatorGroup, sinceMs: number, hasLog: boolean): VoteStanding {
    this.#memberCount = group.members.length;
    this.#member = memberOf(group, this.#publicKey);
    const isSafe = this.#memberCount === 1 || hasLog || this.#isAfterStart(sinceMs);
    if (this.#member < 0) this.#standing = 'observer';
    else this.#standing = isSafe ? 'granted' : 'unsure';
    return this.#standing;
  }

  /** Nobody has anything of this epoch: it has not begun. */
  grant(): void {
    if (this.#standing === 'unsure') this.#standing = 'granted';
  }

  /** Looks at a final block of the epoch; true where it grants what was in doubt. */
  onFinal({ proposer, timestampMs, certificate }: FinalSighting): boolean {
    if (this.#standing !== 'unsure') return false;
    const signers = signersOf(certificate, this.#memberCount) ?? [];
    if (hexOf(proposer) === hexOf(this.#publicKey) || signers.includes(this.#member)) {
      this.#standing = 'lost';
      return false;
    }
    if (!this.#isAfterStart(timestampMs)) return false;
    this.#standing = 'granted';
    return true;
  }

  #isAfterStart(timeMs: number): boolean {
    return timeMs > this.#startedMs;
  }
}
