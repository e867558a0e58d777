/**
 * The invariants B1 to B6 of protocol.md §14.1, and "no honest member is ever proven guilty", watched
 * over everything honest nodes say and decide. Written apart from the state machine, from the rules.
 */

import type { Block } from '#core/bft/block.ts';
import { type Evidence, verifyEvidence } from '#core/bft/evidence.ts';
import type { BftMessage, Proposal, Vote } from '#core/bft/messages.ts';
import { type Certificate, signersOf, verifyCertificate } from '#core/chain/certificate.ts';
import type { ValidatorGroup } from '#core/chain/validator-group.ts';
import { binaryStringOf } from '#core/crypto/hash.ts';
import { verifyMasked } from './identity.ts';

/** The run that broke an invariant; `rule` is its name in protocol.md. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
  readonly rule: string;

  constructor(rule: string, sentence: string) {
    super(`${rule}: ${sentence}`);
    this.rule = rule;
  }
}

/** What one key said in one view. */
type Said = { proposal?: string; notarize?: string; nullify?: boolean; finalize?: string };

export class BftInvariants {
  readonly #groups: readonly ValidatorGroup[];
  readonly #isHonest: (epoch: number, member: number) => boolean;
  readonly #finalByHeight = new Map<number, string>();
  readonly #notarized = new Map<string, string>();
  readonly #finalized = new Map<string, string>();
  readonly #nullified = new Set<string>();
  readonly #said = new Map<string, Said>();
  readonly #verified = new WeakSet<Certificate>();
  /** Members proven guilty, as `epoch/member`. */
  readonly guilty = new Set<string>();

  constructor(
    groups: readonly ValidatorGroup[],
    isHonest: (epoch: number, member: number) => boolean,
  ) {
    this.#groups = groups;
    this.#isHonest = isHonest;
  }

  get finalHeight(): number {
    return this.#finalByHeight.size;
  }

  isFinal(block: Pick<Block, 'hash' | 'height'>): boolean {
    return this.#finalByHeight.get(block.height) === binaryStringOf(block.hash);
  }

  /** An honest node sends it, for the first time or again. */
  onSent(message: BftMessage): void {
    switch (message.kind) {
      case 'certificate':
        this.onCertificate(message.certificate);
        return;
      case 'fetchReply':
        for (const certificate of message.certificates) this.onCertificate(certificate);
        return;
      case 'notarize':
      case 'nullify':
      case 'finalize':
        this.#onVote(message);
        return;
      default:
        return;
    }
  }

  /** An honest leader sends its own proposal. */
  onOwnProposal(member: number, proposal: Proposal): void {
    const said = this.#saidBy(proposal.epoch, proposal.view, member);
    const hash = binaryStringOf(proposal.blockHash);
    expect('B5', said.proposal === undefined || said.proposal === hash, 'one proposal per view');
    said.proposal = hash;
  }

  onCertificate(certificate: Certificate): void {
    if (this.#verified.has(certificate)) return;
    this.#verified.add(certificate);
    const group = this.#groups[certificate.epoch] as ValidatorGroup;
    expect('B6', verifyCertificate(group, certificate, verifyMasked), 'certificates verify');
    const view = `${certificate.epoch}/${certificate.view}`;
    if (certificate.kind === 'nullification') {
      expect('B3', !this.#finalized.has(view), `view ${view} is finalized and nullified`);
      this.#nullified.add(view);
      return;
    }
    const hash = binaryStringOf(certificate.blockHash as Uint8Array);
    const notarized = this.#notarized.get(view) ?? hash;
    expect('B2', notarized === hash, `two certified blocks in view ${view}`);
    this.#notarized.set(view, hash);
    if (certificate.kind === 'notarization') return;
    expect('B3', !this.#nullified.has(view), `view ${view} is nullified and finalized`);
    this.#finalized.set(view, hash);
  }

  /** `previous` is what the node had as final before. */
  onFinal(previous: Pick<Block, 'hash' | 'height'>, block: Block, certificate: Certificate): void {
    this.onCertificate(certificate);
    const hash = binaryStringOf(block.hash);
    const known = this.#finalByHeight.get(block.height) ?? hash;
    expect('B1', known === hash, `two final blocks at height ${block.height}`);
    this.#finalByHeight.set(block.height, hash);
    expect('B4', block.height === previous.height + 1, 'final heights have no gap');
    const parent = binaryStringOf(block.parentHash);
    expect('B4', parent === binaryStringOf(previous.hash), 'the final chain is one line');
  }

  onEvidence(epoch: number, evidence: Evidence): void {
    const group = this.#groups[epoch] as ValidatorGroup;
    expect('E3', verifyEvidence(group, evidence, verifyMasked), 'evidence verifies');
    for (const member of guiltyOf(group, evidence)) {
      expect('E3', !this.#isHonest(epoch, member), `honest member ${member} is proven guilty`);
      this.guilty.add(`${epoch}/${member}`);
    }
  }

  #onVote(vote: Vote): void {
    const said = this.#saidBy(vote.epoch, vote.view, vote.member);
    if (vote.kind === 'nullify') {
      expect('B5', said.finalize === undefined, 'no nullify after finalize');
      said.nullify = true;
      return;
    }
    const hash = binaryStringOf(vote.blockHash as Uint8Array);
    const before = said[vote.kind] ?? hash;
    expect('B5', before === hash, `one ${vote.kind} per view`);
    said[vote.kind] = hash;
    if (vote.kind === 'finalize') {
      expect('B5', said.nullify !== true, 'no finalize after nullify');
    }
  }

  #saidBy(epoch: number, view: number, member: number): Said {
    const key = `${epoch}/${view}/${member}`;
    let said = this.#said.get(key);
    if (said === undefined) {
      said = {};
      this.#said.set(key, said);
    }
    return said;
  }
}

function guiltyOf(group: ValidatorGroup, evidence: Evidence): number[] {
  if (evidence.kind !== 'twoCertificates') return [evidence.member];
  const first = signersOf(evidence.first, group.members.length) ?? [];
  const second = new Set(signersOf(evidence.second, group.members.length));
  return first.filter((member) => second.has(member));
}

export function expect(rule: string, holds: boolean, sentence: string): void {
  if (!holds) throw new InvariantViolation(rule, sentence);
}
