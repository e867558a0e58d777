/**
 * Finds out whether the first epoch has begun. A first start and one after the loss of a disk look
 * alike to this node, but not to the others: it asks them until one of them has something to show, or
 * a quorum with itself has said that it knows of nothing.
 */

import type { BftMessage } from '../bft/messages.ts';
import { quorumOf, type ValidatorGroup } from '../chain/validator-group.ts';
import { hexOf } from '../crypto/hex.ts';
import type { Emit } from './chain-effects.ts';

/** How often the other members are asked. */
const ASK_MS = 250;

export class EpochBeginning {
  readonly #emit: Emit;
  /** Members, in hex, that have said that they know of nothing. */
  readonly #knowNothing = new Set<string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  ask({ chain, epoch }: ValidatorGroup, nowMs: number): void {
    const message = { kind: 'fetch', chain, epoch, finalView: 0, wants: [] } as const;
    this.#emit({ kind: 'broadcast', message });
    this.#emit({ kind: 'setTimer', timer: 'begin', atMs: nowMs + ASK_MS });
  }

  /** Answers the question of another member, or takes its answer: whether the epoch has begun. */
  hear(
    from: Uint8Array,
    message: BftMessage,
    group: ValidatorGroup,
  ): 'unknown' | 'begun' | 'notBegun' {
    if (message.kind === 'fetch') {
      const { chain, epoch } = message;
      const reply = { kind: 'fetchReply', chain, epoch, certificates: [], proposals: [] } as const;
      this.#emit({ kind: 'sendTo', to: from, message: reply });
    }
    if (message.kind !== 'fetchReply') return 'unknown';
    if (message.certificates.length + message.proposals.length > 0) return 'begun';
    this.#knowNothing.add(hexOf(from));
    const isEnough = this.#knowNothing.size >= quorumOf(group.members.length) - 1;
    return isEnough ? 'notBegun' : 'unknown';
  }
}
