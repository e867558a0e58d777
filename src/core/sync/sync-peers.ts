/** Whom sync can ask: how far each peer says to be, what it owes us, and who gets a rest. */

const REST_MS_MIN = 1000;
const REST_MS_MAX = 30_000;

/** Height of a peer that has not said anything yet. */
export const UNTOLD = -1;

type SyncPeer = {
  readonly peer: number;
  height: number;
  /** Requests that it has not answered. */
  open: number;
  failures: number;
  restsUntilMs: number;
  askedAt: number;
};

export class SyncPeers {
  readonly #peers = new Map<number, SyncPeer>();
  #asked = 0;

  get count(): number {
    return this.#peers.size;
  }

  /** Whether any of them has said how far it is. */
  get isTold(): boolean {
    return [...this.#peers.values()].some(({ height }) => height > UNTOLD);
  }

  /** The highest block that any of them says to have. */
  get bestHeight(): number {
    let best = 0;
    for (const { height } of this.#peers.values()) best = Math.max(best, height);
    return best;
  }

  /** What each of them says to have. */
  get heights(): ReadonlyMap<number, number> {
    return new Map([...this.#peers.values()].map(({ peer, height }) => [peer, height]));
  }

  onHead(peer: number, height: number): void {
    const known = this.#peers.get(peer);
    if (known !== undefined) known.height = height;
    else {
      const fresh = { peer, height, open: 0, failures: 0, restsUntilMs: 0, askedAt: 0 };
      this.#peers.set(peer, fresh);
    }
  }

  onGone(peer: number): void {
    this.#peers.delete(peer);
  }

  onAnswer(peer: number): void {
    const known = this.#peers.get(peer);
    if (known === undefined) return;
    known.open -= 1;
    known.failures = 0;
  }

  onFailure(peer: number, nowMs: number): void {
    const known = this.#peers.get(peer);
    if (known === undefined) return;
    known.open -= 1;
    known.restsUntilMs = nowMs + Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** known.failures);
    known.failures += 1;
  }

  /** It has no block of this height; true where it had said so. */
  onLacks(peer: number, height: number): boolean {
    const known = this.#peers.get(peer);
    if (known === undefined || known.height < height) return false;
    known.height = height - 1;
    return true;
  }

  /** Gives it one more request, if it may have one and has the block. */
  chooseAgain(peer: number, height: number, openMax: number, nowMs: number): boolean {
    const known = this.#peers.get(peer);
    if (known === undefined || known.height < height) return false;
    if (known.open >= openMax || known.restsUntilMs > nowMs) return false;
    known.open += 1;
    return true;
  }

  /** The least busy peer with this block, of equals the one that was asked longest ago. */
  choose(height: number, openMax: number, nowMs: number): number | undefined {
    let best: SyncPeer | undefined;
    for (const each of this.#peers.values()) {
      if (each.height < height || each.open >= openMax || each.restsUntilMs > nowMs) continue;
      const isLess = best === undefined || each.open < best.open;
      if (isLess || (each.open === best?.open && each.askedAt < best.askedAt)) best = each;
    }
    if (best === undefined) return undefined;
    best.open += 1;
    this.#asked += 1;
    best.askedAt = this.#asked;
    return best.peer;
  }
}
