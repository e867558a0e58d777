/**
 * The court of the root chain (protocol.md §13): evidence in a block is checked by every validator,
 * and who is guilty loses candidacy, Servi and its stake for ever. Its seat stays until the next
 * handover, for the size of a quorum never changes within a period.
 *
 * What is provable today are offences of consensus. Offences of lanes (E1, E2), randomness (E6) and
 * audits (E7 to E9) will come with those; what is not known here is refused.
 */

import { type Evidence, verifyEvidence } from '../bft/evidence.ts';
import { decodeEvidence, placeOf } from '../bft/evidence-codec.ts';
import { signersOf } from '../chain/certificate.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { base58Encode } from '../crypto/base58.ts';
import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { StateOverlay } from '../ledger/state-overlay.ts';
import { oweForfeit } from './forfeits.ts';
import { isSlashed, readSeat, writeSlashed } from './pob-state.ts';

/** The codes of the design for what evidence of consensus proves. */
const OFFENCE = { twoProposals: 'E3', twoVotes: 'E3', twoCertificates: 'E5' } as const;

export type FindGroup = (chain: number, epoch: number) => ValidatorGroup | undefined;

export type Verdict = {
  readonly offence: (typeof OFFENCE)[Evidence['kind']];
  /** Guilty and not punished yet; never empty. */
  readonly accounts: readonly string[];
};

/** What the evidence proves against somebody who has something to lose yet; `undefined`: nothing. */
export function judge(
  state: StateReader,
  bytes: Uint8Array,
  groupOf: FindGroup,
): Verdict | undefined {
  const evidence = decodeEvidence(bytes);
  if (evidence === undefined) return undefined;
  const { chain, epoch } = placeOf(evidence);
  const group = groupOf(chain, epoch);
  if (group === undefined) return undefined;
  const accounts = guiltyMembers(group, evidence)
    .map((member) => readSeat(state, base58Encode(group.members[member] as Uint8Array)))
    .filter((account): account is string => account !== undefined && !isSlashed(state, account));
  // Signatures are looked at last: the same evidence may come again and again.
  if (accounts.length === 0 || !verifyEvidence(group, evidence, verifyValidatorSignature))
    return undefined;
  return { offence: OFFENCE[evidence.kind], accounts };
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
