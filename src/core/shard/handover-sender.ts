/**
 * Root chain: tells the shards who makes its next blocks, one step per period, each proven by the
 * block that closes it. What a shard has missed is read again from the closing blocks in storage.
 */

import { decodeStoredBlock } from '../chain/block.ts';
import { closingHeight } from '../chain/epochs.ts';
import { encodeHandover } from '../chain/handover.ts';
import { encodeNextGroup } from '../chain/next-group.ts';
import { ROOT_CHAIN, type StateReader } from '../ledger/ports.ts';
import type { Emit } from './chain-effects.ts';
import type { ChainStorage } from './chain-settings.ts';
import { readGroup } from './network-groups.ts';

export type HandoverSenderParts = {
  readonly storage: ChainStorage;
  readonly flushed: StateReader;
  /** Blocks of one epoch of the root chain. */
  readonly epochBlocks: number;
  readonly emit: Emit;
};

/** A closing block that is flushed, and the encoded proof that it is final. */
export type ClosingBlock = { readonly header: Uint8Array; readonly certificate: Uint8Array };

export class HandoverSender {
  readonly #parts: HandoverSenderParts;

  constructor(parts: HandoverSenderParts) {
    this.#parts = parts;
  }

  /** The step to the committee of `epoch`, which `closing` has elected. */
  send(to: number, epoch: number, { header, certificate }: ClosingBlock): void {
    const next = readGroup(this.#parts.flushed, ROOT_CHAIN, epoch);
    if (next === undefined) return;
    const handover = encodeHandover({ header, certificate, group: encodeNextGroup(next) });
    this.#parts.emit({ kind: 'sendHandover', to, handover });
  }

  /** The steps from the committee that a shard knows to the newest one. */
  sendSince(to: number, knownEpoch: number, newestEpoch: number): void {
    const { storage, epochBlocks } = this.#parts;
    for (let epoch = knownEpoch + 1; epoch <= newestEpoch; epoch++) {
      const stored = storage.block(closingHeight(epoch - 1, epochBlocks));
      const block = stored === undefined ? undefined : decodeStoredBlock(stored);
      if (block !== undefined) this.send(to, epoch, block);
    }
  }
}
