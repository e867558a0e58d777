/**
 * The end of a period of the root chain, executed in its closing block (protocol.md §3.2): who failed
 * loses candidacy, everybody else is awarded, and the next committee is elected.
 */

import { assert } from '../assert.ts';
import type { GroupMember } from '../chain/next-group.ts';
import { base58Decode, base58Encode } from '../crypto/base58.ts';
import type { LedgerEnvironment } from '../ledger/host.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { hasEnoughVotes } from './candidacy.ts';
import type { Candidate, Turns } from './candidate.ts';
import { writeElectors } from './checkpoint-state.ts';
import { elect } from './election.ts';
import { oweForfeit } from './forfeits.ts';
import { type Removal, removals } from './penalties.ts';
import {
  type CommitteeState,
  isBarred,
  readCandidate,
  readCandidates,
  readCommittee,
  readRegistrations,
  readTurns,
  writeBarred,
  writeCandidate,
  writeCandidates,
  writeCommittee,
  writeRegistrations,
  writeSeats,
  writeTurns,
} from './pob-state.ts';
import type { PobPolicy } from './policy.ts';
import type { CandidateTable } from './registered-candidate.ts';
import { rewardPeriod } from './reward-state.ts';

const NS_PER_SECOND = 1_000_000_000n;

/** What Proof-of-Believability on a root chain rests on; the same on every node. */
export type PobRules = { readonly policy: PobPolicy; readonly table: CandidateTable };

/** Changes the state to that of the next period and answers its committee, in leader order. */
export function closePeriod(
  environment: LedgerEnvironment,
  { policy, table }: PobRules,
): readonly GroupMember[] {
  const { overlay: state, block } = environment;
  const committee = readCommittee(state);
  assert(committee !== undefined, 'every period has a committee');
  const { period } = committee;
  const standing = updateStanding(state, block.time, period, { policy, table });
  const turns = turnsByAccount(state, committee);
  const removed = removals(standing, turns, period, policy);
  for (const removal of removed) bar(state, removal, block.time, policy);
  const gone = new Set(removed.map(({ account }) => account));
  if (policy.rewards !== undefined) rewardPeriod(state, period, { turns, gone }, policy.rewards);
  const candidates = standing.filter(({ account }) => !gone.has(account));
  const election = elect(candidates, table.votesCast(state), policy);
  writeCandidates(
    state,
    candidates.map(({ account }) => account),
  );
  for (const { account, registration, heardIn } of candidates) {
    const servi = String(election.servi.get(account));
    writeCandidate(state, account, { servi, registration, heardIn });
  }
  writeTurns(state, { view: 0, members: [] });
  const elected = membersOf(election.committee, candidates);
  const members = elected.length > 0 ? elected : committee.members;
  const { price } = election;
  writeCommittee(state, {
    period: period + 1,
    members,
    price: String(price),
    candidates: candidates.length,
  });
  writeSeats(state, members);
  writeSeats(
    state,
    membersOf(
      candidates.map(({ account }) => account),
      candidates,
    ),
  );
  const electors = candidates.map(({ key, votes }) => ({ key, weight: votes }));
  writeElectors(
    state,
    period + 1,
    electors,
    members.map(({ publicKey }) => keyOf(publicKey)),
  );
  table.seat(state, committee.members.map(keyName), members.map(keyName));
  const votes = new Map(table.read(state).map((each) => [each.account, each.votes]));
  return members.map(({ account, publicKey }) => ({
    key: keyOf(publicKey),
    weight: votes.get(account) ?? 0n,
  }));
}

function keyName({ publicKey }: { readonly publicKey: string }): string {
  return publicKey;
}

/** Everybody who stands, newcomers included; who does not stand any more loses its Servi. */
function updateStanding(
  state: StateOverlay,
  timeNs: bigint,
  period: number,
  { policy, table }: PobRules,
): readonly Candidate[] {
  const supply = table.votableSupply(state);
  const standing: Candidate[] = [];
  const keys = new Set<string>();
  let registrations = readRegistrations(state);
  for (const { account, publicKey, votes, isStanding } of table.read(state)) {
    if (!isStanding || !hasEnoughVotes(votes, supply, policy.candidacy)) continue;
    // A key that two accounts name belongs to the one that registered first.
    const key = base58Encode(publicKey);
    if (isBarred(state, account, timeNs) || keys.has(key)) continue;
    keys.add(key);
    const known = readCandidate(state, account);
    standing.push({
      account,
      key: publicKey,
      votes,
      servi: BigInt(known?.servi ?? 0),
      registration: known?.registration ?? registrations++,
      heardIn: known?.heardIn ?? period,
    });
  }
  writeRegistrations(state, registrations);
  const stands = new Set(standing.map(({ account }) => account));
  for (const account of readCandidates(state)) {
    if (!stands.has(account)) writeCandidate(state, account, undefined);
  }
  return standing;
}

function turnsByAccount(
  state: StateOverlay,
  committee: CommitteeState,
): ReadonlyMap<string, Turns> {
  const { members } = readTurns(state);
  return new Map(
    committee.members.map(({ account }, member) => [
      account,
      members[member] ?? { turns: 0, blocks: 0 },
    ]),
  );
}

function bar(state: StateOverlay, removal: Removal, timeNs: bigint, policy: PobPolicy): void {
  const { account, reason } = removal;
  writeCandidate(state, account, undefined);
  const until = String(timeNs + BigInt(policy.coolingSeconds) * NS_PER_SECOND);
  writeBarred(state, account, { until, reason });
  oweForfeit(state, { account, isSlashed: false, reporter: '' });
}

function membersOf(
  accounts: readonly string[],
  candidates: readonly Candidate[],
): CommitteeState['members'] {
  const keys = new Map(candidates.map(({ account, key }) => [account, key]));
  return accounts.map((account) => ({
    account,
    publicKey: base58Encode(keys.get(account) as Uint8Array),
  }));
}

function keyOf(publicKey: string): Uint8Array {
  const key = base58Decode(publicKey);
  assert(key !== undefined, 'keys in the state were encoded here');
  return key;
}
