/**
 * A read transaction that is renewed by hand. lmdb-js keeps the snapshot of the first read until a
 * Node timer fires, and sets a new timer each time it renews: on a ring-driven thread, which never
 * returns to the event loop, reads would stay at one old block and the timers would pile up. So a
 * reader holds one explicit transaction and resets it after each use; LMDB renews it with the next
 * read. A reset transaction pins nothing, so no reader ever blocks the reuse of pages.
 */

import * as lmdb from 'lmdb';

/** Exported by lmdb-js at run time, missing in its types. */
type NativeAddon = { resetTxn(address: number): void };
const { nativeAddon } = lmdb as unknown as { readonly nativeAddon: NativeAddon };

export class ReadTransaction {
  /** To be passed to every get and range. */
  readonly options: { readonly transaction: lmdb.Transaction };
  readonly #address: number;

  constructor(root: lmdb.RootDatabase) {
    const transaction = root.useReadTransaction();
    this.options = { transaction };
    this.#address = (transaction as unknown as { readonly address: number }).address;
    this.reset();
  }

  /** Lets go of the snapshot: the next read sees the newest block. */
  reset(): void {
    nativeAddon.resetTxn(this.#address);
  }

  close(): void {
    this.options.transaction.done();
  }
}
