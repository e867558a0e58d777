/**
 * The epoch that a chain is in: its group, where it ends, whether this node may vote in it, and the
 * instance of consensus that agrees on its blocks. When its closing block is on disk, the next one
 * takes its place.
 */

import { assert } from '../assert.ts';
import type { FinalBlock } from '../bft/block.ts';
import type { BftEffect } from '../bft/effects.ts';
import type { BftEvent } from '../bft/events.ts';
import type { BftStatus } from '../bft/status.ts';
import { closingHeight, epochOf, isClosing } from '../chain/epochs.ts';
import { decodeFinalityProof } from '../chain/finality-proof.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { ChainBlock } from './chain-block.ts';
import type { ChainSettings } from './chain-settings.ts';
import { EpochConsensus } from './epoch-consensus.ts';
import { epochBlocksOf, groupOf } from './network-groups.ts';
import { VoteRight, type VoteStanding } from './vote-right.ts';

export class RunningEpoch {
  readonly #settings: ChainSettings;
  readonly #flushed: StateReader;
  #group: ValidatorGroup;
  /** Height of the last block of the epoch. */
  #closing: number;
  #voteRight: VoteRight;
  /** Absent until it is known whether this node may vote. */
  #consensus: EpochConsensus | undefined;
  /** Tokens that earlier instances of consensus have used up. */
  #voteTokens = 0;

  /** `height`: newest flushed block. */
  constructor(settings: ChainSettings, flushed: StateReader, height: number) {
    this.#settings = settings;
    this.#flushed = flushed;
    this.#voteRight = new VoteRight(settings.signer.publicKey, 0);
    this.#group = this.#groupAfter(height);
    this.#closing = closingHeight(this.#group.epoch, this.blocks);
  }

  get group(): ValidatorGroup {
    return this.#group;
  }

  get closing(): number {
    return this.#closing;
  }

  /** Length of an epoch of this chain, in blocks. */
  get blocks(): number {
    const { groups, placement } = this.#settings.rules;
    return epochBlocksOf(groups, placement.self);
  }

  get standing(): VoteStanding {
    return this.#voteRight.standing;
  }

  get isAlone(): boolean {
    return this.#group.members.length === 1;
  }

  /** Whether this node is a member that takes no part in consensus yet. */
  get isIdle(): boolean {
    return this.standing !== 'observer' && this.#consensus === undefined;
  }

  get status(): BftStatus | undefined {
    return this.#consensus?.status;
  }

  /** Blocks of the epoch above its closing block are empty and come to nothing. */
  isTail(height: number): boolean {
    return height > this.#closing;
  }

  keyOf(member: number): Uint8Array {
    const key = this.#group.members[member];
    assert(key !== undefined, 'consensus speaks of members of its group');
    return key;
  }

  /** This process has begun: votes of an earlier one may be unknown to it. */
  started(nowMs: number): void {
    this.#voteRight = new VoteRight(this.#settings.signer.publicKey, nowMs);
  }

  /** Takes the group that follows the newest final block, which is flushed. */
  enter({ height, timestampMs }: FinalBlock): VoteStanding {
    this.endConsensus();
    this.#group = this.#groupAfter(height);
    this.#closing = closingHeight(this.#group.epoch, this.blocks);
    const hasLog = this.#settings.storage.votes().length > 0;
    return this.#voteRight.enter(this.#group, timestampMs, hasLog);
  }

  /** It has turned out that nobody has voted in the epoch yet. */
  grantVote(): void {
    this.#voteRight.grant();
  }

  /**
   * What a flushed block says about our own past may decide whether we may vote; true where it grants
   * what was in doubt. `certificate`: the encoded proof that the block is final.
   */
  isVoteGrantedBy({ header, timestampMs }: ChainBlock, certificate: Uint8Array): boolean {
    if (this.standing !== 'unsure') return false;
    const proof = decodeFinalityProof(certificate);
    assert(proof !== undefined, 'what is flushed was proven');
    const { proposer } = header;
    return this.#voteRight.onFinal({ proposer, timestampMs, certificate: proof.certificate });
  }

  /** From the newest final block on. Consensus has to be told that it has started. */
  startConsensus(final: FinalBlock): void {
    const startsEpoch = isClosing(final.height, this.blocks);
    this.endConsensus();
    this.#consensus = new EpochConsensus(this.#settings, {
      tokensBefore: this.#voteTokens,
      group: this.#group,
      final: startsEpoch ? { ...final, view: 0 } : final,
      mayVote: this.standing === 'granted',
      records: this.#settings.storage.votes(),
    });
  }

  endConsensus(): void {
    this.#voteTokens = this.#consensus?.lastToken ?? this.#voteTokens;
    this.#consensus = undefined;
  }

  /** Nothing comes of it while there is no consensus. */
  tell(event: BftEvent<ChainBlock>, nowMs: number): readonly BftEffect<ChainBlock>[] {
    return this.#consensus?.handle(event, nowMs) ?? [];
  }

  /** The group that makes the block after this one, which is flushed. */
  #groupAfter(height: number): ValidatorGroup {
    const { groups, placement } = this.#settings.rules;
    const epoch = epochOf(height + 1, this.blocks);
    const group = groupOf(groups, this.#flushed, placement.self, epoch);
    assert(group !== undefined, 'a chain knows its own group');
    return group;
  }
}
