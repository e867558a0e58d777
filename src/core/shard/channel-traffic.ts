/**
 * Channels of one chain with all others. What comes in is proven and kept until a block consumes it;
 * what goes out is kept until the other chain has consumed it. Both go by the flushed state alone:
 * what is acknowledged or sent can never be lost again.
 */

import { type FinalityCheck, isProvenBatch, proveBatch } from '../atomix/channel.ts';
import type { BlockBody, InboundBatch } from '../chain/block.ts';
import { ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import type { Emit } from './chain-effects.ts';
import { inboxKey, ROOT_EPOCH_KEY, readCounter } from './chain-records.ts';
import type { ChainSettings } from './chain-settings.ts';
import type { ExecutedBlock } from './executed-block.ts';
import type { HandoverQueue } from './handover-queue.ts';
import { Inbox } from './inbox.ts';
import { finalityCheck, groupOf } from './network-groups.ts';
import { OutboxWindow } from './outbox-window.ts';
import { storedBatches } from './restore.ts';

export type ChannelParts = {
  readonly settings: Pick<ChainSettings, 'rules' | 'storage' | 'window'>;
  readonly flushed: StateReader;
  /** Committees of the root chain that no block here has stated yet. */
  readonly handovers: Pick<HandoverQueue, 'groupOf'>;
  readonly emit: Emit;
};

export class ChannelTraffic {
  readonly #settings: ChannelParts['settings'];
  readonly #flushed: StateReader;
  readonly #handovers: ChannelParts['handovers'];
  readonly #emit: Emit;
  readonly #inbox = new Inbox();
  readonly #outbox: OutboxWindow;

  constructor({ settings, flushed, handovers, emit }: ChannelParts) {
    this.#settings = settings;
    this.#flushed = flushed;
    this.#handovers = handovers;
    this.#emit = emit;
    this.#outbox = new OutboxWindow(settings.window);
  }

  /** What waits to be consumed. */
  get inbox(): Pick<Inbox, 'peek' | 'sources'> {
    return this.#inbox;
  }

  /** Whether blocks must not send anything at the moment. */
  get isFull(): boolean {
    return this.#outbox.isFull();
  }

  take(batch: InboundBatch): void {
    const nextSeq = readCounter(this.#flushed, inboxKey(batch.source));
    if (batch.firstSeq < nextSeq) return this.reportCursor(batch.source, false);
    if (isProvenBatch(batch, this.#chain, this.#isFinal)) this.#inbox.add(batch, nextSeq);
  }

  /** `resend`: what `to` has sent since is lost, it is to send all of it again. */
  reportCursor(to: number, resend: boolean): void {
    const nextSeq = readCounter(this.#flushed, inboxKey(to));
    const rootEpoch = readCounter(this.#flushed, ROOT_EPOCH_KEY);
    this.#emit({ kind: 'reportCursor', to, nextSeq, resend, rootEpoch });
  }

  /** The other chain has consumed what is below `nextSeq`. */
  acknowledge(chain: number, nextSeq: number): void {
    this.#outbox.acknowledge(chain, nextSeq);
  }

  /** Sends everything from `nextSeq` on again, from storage where memory does not reach back so far. */
  resend(to: number, nextSeq: number): void {
    const inMemory = this.#outbox.pending(to);
    const batches =
      inMemory[0]?.firstSeq === nextSeq
        ? inMemory
        : storedBatches(this.#settings.storage, this.#flushed, { from: this.#chain, to }, nextSeq);
    for (const batch of batches) this.#emit({ kind: 'sendBatch', to, batch });
  }

  /** Sends what a block that is flushed has left for others. */
  sendOutbox({ block, executed }: ExecutedBlock, certificate: Uint8Array): void {
    const { outbox } = executed;
    const source = { chain: this.#chain, header: block.headerBytes, certificate };
    for (const [index, entry] of outbox.entries()) {
      const batch = proveBatch(outbox, index, source);
      this.#outbox.add(entry.destination, batch);
      this.#emit({ kind: 'sendBatch', to: entry.destination, batch });
    }
  }

  /** Tells the others what a block that is flushed has consumed. */
  acknowledgeInbound(body: BlockBody): void {
    for (const source of new Set(body.inbound.map((batch) => batch.source))) {
      const nextSeq = readCounter(this.#flushed, inboxKey(source));
      this.reportCursor(source, this.#inbox.consumed(source, nextSeq));
    }
  }

  get #chain(): number {
    return this.#settings.rules.placement.self;
  }

  /** Whether what arrives can be believed, committees included that no block here has stated yet. */
  readonly #isFinal: FinalityCheck = (header, hash, bytes) => {
    const { groups } = this.#settings.rules;
    const find = (chain: number, epoch: number) =>
      chain === ROOT_CHAIN
        ? this.#handovers.groupOf(this.#flushed, epoch)
        : groupOf(groups, this.#flushed, chain, epoch);
    return finalityCheck(groups, find)(header, hash, bytes);
  };
}
