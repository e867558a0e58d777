/** What the producer table says of a candidate; who keeps the table is no business of elections. */

import type { Credit } from '../ledger/credit.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';

export type RegisteredCandidate = {
  readonly account: string;
  /** Ed25519 key that signs blocks, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly netId: string;
  readonly votes: bigint;
  /** Approved, makes blocks and wants to now. */
  readonly isStanding: boolean;
};

export interface CandidateTable {
  /** Everybody, in the order of registration. */
  read(state: StateReader): readonly RegisteredCandidate[];
  /** All votes there are. */
  votesCast(state: StateReader): bigint;
  /** The supply that could be voted with. */
  votableSupply(state: StateReader): bigint;
  /** Records who makes blocks now and who is next to, base58 keys, for those who read it there. */
  seat(state: StateOverlay, current: readonly string[], next: readonly string[]): void;
  /** Ends a candidacy; its votes count no more and can be withdrawn. */
  forfeit(environment: LedgerEnvironment, account: string): readonly Credit[];
  /** As `forfeit`, and takes its own stake; a tenth goes to `reporter`, unless that is empty. */
  slash(environment: LedgerEnvironment, account: string, reporter: string): readonly Credit[];
}
