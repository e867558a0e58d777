/** What operators see of the peers, one by one: `/peers` of the telemetry endpoint, `iostd peers`. */

import type { ActorContext } from '#actors/runtime/actor-context.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { ROOT_CHAIN } from '#core/ledger/ports.ts';
import type { BanNotice, PeerDescription, PeerNetwork } from '#io/net/peer-network.ts';

const REPORT_MS = 1000;
/** BOUND: entries of each list; of the others only the number is told. */
const PEERS_MAX = 100;
const BANS_MAX = 50;
const CHAINS_MAX = 8;
const REASON_CHARACTERS_MAX = 100;

/** Newest heights that a peer has told, by chain. */
type Heads = ReadonlyMap<number, number>;

export class PeerReport {
  readonly #context: ActorContext;
  readonly #heads = new Map<string, Heads>();
  #reportedAtMs = 0;

  constructor(context: ActorContext) {
    this.#context = context;
  }

  onHeads(peer: string, chains: readonly number[], heights: readonly number[]): void {
    this.#heads.set(peer, new Map(chains.map((chain, index) => [chain, heights[index] as number])));
  }

  onGone(peer: string): void {
    this.#heads.delete(peer);
  }

  update(network: Pick<PeerNetwork, 'describe'>, nowMs: number): void {
    if (nowMs - this.#reportedAtMs < REPORT_MS) return;
    this.#reportedAtMs = nowMs;
    const { peers, bans } = network.describe();
    const shown = [...peers].sort(byImportance).slice(0, PEERS_MAX);
    this.#context.setReport({
      peers: shown.map((each) => this.#describe(each)),
      bans: bans.slice(0, BANS_MAX).map(describeBan),
      left_out: peers.length - shown.length + Math.max(0, bans.length - BANS_MAX),
    });
  }

  #describe({ peer, address, points, pingMs, ...is }: PeerDescription): object {
    const heads = [...(this.#heads.get(peer) ?? [])].slice(-CHAINS_MAX);
    return {
      key: keyText(peer),
      address,
      direction: is.isDialled ? 'out' : 'in',
      validator: is.isValidator,
      points: Math.round(points),
      ping_ms: pingMs === undefined ? null : Number(pingMs.toFixed(1)),
      heads: Object.fromEntries(
        heads.map(([chain, height]) => [chain === ROOT_CHAIN ? 'root' : `shard ${chain}`, height]),
      ),
    };
  }
}

function describeBan({ peer, reason, leftMs }: BanNotice): object {
  return {
    key: keyText(peer),
    reason: reason.slice(0, REASON_CHARACTERS_MAX),
    seconds: Math.ceil(leftMs / 1000),
  };
}

/** Validators first; then always in the same order. */
function byImportance(left: PeerDescription, right: PeerDescription): number {
  if (left.isValidator !== right.isValidator) return left.isValidator ? -1 : 1;
  return left.peer < right.peer ? -1 : 1;
}

function keyText(peer: string): string {
  return base58Encode(Buffer.from(peer, 'hex'));
}
