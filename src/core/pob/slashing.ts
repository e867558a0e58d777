/**
 * The court of the root chain (protocol.md §13): evidence in a block is checked by every validator,
 * and who is guilty loses candidacy, Servi and its stake for ever. Its seat stays until the next
 * handover, for the size of a quorum never changes within a period.
 *
 * What is provable today are offences of consensus and of checkpoint votes. Offences of lanes (E1, E2),
 * randomness (E6) and audits (E7 to E9) will come with those; what is not known here is refused, and so
 * is what comes too late.
 */

import { type Evidence, verifyEvidence } from '../bft/evidence.ts';
import { decodeEvidence, placeOf } from '../bft/evidence-codec.ts';
import { signersOf } from '../chain/certificate.ts';
import { epochOf } from '../chain/epochs.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { base58Encode } from '../crypto/base58.ts';
import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import { ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import {
  type CheckpointEvidence,
  decodeCheckpointEvidence,
  verifyCheckpointEvidence,
} from './checkpoint-evidence.ts';
import { isExpired } from './evidence-window.ts';
import { oweForfeit } from './forfeits.ts';
import { isSlashed, readSeat, writeSlashed } from './pob-state.ts';

/** The codes of the design for what evidence of consensus proves. */
const OFFENCE = { twoProposals: 'E3', twoVotes: 'E3', twoCertificates: 'E5' } as const;

/** What the court knows of the network. */
export type Court = {
  readonly chainId: number;
  /** Root blocks of one period. */
  readonly periodBlocks: number;
  readonly groupOf: (chain: number, epoch: number) => ValidatorGroup | undefined;
};

export type Verdict = {
  readonly offence: (typeof OFFENCE)[Evidence['kind']] | 'E4';
  /** Guilty and not punished yet; never empty. */
  readonly accounts: readonly string[];
};

/** What the evidence proves against somebody who has something to lose yet; `undefined`: nothing. */
export function judge(state: StateReader, bytes: Uint8Array, court: Court): Verdict | undefined {
  const evidence = decodeEvidence(bytes);
  if (evidence !== undefined) return judgeConsensus(state, evidence, court);
  const votes = decodeCheckpointEvidence(bytes);
  return votes && judgeCheckpoints(state, votes, court);
}

function judgeConsensus(
  state: StateReader,
  evidence: Evidence,
  { groupOf }: Court,
): Verdict | undefined {
  const { chain, epoch } = placeOf(evidence);
  const group = groupOf(chain, epoch);
  if (group === undefined || isExpired(state, chain, epoch)) return undefined;
  const keys = guiltyMembers(group, evidence).map((member) => group.members[member] as Uint8Array);
  const accounts = unpunished(state, keys);
  // Signatures are looked at last: the same evidence may come again and again.
  if (accounts.length === 0 || !verifyEvidence(group, evidence, verifyValidatorSignature))
    return undefined;
  return { offence: OFFENCE[evidence.kind], accounts };
}

function judgeCheckpoints(
  state: StateReader,
  evidence: CheckpointEvidence,
  { chainId, periodBlocks }: Court,
): Verdict | undefined {
  const { first, second } = evidence;
  const oldest = Math.min(first.target.height, second.target.height);
  if (isExpired(state, ROOT_CHAIN, epochOf(oldest, periodBlocks))) return undefined;
  const accounts = unpunished(state, [first.key]);
  if (accounts.length === 0 || !verifyCheckpointEvidence(evidence, chainId)) return undefined;
  return { offence: 'E4', accounts };
}

function unpunished(state: StateReader, keys: readonly Uint8Array[]): readonly string[] {
  return keys
    .map((key) => readSeat(state, base58Encode(key)))
    .filter((account): account is string => account !== undefined && !isSlashed(state, account));
}

/** Executes the verdict; `proposerKey` is of whoever brought the evidence into a block. */
export function punish(state: StateOverlay, { accounts }: Verdict, proposerKey: string): void {
  const proposer = readSeat(state, proposerKey) ?? '';
  // Nobody gets back a part of what it loses.
  const reporter = accounts.includes(proposer) ? '' : proposer;
  for (const account of accounts) {
    writeSlashed(state, account);
    oweForfeit(state, { account, isSlashed: true, reporter });
  }
}

function guiltyMembers(group: ValidatorGroup, evidence: Evidence): readonly number[] {
  const count = group.members.length;
  if (evidence.kind !== 'twoCertificates') {
    return evidence.member < count ? [evidence.member] : [];
  }
  const first = signersOf(evidence.first, count) ?? [];
  const second = new Set(signersOf(evidence.second, count) ?? []);
  return first.filter((member) => second.has(member));
}
