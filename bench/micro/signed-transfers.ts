/** Signed transfers between bench accounts of one shard, decoded, with their ids. */

import { type DecodedTransaction, decodeTransaction } from '#core/chain/transaction.ts';
import { TransactionFactory } from '../macro/transactions.ts';

export type SignedTransfer = {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  readonly decoded: DecodedTransaction;
};

export class TransferSource {
  readonly #factory: TransactionFactory;

  constructor(accounts: number) {
    this.#factory = new TransactionFactory({ accounts, shards: 1, crossShardShare: 0 });
  }

  /** Calls must be further apart in time than `count` nanoseconds, or transfers come twice. */
  take(count: number, nowMs: number): readonly SignedTransfer[] {
    const { transactions, ids } = this.#factory.sign(count, nowMs);
    return transactions.map((bytes, index) => {
      const decoded = decodeTransaction(bytes);
      if (decoded === undefined) throw new Error('a transfer is canonical');
      return { id: ids[index] as Uint8Array, bytes, decoded };
    });
  }
}
