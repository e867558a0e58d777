/**
 * Who misbehaves how much. Offences add points, which halve every minute; at `BAN_POINTS` a peer is
 * kept out for a while, longer each time it comes to that again. What no honest node can do by
 * accident costs all points at once; what a slow or faulty one may do costs some.
 */

export const BAN_POINTS = 100;
const HALF_LIFE_MS = 60_000;
const BAN_MS_MIN = 60_000;
const BAN_MS_MAX = 60 * 60_000;
/** BOUND: peers that are remembered; whoever was quiet for longest is forgotten first. */
const PEERS_MAX = 4096;

export const OFFENCE_POINTS = {
  /** Frames that are malformed, too large, or out of place. */
  violation: BAN_POINTS,
  /** Blocks, headers or transactions that do not verify. */
  junk: 50,
  /** Consensus messages that no honest member sends. */
  misbehaviour: 20,
  /** A request that it left without an answer. */
  silence: 10,
  /** A message above the rate for its kind; it was dropped. */
  excess: 1,
} as const;

export type Offence = keyof typeof OFFENCE_POINTS;

export type Ban = { readonly reason: string; readonly untilMs: number; readonly ms: number };

type Entry = { points: number; atMs: number; bans: number; ban: Ban | undefined };

export class PeerScores {
  /** In order of last offence. */
  readonly #entries = new Map<string, Entry>();

  /** Gives the ban where the peer has to go now. `nowMs` is of any steady clock. */
  report(peer: string, offence: Offence, reason: string, nowMs: number): Ban | undefined {
    const entry = this.#touch(peer);
    if (entry.ban !== undefined && entry.ban.untilMs > nowMs) return undefined;
    entry.points = pointsAt(entry, nowMs) + OFFENCE_POINTS[offence];
    entry.atMs = nowMs;
    if (entry.points < BAN_POINTS) return undefined;
    const ms = Math.min(BAN_MS_MAX, BAN_MS_MIN * 2 ** entry.bans);
    entry.bans += 1;
    entry.points = 0;
    entry.ban = { reason, ms, untilMs: nowMs + ms };
    return entry.ban;
  }

  banOf(peer: string, nowMs: number): Ban | undefined {
    const ban = this.#entries.get(peer)?.ban;
    return ban !== undefined && ban.untilMs > nowMs ? ban : undefined;
  }

  /** Points against the peer, faded. */
  pointsOf(peer: string, nowMs: number): number {
    const entry = this.#entries.get(peer);
    return entry === undefined ? 0 : pointsAt(entry, nowMs);
  }

  /** Who is kept out at the moment. */
  bans(nowMs: number): ReadonlyMap<string, Ban> {
    const bans = new Map<string, Ban>();
    for (const [peer, { ban }] of this.#entries) {
      if (ban !== undefined && ban.untilMs > nowMs) bans.set(peer, ban);
    }
    return bans;
  }

  #touch(peer: string): Entry {
    const known = this.#entries.get(peer);
    const entry = known ?? { points: 0, atMs: 0, bans: 0, ban: undefined };
    this.#entries.delete(peer);
    this.#entries.set(peer, entry);
    if (this.#entries.size > PEERS_MAX) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }
}

function pointsAt(entry: Entry, nowMs: number): number {
  return entry.points * 0.5 ** ((nowMs - entry.atMs) / HALF_LIFE_MS);
}
