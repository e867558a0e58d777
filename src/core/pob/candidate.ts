/** A candidate for the committee, as an election finds it. */

export type Candidate = {
  readonly account: string;
  /** Ed25519 key that signs blocks, 32 bytes. */
  readonly key: Uint8Array;
  /** Votes that count, ≥ 0. */
  readonly votes: bigint;
  /** Non-tradeable, self-destructive credit: grows by the votes each period, is paid for a seat. */
  readonly servi: bigint;
  /** Order of acquiring candidacy: the smaller was first. No two are equal. */
  readonly registration: number;
  /** Newest period it was heard of: by a heartbeat, a block of its own, or its registration. */
  readonly heardIn: number;
};

/** What a committee member did in a period. */
export type Turns = {
  /** Views it led up to the closing block. */
  readonly turns: number;
  /** Final blocks it proposed. */
  readonly blocks: number;
};
