/**
 * Transactions whose status somebody waits for: each watcher is told PACKED, then IRREVERSIBLE, each
 * once and with the receipt. Costs nothing per transaction while nobody watches.
 *
 * Bounded: at most `watchesMax` transactions; a watch whose transaction does not appear in time ends
 * with UNKNOWN, so every watch ends.
 */

import { assert } from '#core/assert.ts';
import { resultAt } from '#core/chain/block.ts';
import { decodeReceipt } from '#core/chain/receipt.ts';
import { binaryStringOf } from '#core/crypto/hash.ts';
import type { CommittedBlocks, LocatedResult } from './committed-blocks.ts';
import { type FinalBlock, type Push, transactionPush } from './push.ts';

const ID_BYTES = 32;
const NO_CHAIN = -1;

export type Watcher = { readonly onStatus: (push: Push, ended: boolean, key: string) => void };

type Watch = {
  readonly id: Uint8Array;
  readonly watchers: Set<Watcher>;
  readonly expiresMs: number;
  /** Where it ran, once it did. Without transaction and receipt, which would keep a block alive. */
  packed: LocatedResult | undefined;
};

export class TransactionWatches {
  readonly #blocks: CommittedBlocks;
  readonly #watchesMax: number;
  readonly #watchMs: number;
  readonly #waiting = new Map<string, Watch>();
  readonly #packed = new Map<string, Watch>();

  /** `watchMs`: how long a transaction may take to become final; longer than it can be valid. */
  constructor(blocks: CommittedBlocks, watchesMax: number, watchMs: number) {
    this.#blocks = blocks;
    this.#watchesMax = watchesMax;
    this.#watchMs = watchMs;
  }

  get size(): number {
    return this.#waiting.size + this.#packed.size;
  }

  /**
   * Starts a watch, and reports at once what is known already. `false`: too many. The watcher gets
   * `ended` with the last report.
   */
  watch(id: Uint8Array, watcher: Watcher, nowMs: number): boolean {
    const key = binaryStringOf(id);
    const open = this.#waiting.get(key) ?? this.#packed.get(key);
    if (open !== undefined) {
      if (open.packed !== undefined) report(key, this.#findAgain(open), [watcher], 'PACKED');
      open.watchers.add(watcher);
      return true;
    }
    if (this.size >= this.#watchesMax) return false;
    const watch: Watch = {
      id,
      watchers: new Set([watcher]),
      expiresMs: nowMs + this.#watchMs,
      packed: undefined,
    };
    const found = this.#blocks.find(id);
    if (found === undefined || found.result.receipt.length === 0) this.#waiting.set(key, watch);
    else this.#pack(key, watch, found);
    return true;
  }

  unwatch(key: string, watcher: Watcher): void {
    for (const table of [this.#waiting, this.#packed]) {
      const watch = table.get(key);
      if (watch?.watchers.delete(watcher) === true && watch.watchers.size === 0) table.delete(key);
    }
  }

  /** `readResults` is called only where a watched transaction is in the block. */
  onBlock(block: FinalBlock, readResults: () => Uint8Array | undefined): void {
    if (this.#waiting.size === 0) return;
    const text = Buffer.from(block.ids.buffer, block.ids.byteOffset, block.ids.length);
    for (let index = 0; index * ID_BYTES < text.length; index++) {
      const key = text.toString('latin1', index * ID_BYTES, (index + 1) * ID_BYTES);
      const watch = this.#waiting.get(key);
      if (watch === undefined) continue;
      const results = readResults();
      const result = results && resultAt(results, index);
      assert(result !== undefined, 'a final block has a result for each of its ids');
      // Reserved here, to be run elsewhere: the block with the receipt is still to come.
      if (result.receipt.length === 0) continue;
      this.#waiting.delete(key);
      this.#pack(key, watch, { chain: block.chain, height: block.height, result });
    }
  }

  /** After a root block: more may have become irreversible. */
  onRootBlock(): void {
    for (const [key, watch] of this.#packed) this.#tryFinish(key, watch);
  }

  /** Ends watches whose transaction did not appear in time. */
  expire(nowMs: number): void {
    for (const [key, watch] of this.#waiting) {
      // In order of insertion, which is the order of expiry.
      if (watch.expiresMs > nowMs) break;
      this.#waiting.delete(key);
      const push = transactionPush(watch.id, 'UNKNOWN', NO_CHAIN, 0, undefined);
      for (const watcher of watch.watchers) watcher.onStatus(push, true, key);
    }
  }

  #pack(key: string, watch: Watch, found: LocatedResult): void {
    const { id, legs } = found.result;
    const empty = new Uint8Array(0);
    watch.packed = {
      ...found,
      result: { id: Uint8Array.from(id), legs, transaction: empty, receipt: empty },
    };
    if (this.#blocks.irreversibleIn(watch.packed) !== undefined) {
      report(key, found, watch.watchers, 'IRREVERSIBLE');
      return;
    }
    this.#packed.set(key, watch);
    report(key, found, watch.watchers, 'PACKED');
  }

  #tryFinish(key: string, watch: Watch): void {
    assert(watch.packed !== undefined, 'a watch in the packed table knows its block');
    if (this.#blocks.irreversibleIn(watch.packed) === undefined) return;
    this.#packed.delete(key);
    report(key, this.#findAgain(watch), watch.watchers, 'IRREVERSIBLE');
  }

  #findAgain(watch: Watch): LocatedResult {
    const found = this.#blocks.find(watch.id);
    assert(found !== undefined, 'a final transaction can be found again');
    return found;
  }
}

function report(
  key: string,
  { chain, height, result }: LocatedResult,
  watchers: Iterable<Watcher>,
  status: 'PACKED' | 'IRREVERSIBLE',
): void {
  const receipt = decodeReceipt(result.receipt);
  assert(receipt !== undefined, 'a stored receipt is of its own form');
  const push = transactionPush(result.id, status, chain, height, receipt);
  for (const watcher of watchers) watcher.onStatus(push, status === 'IRREVERSIBLE', key);
}
