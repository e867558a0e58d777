/**
 * What the locks of one block came to, for operators: it decides nothing. As the owner of keys a
 * chain grants and refuses; as the home of transactions it asks, and begins again where it is refused.
 */

export type LockCounts = {
  /** Requests of other chains for keys of this one. */
  readonly granted: number;
  readonly refused: number;
  /** Rounds in which transactions at home here asked for keys. */
  readonly rounds: number;
  /** Attempts given up for a refusal or a conflict, to begin again later. */
  readonly retries: number;
  /** Transactions with locks that ended: with their effects, and without any. */
  readonly committed: number;
  readonly aborted: number;
  /** Most attempts that any of those took. */
  readonly attemptsMax: number;
};

export class LockTally implements LockCounts {
  granted = 0;
  refused = 0;
  rounds = 0;
  retries = 0;
  committed = 0;
  aborted = 0;
  attemptsMax = 0;

  ended(hasEffects: boolean, attempts: number): void {
    if (hasEffects) this.committed += 1;
    else this.aborted += 1;
    this.attemptsMax = Math.max(this.attemptsMax, attempts);
  }
}
