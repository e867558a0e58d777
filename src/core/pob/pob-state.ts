/**
 * Proof-of-Believability's part of the state of the root chain: storage of `pob.iost`, JSON text that
 * clients read with `getContractStorage`. Amounts are decimal text in the units of votes.
 *
 *   policy                       the rules of the network
 *   committee                    who makes the blocks of the running period, in leader order
 *   turns                        by place in the committee: views led and blocks made in this period
 *   candidates                   accounts with a candidacy
 *   candidate  <account>         Servi, order of acquiring candidacy, newest period heard of
 *   barred     <account>         until when it cannot stand, and why
 *   seat       <key>             whose key signed for a committee or as a candidate
 *
 * Its checkpoints are in `checkpoint-state.ts`, its rewards in `reward-state.ts`.
 */

import type { StateReader } from '../ledger/ports.ts';
import { mapKey, valueKey } from '../ledger/state-key.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import type { Turns } from './candidate.ts';
import type { PobPolicy } from './policy.ts';

export const POB_CONTRACT = 'pob.iost';

export type CommitteeState = {
  /** Periods count from 0; the blocks of period p are those of epoch p of the root chain. */
  readonly period: number;
  readonly members: readonly { readonly account: string; readonly publicKey: string }[];
  /** What a seat cost at the election, and how many stood; the first committee cost nothing. */
  readonly price: string;
  readonly candidates: number;
};

export type CandidateState = {
  readonly servi: string;
  readonly registration: number;
  readonly heardIn: number;
};

export type Barred = {
  /** Nanoseconds since the Unix epoch; absent: for ever. */
  readonly until?: string;
  readonly reason: string;
};

/** Turns so far, and the view of the newest block. */
export type TurnsState = { readonly view: number; readonly members: readonly Turns[] };

const NO_TURNS: TurnsState = { view: 0, members: [] };

/** For readers; the nodes have it from the genesis. */
export function writePolicy(state: StateOverlay, policy: PobPolicy): void {
  const text = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  const key = valueKey(POB_CONTRACT, 'policy');
  state.put(key, { kind: 'string', value: JSON.stringify(policy, text), payer: 'system.iost' });
}

export function readCommittee(state: StateReader): CommitteeState | undefined {
  return readJson(state, valueKey(POB_CONTRACT, 'committee'));
}

export function writeCommittee(state: StateOverlay, committee: CommitteeState): void {
  writeJson(state, valueKey(POB_CONTRACT, 'committee'), committee);
}

export function readTurns(state: StateReader): TurnsState {
  return readJson(state, valueKey(POB_CONTRACT, 'turns')) ?? NO_TURNS;
}

export function writeTurns(state: StateOverlay, turns: TurnsState): void {
  writeJson(state, valueKey(POB_CONTRACT, 'turns'), turns);
}

/** How many candidacies there have been: the number of the next one. */
export function readRegistrations(state: StateReader): number {
  return readJson(state, valueKey(POB_CONTRACT, 'registrations')) ?? 0;
}

export function writeRegistrations(state: StateOverlay, count: number): void {
  writeJson(state, valueKey(POB_CONTRACT, 'registrations'), count);
}

export function readCandidate(state: StateReader, account: string): CandidateState | undefined {
  return readJson(state, mapKey(POB_CONTRACT, 'candidate', account));
}

/** Without a candidate, the record goes. */
export function writeCandidate(
  state: StateOverlay,
  account: string,
  candidate: CandidateState | undefined,
): void {
  const key = mapKey(POB_CONTRACT, 'candidate', account);
  if (candidate !== undefined) writeJson(state, key, candidate);
  else if (state.get(key) !== undefined) state.delete(key);
}

/** Accounts with a candidacy, in the order of registration. */
export function readCandidates(state: StateReader): readonly string[] {
  return readJson(state, valueKey(POB_CONTRACT, 'candidates')) ?? [];
}

export function writeCandidates(state: StateOverlay, accounts: readonly string[]): void {
  writeJson(state, valueKey(POB_CONTRACT, 'candidates'), accounts);
}

export function readBarred(state: StateReader, account: string): Barred | undefined {
  return readJson(state, mapKey(POB_CONTRACT, 'barred', account));
}

export function writeBarred(state: StateOverlay, account: string, barred: Barred): void {
  writeJson(state, mapKey(POB_CONTRACT, 'barred', account), barred);
}

/** A candidacy that has ended while its votes still count. */
export type Forfeit = {
  readonly account: string;
  /** Its own stake goes as well, a tenth of it to the reporter; empty for none. */
  readonly isSlashed: boolean;
  readonly reporter: string;
};

export function readForfeits(state: StateReader): readonly Forfeit[] {
  return readJson(state, valueKey(POB_CONTRACT, 'forfeits')) ?? [];
}

export function writeForfeits(state: StateOverlay, forfeits: readonly Forfeit[]): void {
  writeJson(state, valueKey(POB_CONTRACT, 'forfeits'), forfeits);
}

/** Whose key may sign or might once: base58 key → account. It stays, for what the key may have signed. */
export function readSeat(state: StateReader, publicKey: string): string | undefined {
  return readJson(state, mapKey(POB_CONTRACT, 'seat', publicKey));
}

export function writeSeats(state: StateOverlay, members: CommitteeState['members']): void {
  for (const { account, publicKey } of members) {
    const key = mapKey(POB_CONTRACT, 'seat', publicKey);
    if (state.get(key) === undefined) writeJson(state, key, account);
  }
}

/** Why it is barred for ever. */
const SLASHED = 'slashed';

export function isSlashed(state: StateReader, account: string): boolean {
  return readBarred(state, account)?.reason === SLASHED;
}

/** It never stands again, and what it had earned is gone. */
export function writeSlashed(state: StateOverlay, account: string): void {
  writeCandidate(state, account, undefined);
  writeCandidates(
    state,
    readCandidates(state).filter((each) => each !== account),
  );
  writeBarred(state, account, { reason: SLASHED });
}

export function isBarred(state: StateReader, account: string, nowNs: bigint): boolean {
  const barred = readBarred(state, account);
  return barred !== undefined && (barred.until === undefined || nowNs < BigInt(barred.until));
}

export function readJson<Value>(state: StateReader, key: string): Value | undefined {
  const value = state.get(key);
  return value?.kind === 'string' ? (JSON.parse(value.value) as Value) : undefined;
}

export function writeJson(state: StateOverlay, key: string, value: unknown): void {
  state.put(key, { kind: 'string', value: JSON.stringify(value), payer: 'system.iost' });
}
