/**
 * The believability of an identity, once per epoch, in basis points (protocol.md §3.3): stake, Servi,
 * contribution, feedback and behaviour, weighted. Integers only, so that every node gets the same.
 */

import { BASIS_POINTS } from './basis-points.ts';

export type BelievabilityWeights = {
  readonly stake: bigint;
  readonly servi: bigint;
  readonly contribution: bigint;
  readonly feedback: bigint;
  readonly behaviour: bigint;
};

export const DEFAULT_WEIGHTS: BelievabilityWeights = {
  stake: 30n,
  servi: 20n,
  contribution: 15n,
  feedback: 15n,
  behaviour: 20n,
};

/** Inputs frozen at the start of the epoch. */
export type Believable = {
  readonly stake: bigint;
  readonly stakeMax: bigint;
  /** Servi earned over the last 144 periods, and the most that anybody earned. */
  readonly servi: bigint;
  readonly serviMax: bigint;
  /** Basis points, see `contributionShare`. */
  readonly contribution: bigint;
  /** Basis points: the reputation of the operator (FTFS). */
  readonly feedback: bigint;
  /** Basis points, see `nextBehaviour`. */
  readonly behaviour: bigint;
  readonly isSlashed: boolean;
};

/** 0 to 10,000; 0 for who was slashed. */
export function believability(of: Believable, weights = DEFAULT_WEIGHTS): bigint {
  if (of.isSlashed) return 0n;
  const stake = share(integerRoot(of.stake), integerRoot(of.stakeMax));
  const servi = share(of.servi, of.serviMax);
  const sum =
    weights.stake * stake +
    weights.servi * servi +
    weights.contribution * bounded(of.contribution) +
    weights.feedback * bounded(of.feedback) +
    weights.behaviour * bounded(of.behaviour);
  const total =
    weights.stake + weights.servi + weights.contribution + weights.feedback + weights.behaviour;
  return total === 0n ? 0n : sum / total;
}

/** One kind of work, counted on chain, and how much of it counts at most. */
export type WorkCount = { readonly done: bigint; readonly cap: bigint };

/** Mean of the shares of each kind of work (blocks, audits, storage proofs, randomness), capped. */
export function contributionShare(work: readonly WorkCount[]): bigint {
  if (work.length === 0) return 0n;
  const sum = work.reduce((total, { done, cap }) => total + share(done, cap), 0n);
  return sum / BigInt(work.length);
}

export const BEHAVIOUR_START = 5000n;
const CLEAN_EPOCH = 20n;
const MISSED_AUDITS = 1000n;

export type EpochConduct = {
  readonly missedAuditQuotas: bigint;
  readonly jails: number;
  readonly isSlashed: boolean;
};

/** Behaviour after an epoch, from what it was before. */
export function nextBehaviour(before: bigint, conduct: EpochConduct): bigint {
  if (conduct.isSlashed) return 0n;
  const isClean = conduct.missedAuditQuotas === 0n && conduct.jails === 0;
  if (isClean) return bounded(before + CLEAN_EPOCH);
  const after = bounded(before - MISSED_AUDITS * conduct.missedAuditQuotas);
  return after >> BigInt(conduct.jails);
}

/** Largest integer whose square is not above `value`. */
export function integerRoot(value: bigint): bigint {
  if (value < 2n) return value < 0n ? 0n : value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function share(part: bigint, whole: bigint): bigint {
  if (whole <= 0n || part <= 0n) return 0n;
  return part >= whole ? BASIS_POINTS : (BASIS_POINTS * part) / whole;
}

function bounded(value: bigint): bigint {
  if (value < 0n) return 0n;
  return value > BASIS_POINTS ? BASIS_POINTS : value;
}
