/** Transactions with only the fields the pool looks at; the rest is as empty as it may be. */

import { encodeTransaction } from '#core/chain/transaction.ts';
import { readTransactionHead, type TransactionHead } from '#core/chain/transaction-head.ts';

export type PoolFields = {
  readonly time?: bigint;
  readonly expiration?: bigint;
  readonly gasRatio?: bigint;
  readonly contract?: string;
  readonly data?: string;
};

export function makeTransaction(fields: PoolFields): TransactionHead {
  const time = fields.time ?? 1_000_000_000n;
  const bytes = encodeTransaction({
    time,
    expiration: fields.expiration ?? time + 90_000_000_000n,
    gasRatio: fields.gasRatio ?? 100n,
    gasLimit: 1_000_000n,
    delay: 0n,
    chainId: 1020,
    signers: [],
    actions: [
      {
        contract: fields.contract ?? 'token.iost',
        actionName: 'transfer',
        data: fields.data ?? '[]',
      },
    ],
    amountLimits: [],
    signatures: [],
    publisher: 'admin',
    publisherSignatures: [],
  });
  return readTransactionHead(bytes);
}

/** A 32-byte id that starts with `prefix` and ends with the number. */
export function makeId(number: number, prefix: readonly number[] = []): Uint8Array {
  const id = new Uint8Array(32);
  id.set(prefix);
  new DataView(id.buffer).setUint32(28, number);
  return id;
}
