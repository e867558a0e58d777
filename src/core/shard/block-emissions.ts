/** What the contracts of one block said, by transaction, within a bound. */

import type { Emission } from '../ledger/emission.ts';

export type BlockEmission = Emission & {
  /** Hash of the transaction. */
  readonly transactionId: Uint8Array;
};

export type EmissionsOfBlock = {
  readonly entries: readonly BlockEmission[];
  /** How many did not fit. */
  readonly dropped: number;
};

/** BOUND: a block's events and console lines, in UTF-16 units and a share for each. */
const LENGTH_MAX = 256 * 1024;
const ENTRY_LENGTH = 256;

export class BlockEmissions {
  readonly #entries: BlockEmission[] = [];
  #length = 0;
  #dropped = 0;

  add(transactionId: Uint8Array, emissions: readonly Emission[]): void {
    for (const emission of emissions) {
      const text = emission.kind === 'event' ? emission.data : emission.text;
      this.#length += text.length + ENTRY_LENGTH;
      if (this.#length > LENGTH_MAX) this.#dropped += 1;
      else this.#entries.push({ ...emission, transactionId });
    }
  }

  close(): EmissionsOfBlock {
    return { entries: this.#entries, dropped: this.#dropped };
  }
}
