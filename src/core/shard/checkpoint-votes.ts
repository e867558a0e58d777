/**
 * Votes for checkpoints on their way into a block of the root chain: this node's own, if its key is a
 * candidate's, and those of others. Whoever leads a view puts them together once they are enough.
 *
 * BOUNDS: votes for the newest closing block and for the one after it, one per candidate; those for
 * the one before stay, to be compared with. Everything else is dropped, and told again by its voter.
 */

import { epochOf } from '../chain/epochs.ts';
import { hexOf } from '../crypto/hex.ts';
import type { Signer } from '../crypto/key-pair.ts';
import { verifyValidatorSignature } from '../crypto/validator-signature.ts';
import type { StateReader } from '../ledger/ports.ts';
import {
  type Checkpoint,
  type CheckpointLink,
  type CheckpointVote,
  decodeCheckpointVote,
  encodeCheckpointVote,
  isSameCheckpoint,
  isSameHash,
  linkDigest,
  linksConflict,
} from '../pob/checkpoint.ts';
import {
  encodeCheckpointCertificate,
  makeCheckpointCertificate,
} from '../pob/checkpoint-certificate.ts';
import { encodeCheckpointEvidence } from '../pob/checkpoint-evidence.ts';
import { type Checkpoints, readCheckpoints, readElectorate } from '../pob/checkpoint-state.ts';
import type { Electorate } from '../pob/electorate.ts';
import type { Emit } from './chain-effects.ts';
import type { NetworkGroups } from './network-groups.ts';

/** How often in a period the votes that are known are told again. */
const REPEATS_PER_PERIOD = 12;

export type CheckpointStatus = {
  /** Heights of root blocks. */
  readonly justified: number;
  readonly finalized: number;
  /** The closing block that is being voted for, and how much of the weight has, in percent. */
  readonly target: number | undefined;
  readonly percent: number;
};

/** The votes for closing blocks of one height, by place in the electorate. */
type Ballot = {
  readonly electorate: Electorate;
  readonly votes: Map<number, CheckpointVote>;
  /** They have been found out. */
  readonly liars: Set<number>;
};

type VotesParts = {
  readonly groups: NetworkGroups;
  readonly signer: Signer;
  /** Of the root chain. */
  readonly flushed: StateReader;
  readonly emit: Emit;
};

export class CheckpointVotes {
  readonly #parts: VotesParts;
  readonly #ballots = new Map<number, Ballot>();
  #flushedHeight: number;

  constructor(parts: VotesParts, flushedHeight: number) {
    this.#parts = parts;
    this.#flushedHeight = flushedHeight;
  }

  get status(): CheckpointStatus | undefined {
    const known = this.#known();
    if (known === undefined) return undefined;
    const { justified, finalized, target } = known;
    const ballot = target && this.#ballotAt(target.height);
    const weight = ballot?.electorate.weightOf(ballot.votes.keys()) ?? 0n;
    const whole = ballot?.electorate.weight ?? 0n;
    const percent = whole === 0n ? 0 : Number((100n * weight) / whole);
    const heights = { justified: justified.height, finalized: finalized.height };
    return { ...heights, target: target?.height, percent };
  }

  /** A vote from the peer with this number. Encoded evidence, where it shows that its voter lies. */
  offer(bytes: Uint8Array, from: number): Uint8Array | undefined {
    const vote = decodeCheckpointVote(Uint8Array.from(bytes));
    if (vote === undefined) return this.#refuse(from, 'a checkpoint vote that cannot be read');
    const ballot = this.#ballotAt(vote.target.height);
    const place = ballot?.electorate.placeOf(vote.key) ?? -1;
    if (ballot === undefined || place < 0 || ballot.liars.has(place)) return undefined;
    const known = ballot.votes.get(place);
    if (known !== undefined && isSameHash(known.target.hash, vote.target.hash)) return undefined;
    const digest = linkDigest(this.#parts.groups.chainId, vote);
    if (!verifyValidatorSignature(vote.key, digest, vote.signature)) {
      return this.#refuse(from, 'a checkpoint vote with a wrong signature');
    }
    const first = this.#votesOf(vote.key).find((each) => linksConflict(each, vote));
    if (known === undefined) ballot.votes.set(place, vote);
    this.#spread(vote, from);
    this.#requireOwnHistory();
    if (first === undefined) return undefined;
    ballot.liars.add(place);
    return encodeCheckpointEvidence({ first, second: vote });
  }

  /** A block of the root chain is on disk. */
  onFlushed(height: number): void {
    this.#flushedHeight = height;
    const { rootEpochBlocks } = this.#parts.groups;
    for (const at of this.#ballots.keys()) {
      if (at < this.#newestClosing - rootEpochBlocks) this.#ballots.delete(at);
    }
    const known = this.#known();
    if (known?.target === undefined) return;
    this.#voteFor({ source: known.justified, target: known.target });
    const interval = Math.max(1, Math.floor(rootEpochBlocks / REPEATS_PER_PERIOD));
    if ((height - known.target.height) % interval === 0) this.#tellAgain(known.target);
    this.#requireOwnHistory();
  }

  /** What a block that follows this state may take in: one encoded certificate, or none yet. */
  certificates(state: StateReader): readonly Uint8Array[] {
    const known = readCheckpoints(state);
    if (known?.target === undefined) return [];
    const { justified: source, target } = known;
    const ballot = this.#ballots.get(target.height);
    if (ballot === undefined) return [];
    const { electorate, votes } = ballot;
    const link = { source, target };
    const signatures = new Map<number, Uint8Array>();
    for (const [place, vote] of votes) {
      if (isSameLink(vote, link)) signatures.set(place, vote.signature);
    }
    if (!electorate.isSupermajority(electorate.weightOf(signatures.keys()))) return [];
    return [encodeCheckpointCertificate(makeCheckpointCertificate(link, electorate, signatures))];
  }

  get #newestClosing(): number {
    const { rootEpochBlocks } = this.#parts.groups;
    return this.#flushedHeight - (this.#flushedHeight % rootEpochBlocks);
  }

  #known(): Checkpoints | undefined {
    return readCheckpoints(this.#parts.flushed);
  }

  /** Of the newest closing block or the next one; others are not voted for. */
  #ballotAt(height: number): Ballot | undefined {
    const { groups, flushed } = this.#parts;
    const newest = this.#newestClosing;
    const isOpen = height === newest || height === newest + groups.rootEpochBlocks;
    if (!isOpen || height === 0) return undefined;
    const known = this.#ballots.get(height);
    if (known !== undefined) return known;
    const electorate = readElectorate(flushed, epochOf(height, groups.rootEpochBlocks));
    if (electorate === undefined) return undefined;
    const ballot: Ballot = { electorate, votes: new Map(), liars: new Set() };
    this.#ballots.set(height, ballot);
    return ballot;
  }

  #votesOf(key: Uint8Array): readonly CheckpointVote[] {
    return [...this.#ballots.values()].flatMap(({ electorate, votes }) => {
      const vote = votes.get(electorate.placeOf(key));
      return vote === undefined ? [] : [vote];
    });
  }

  /** This node has executed every block up to the target, which is on its disk. */
  #voteFor(link: CheckpointLink): void {
    const { signer, groups } = this.#parts;
    const ballot = this.#ballotAt(link.target.height);
    const place = ballot?.electorate.placeOf(signer.publicKey) ?? -1;
    if (ballot === undefined || place < 0 || ballot.votes.has(place)) return;
    const { publicKey: key } = signer;
    const vote = { ...link, key, signature: signer.sign(linkDigest(groups.chainId, link)) };
    ballot.votes.set(place, vote);
    this.#spread(vote, undefined);
  }

  /** Who votes itself helps others to hear of votes that got lost. */
  #tellAgain({ height }: Checkpoint): void {
    const ballot = this.#ballots.get(height);
    const own = ballot?.electorate.placeOf(this.#parts.signer.publicKey) ?? -1;
    if (ballot === undefined || own < 0) return;
    for (const vote of ballot.votes.values()) this.#spread(vote, undefined);
  }

  #spread(vote: CheckpointVote, from: number | undefined): void {
    this.#parts.emit({ kind: 'spreadCheckpointVote', vote: encodeCheckpointVote(vote), from });
  }

  #refuse(from: number, reason: string): undefined {
    this.#parts.emit({ kind: 'junkFrom', from, reason });
  }

  /** A committee can lie; more than two thirds of all votes decide whose history counts. */
  #requireOwnHistory(): void {
    const known = this.#known();
    const newest = this.#newestClosing;
    const own = [known?.target, known?.justified].find((each) => each?.height === newest);
    const ballot = this.#ballots.get(newest);
    if (own === undefined || ballot === undefined) return;
    const { electorate, votes } = ballot;
    const others = new Map<string, number[]>();
    for (const [place, { target }] of votes) {
      if (isSameHash(target.hash, own.hash)) continue;
      const name = hexOf(target.hash);
      others.set(name, [...(others.get(name) ?? []), place]);
    }
    for (const [name, places] of others) {
      if (!electorate.isSupermajority(electorate.weightOf(places))) continue;
      const reason = `candidates with more than two thirds of all votes stand by ${name} as root block ${newest}, this node has another one: it followed a committee that lied`;
      return this.#parts.emit({ kind: 'halted', reason });
    }
  }
}

function isSameLink(left: CheckpointLink, right: CheckpointLink): boolean {
  return isSameCheckpoint(left.target, right.target) && isSameCheckpoint(left.source, right.source);
}
