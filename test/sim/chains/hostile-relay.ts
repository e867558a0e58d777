/**
 * Relays between chains that do more than pass on (protocol.md §7.7): they keep every batch with its
 * proof and deliver it again at any later time, under another number, or at another chain; or they
 * speak for a chain themselves. Relays are untrusted, so none of it may matter.
 */

import { type ChannelMessage, decodeMessage, encodeMessage } from '#core/atomix/message.ts';
import type { InboundBatch } from '#core/chain/block.ts';
import { ShardMap } from '#core/eds/shard-map.ts';
import { balanceKey } from '#core/ledger/state-key.ts';
import type { Prng } from '../prng.ts';

export type Delivery = {
  readonly to: number;
  readonly batch: InboundBatch;
  readonly delayMs: number;
};

export interface HostileRelay {
  /** What is delivered beside a batch that was just sent to `to`. */
  beside(to: number, batch: InboundBatch): readonly Delivery[];
}

const REMEMBERED = 400;
const LATER_MS_MAX = 4000;

/** Delivers again what holds a message of these kinds. */
export class Replayer implements HostileRelay {
  readonly #kinds: ReadonlySet<ChannelMessage['kind']>;
  readonly #random: Prng;
  readonly #seen: { readonly to: number; readonly batch: InboundBatch }[] = [];

  constructor(kinds: readonly ChannelMessage['kind'][], random: Prng) {
    this.#kinds = new Set(kinds);
    this.#random = random;
  }

  beside(to: number, batch: InboundBatch): readonly Delivery[] {
    const isOfKind = batch.messages.some((bytes) => {
      const kind = decodeMessage(bytes)?.kind;
      return kind !== undefined && this.#kinds.has(kind);
    });
    if (isOfKind && this.#seen.length < REMEMBERED) this.#seen.push({ to, batch });
    if (this.#seen.length === 0 || this.#random.chance(300)) return [];
    const old = this.#random.pick(this.#seen);
    const delayMs = this.#random.between(1, LATER_MS_MAX);
    const again = { ...old, delayMs };
    if (this.#random.chance(700)) return [again];
    const renumbered = { ...old.batch, firstSeq: batch.firstSeq + this.#random.below(3) };
    return [again, { to: old.to, batch: renumbered, delayMs }, { to, batch: old.batch, delayMs }];
  }
}

/** Locks accounts in the name of a chain, with a proof of something else. */
export class LockForger implements HostileRelay {
  readonly #accounts: readonly string[];
  readonly #shards: ShardMap;
  readonly #random: Prng;

  constructor(accounts: readonly string[], shards: number, random: Prng) {
    this.#accounts = accounts;
    this.#shards = ShardMap.balanced(shards);
    this.#random = random;
  }

  beside(to: number, batch: InboundBatch): readonly Delivery[] {
    const victims = this.#accounts.filter((id) => this.#shards.shardOfAccount(id) === to);
    if (victims.length === 0) return [];
    const id = new Uint8Array(32).map(() => this.#random.below(256));
    const keys = [balanceKey(this.#random.pick(victims), 'iost')];
    const messages = [encodeMessage({ kind: 'lock', id, since: 0n, keys, exclusive: false })];
    return [{ to, batch: { ...batch, messages }, delayMs: 0 }];
  }
}
