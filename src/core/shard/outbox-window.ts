/**
 * What this chain has sent and the receivers have not consumed yet, by destination. It tells the
 * proposer when a receiver lags too far behind to be sent more, and holds the batches that a
 * receiver may ask for again. After a restart older ones come from stored blocks.
 */

import type { InboundBatch } from '../chain/block.ts';

/** Bounds of one channel beyond which nothing more is sent on it (protocol.md §7.2). */
export type ChannelWindow = { readonly messagesMax: number; readonly bytesMax: number };

type SentBatch = { readonly batch: InboundBatch; readonly bytes: number };

export class OutboxWindow {
  readonly #window: ChannelWindow;
  readonly #byDestination = new Map<number, SentBatch[]>();

  constructor(window: ChannelWindow) {
    this.#window = window;
  }

  add(destination: number, batch: InboundBatch): void {
    const bytes = batch.messages.reduce((sum, message) => sum + message.length, 0);
    const sent = this.#byDestination.get(destination);
    if (sent === undefined) this.#byDestination.set(destination, [{ batch, bytes }]);
    else sent.push({ batch, bytes });
  }

  acknowledge(destination: number, nextSeq: number): void {
    const sent = this.#byDestination.get(destination);
    if (sent === undefined) return;
    const kept = sent.filter(({ batch }) => batch.firstSeq + batch.messages.length > nextSeq);
    this.#byDestination.set(destination, kept);
  }

  /** Everything unacknowledged, oldest first. */
  pending(destination: number): readonly InboundBatch[] {
    return (this.#byDestination.get(destination) ?? []).map(({ batch }) => batch);
  }

  /** Whether some receiver has a full window. */
  isFull(): boolean {
    for (const sent of this.#byDestination.values()) {
      let messages = 0;
      let bytes = 0;
      for (const { batch, bytes: size } of sent) {
        messages += batch.messages.length;
        bytes += size;
      }
      if (messages >= this.#window.messagesMax || bytes >= this.#window.bytesMax) return true;
    }
    return false;
  }
}
