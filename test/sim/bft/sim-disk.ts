/**
 * The disk of a simulated node: operations take effect one after the other, some time after they
 * were ordered. A crash lets any prefix of the unfinished ones take effect, as a real disk may.
 */

import type { Block } from '#core/bft/block.ts';
import type { LogRecord } from '#core/bft/effects.ts';
import type { Certificate } from '#core/chain/certificate.ts';
import type { Prng } from '../prng.ts';

export type StoredBlock = {
  readonly epoch: number;
  readonly view: number;
  readonly block: Block;
  readonly certificate: Certificate;
};

export type DiskOperation =
  | { readonly kind: 'records'; readonly epoch: number; readonly records: readonly LogRecord[] }
  | { readonly kind: 'commit'; readonly stored: StoredBlock }
  | { readonly kind: 'drop'; readonly epoch: number; readonly belowKey: string };

export class SimDisk {
  readonly chain: StoredBlock[] = [];
  readonly #logs = new Map<number, Map<string, Uint8Array>>();
  #pending: DiskOperation[] = [];

  /** Orders an operation; it takes effect at the matching `completeNext`. */
  order(operation: DiskOperation): void {
    this.#pending.push(operation);
  }

  completeNext(): void {
    const operation = this.#pending.shift();
    if (operation !== undefined) this.#apply(operation);
  }

  crash(prng: Prng): void {
    while (this.#pending.length > 0 && prng.chance(500)) this.completeNext();
    this.#pending = [];
  }

  loseLog(): void {
    this.#logs.clear();
  }

  wipe(): void {
    this.loseLog();
    this.chain.length = 0;
  }

  recordsOf(epoch: number): LogRecord[] {
    return [...(this.#logs.get(epoch) ?? [])].map(([key, value]) => ({ key, value }));
  }

  #apply(operation: DiskOperation): void {
    switch (operation.kind) {
      case 'commit':
        this.chain.push(operation.stored);
        return;
      case 'records': {
        const log = this.#logs.get(operation.epoch) ?? new Map<string, Uint8Array>();
        this.#logs.set(operation.epoch, log);
        for (const { key, value } of operation.records) log.set(key, value);
        return;
      }
      case 'drop': {
        const log = this.#logs.get(operation.epoch);
        for (const key of log?.keys() ?? []) if (key < operation.belowKey) log?.delete(key);
      }
    }
  }
}
