/**
 * Steps of the root chain that a shard has been told and not yet taken into a block. Messages that
 * the newest committee made final can be believed from here on; the block that takes them in states
 * the steps first.
 */

import { decodeHandover, provenSuccessor } from '../chain/handover.ts';
import { asGroup } from '../chain/next-group.ts';
import type { ValidatorGroup } from '../chain/validator-group.ts';
import { ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import { ROOT_EPOCH_KEY, readCounter } from './chain-records.ts';
import { groupOf, type NetworkGroups } from './network-groups.ts';

type Step = { readonly bytes: Uint8Array; readonly group: ValidatorGroup };

export class HandoverQueue {
  readonly #groups: NetworkGroups;
  /** By the epoch they lead to; without gaps above what the flushed state knows. */
  readonly #steps = new Map<number, Step>();

  constructor(groups: NetworkGroups) {
    this.#groups = groups;
  }

  /** Keeps the step if it is proven and the next one. */
  offer(bytes: Uint8Array, state: StateReader): void {
    const handover = decodeHandover(bytes);
    const newest = Math.max(readCounter(state, ROOT_EPOCH_KEY), ...this.#steps.keys());
    const known = this.groupOf(state, newest);
    if (handover === undefined || known === undefined) return;
    const next = provenSuccessor(known, this.#groups.rootEpochBlocks, handover);
    if (next !== undefined) this.#steps.set(next.epoch, { bytes, group: asGroup(next) });
  }

  /** The committee of an epoch of the root chain, as far as it is known or announced. */
  groupOf(state: StateReader, epoch: number): ValidatorGroup | undefined {
    return this.#steps.get(epoch)?.group ?? groupOf(this.#groups, state, ROOT_CHAIN, epoch);
  }

  /** What a block on this state has to state, in order. */
  after(state: StateReader): readonly Uint8Array[] {
    const known = readCounter(state, ROOT_EPOCH_KEY);
    return [...this.#steps]
      .filter(([epoch]) => epoch > known)
      .sort(([left], [right]) => left - right)
      .map(([, { bytes }]) => bytes);
  }

  /** Forgets what the flushed state knows. */
  settle(state: StateReader): void {
    const known = readCounter(state, ROOT_EPOCH_KEY);
    for (const epoch of this.#steps.keys()) if (epoch <= known) this.#steps.delete(epoch);
  }
}
