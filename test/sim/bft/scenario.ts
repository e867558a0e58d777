/**
 * What a BFT scenario is made of: a network drawn from the seed, a script of faults, a time from
 * which the network is sound again, and what must be true in the end.
 */

import type { Prng } from '../prng.ts';
import { expect } from './invariants.ts';
import type { BftWorld, WorldSettings } from './world.ts';

export type Scenario = {
  readonly name: string;
  /** What happens in it, in a line. */
  readonly about: string;
  readonly settings: (prng: Prng, seed: number) => WorldSettings;
  /** Schedules the faults. */
  readonly script: (world: BftWorld, prng: Prng) => void;
  /** From here to the end the network is sound and at most f members are faulty. */
  readonly healedAtMs: number;
  readonly endsAtMs: number;
  /** Honest members may be late through no fault of theirs, so that B8 asks nothing of them. */
  readonly isHonestLate?: boolean;
  /** Identities that take no part any more at the end; the others must agree. */
  readonly absent?: (world: BftWorld) => readonly number[];
  /** What this scenario shows, beyond the invariants, agreement and progress. */
  readonly check?: (world: BftWorld) => void;
};

/** Members of a group in order. */
export function identities(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** An ordinary network: 20 to 40 ms, a disk and an executor that take their time. */
export function ordinary(seed: number, memberCount: number): WorldSettings {
  return {
    seed,
    orders: [identities(memberCount)],
    blockIntervalMs: 100,
    // Capped low, so that the bound of B7, (f+1)(3Δ+δ), fits into the sound end of a scenario.
    delta: { initialMs: 250, minMs: 150, maxMs: memberCount > 7 ? 300 : 600 },
    link: { delayMs: 20, jitterMs: 20, dropPermille: 0, duplicatePermille: 0 },
    diskMs: 2,
    buildMs: 3,
    checkMs: 3,
  };
}

/** At most this many of n may be faulty. */
export function faultyMax(memberCount: number): number {
  return Math.floor((memberCount - 1) / 3);
}

/** B7: in a sound network at least one block becomes final per (f+1)(3Δ+δ). */
export function expectProgress(world: BftWorld, fromMs: number, toMs: number): void {
  const { delta, link, diskMs, checkMs, buildMs, blockIntervalMs, orders } = world.settings;
  const f = faultyMax(orders[0]?.length ?? 1);
  const step = link.delayMs + link.jitterMs + 2 * diskMs + checkMs + buildMs;
  const longest = (f + 1) * (3 * delta.maxMs + step) + 3 * step + blockIntervalMs;
  let last = fromMs;
  for (const time of [...world.finalAtMs, toMs]) {
    if (time < fromMs) continue;
    expect('B7', time - last <= longest, `no final block from ${last} to ${time} ms`);
    last = time;
  }
}

/** B8: what an honest leader proposed in time, in a sound network, is final. */
export function expectProposalsFinal(world: BftWorld, fromMs: number, toMs: number): void {
  for (const node of world.nodes) {
    if (!node.isHonest) continue;
    for (const { atMs, block } of node.proposed) {
      const isTail = block.height > (world.settings.closingHeight ?? Number.POSITIVE_INFINITY);
      if (atMs < fromMs || atMs > toMs || isTail) continue;
      const sentence = `the proposal of node ${node.id} at ${atMs} ms is not final`;
      expect('B8', world.invariants.isFinal(block), sentence);
    }
  }
}

/** Blocks that a member may be behind at any moment: as many as its peers keep in memory. */
const LAG_MAX = 8;

/** All honest members that take part are near the head. */
export function expectAgreement(world: BftWorld, absent: readonly number[]): void {
  const height = world.finalAtMs.length;
  for (const node of world.nodes) {
    if (!node.isHonest || absent.includes(node.identity)) continue;
    const lag = height - node.finalHeight;
    expect('B4', node.isUp && lag <= LAG_MAX, `node ${node.id} is ${lag} blocks behind ${height}`);
  }
}
