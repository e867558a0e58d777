/**
 * What a pool wants to know of a transaction: little, and of every transaction that comes, so it is
 * read past the rest. PERF: 0.3 µs and four objects, where decoding takes 1.6 µs and leaves thirty.
 */

import { BinaryReader } from './binary-reader.ts';

export type TransactionHead = {
  /** The full encoding. */
  readonly bytes: Uint8Array;
  readonly time: bigint;
  readonly expiration: bigint;
  readonly gasRatio: bigint;
  readonly gasLimit: bigint;
  readonly publisher: string;
  /** Contract of the only action and bytes of its data; '' and 0 where there are more actions or none. */
  readonly soleContract: string;
  readonly soleDataBytes: number;
};

/** Reads the full encoding of a transaction that was decoded before, be it on another thread. */
export function readTransactionHead(bytes: Uint8Array): TransactionHead {
  const reader = new BinaryReader(bytes);
  const time = reader.i64();
  const expiration = reader.i64();
  const gasRatio = reader.i64();
  const gasLimit = reader.i64();
  reader.i64(); // delay
  reader.i32(); // chain id
  reader.skip(); // reserved
  reader.skipList(); // signers
  const actions = reader.i32();
  let soleContract = '';
  let soleDataBytes = 0;
  if (actions === 1) {
    reader.i32(); // length of the record
    soleContract = reader.string();
    reader.skip(); // name of the action
    soleDataBytes = reader.skip();
  } else for (let left = actions; left > 0; left--) reader.skip();
  reader.skipList(); // limits
  reader.skipList(); // signatures of signers
  reader.skip(); // reserved
  const publisher = reader.string();
  return {
    bytes,
    time,
    expiration,
    gasRatio,
    gasLimit,
    publisher,
    soleContract,
    soleDataBytes,
  };
}
