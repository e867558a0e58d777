/** How far a chain is behind, how long it will take, and why it does not get on. */

export type SyncStatus = {
  /** `waiting`: no peer has said yet how far it is. */
  readonly state: 'current' | 'waiting' | 'syncing' | 'stuck';
  readonly height: number;
  /** The highest block that any peer says to have; no less than `height`. */
  readonly target: number;
  readonly blocksPerSecond: number;
  /** At the present pace; `undefined` where there is none yet. */
  readonly etaMs: number | undefined;
  /** In words, where it is stuck. */
  readonly reason: string;
};

/** The pace is that of the last so many milliseconds. */
const WINDOW_MS = 15_000;
const SAMPLE_MS = 500;
const STUCK_MS = 10_000;

type Sample = { readonly atMs: number; readonly height: number; readonly target: number };

export class SyncProgress {
  #samples: Sample[] = [];
  #advancedAtMs = 0;
  #height = -1;

  /** `isWanted`: there is something to catch up with. */
  note(nowMs: number, height: number, target: number, isWanted: boolean): void {
    if (height > this.#height || !isWanted) {
      this.#height = height;
      this.#advancedAtMs = nowMs;
    }
    const newest = this.#samples.at(-1);
    if (newest !== undefined && nowMs - newest.atMs < SAMPLE_MS) return;
    this.#samples.push({ atMs: nowMs, height, target });
    this.#samples = this.#samples.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
  }

  /** Stands still for so long that something must be wrong. */
  isStuck(nowMs: number): boolean {
    return nowMs - this.#advancedAtMs > STUCK_MS;
  }

  get blocksPerSecond(): number {
    return this.#perSecond(({ height }) => height);
  }

  /** Milliseconds until the target is reached, which moves meanwhile. */
  get etaMs(): number | undefined {
    const newest = this.#samples.at(-1);
    const closing = this.#perSecond(({ height, target }) => height - target);
    if (newest === undefined || closing <= 0) return undefined;
    return Math.round((Math.max(0, newest.target - newest.height) / closing) * 1000);
  }

  #perSecond(of: (sample: Sample) => number): number {
    const [oldest] = this.#samples;
    const newest = this.#samples.at(-1);
    if (oldest === undefined || newest === undefined || newest.atMs === oldest.atMs) return 0;
    return ((of(newest) - of(oldest)) * 1000) / (newest.atMs - oldest.atMs);
  }
}

/** One sentence for `/readyz`, `iostd status` and the log. */
export function describeSync({ state, height, target, ...pace }: SyncStatus): string {
  if (state === 'current') return `block ${height}, in step with its peers`;
  if (state === 'waiting') return `block ${height}, waits for a peer to say how far it is`;
  const place = `block ${height} of ${target}`;
  if (state === 'stuck') return `stuck at ${place}: ${pace.reason}`;
  const left = pace.etaMs === undefined ? '' : `, about ${inWords(pace.etaMs)} left`;
  return `catching up ${place}, ${pace.blocksPerSecond.toFixed(0)} blocks/s${left}`;
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
