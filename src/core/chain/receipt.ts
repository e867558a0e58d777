/**
 * What a transaction did. The encoding is the reference node's digest input (spec go-iost §2.6), so
 * a stored receipt is hashed as it lies.
 */

import { type BinaryReader, decodeWith } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { BytePages } from './byte-pages.ts';

/** Codes the reference node defines; only 0, 2, 4 and 5 are ever produced. */
export const RECEIPT_STATUS = {
  SUCCESS: 0,
  GAS_RUN_OUT: 1,
  BALANCE_NOT_ENOUGH: 2,
  WRONG_PARAMETER: 3,
  RUNTIME_ERROR: 4,
  TIMEOUT: 5,
  WRONG_TX_FORMAT: 6,
  DUPLICATE_SET_CODE: 7,
  UNKNOWN_ERROR: 8,
} as const;

/** Emitted by a contract: `contract/abi` and the content it chose. */
export type ReceiptEntry = { readonly funcName: string; readonly content: string };

export type Receipt = {
  readonly txHash: Uint8Array;
  /** Hundredths of gas, ratio included. */
  readonly gasUsage: bigint;
  readonly statusCode: number;
  readonly message: string;
  /** Net bytes by payer, sorted by payer; never zero. */
  readonly ramUsage: readonly (readonly [payer: string, bytes: bigint])[];
  /** One JSON array text per action. */
  readonly returns: readonly string[];
  readonly receipts: readonly ReceiptEntry[];
};

export function encodeReceipt(receipt: Receipt): Uint8Array {
  const writer = scratch.reset();
  return writer
    .bytes(receipt.txHash)
    .i64(receipt.gasUsage)
    .record(() => writer.i32(receipt.statusCode).string(receipt.message))
    .list(receipt.ramUsage, (target, [payer, bytes]) => target.string(payer).i64(bytes))
    .list(receipt.returns, (target, text) => target.string(text))
    .list(receipt.receipts, (target, entry) =>
      target.record(() => target.string(entry.funcName).string(entry.content)),
    )
    .finishIn(pages);
}

export function decodeReceipt(bytes: Uint8Array): Receipt | undefined {
  return decodeWith(bytes, readReceipt);
}

const scratch = new BinaryWriter(4096);
const pages = new BytePages();

function readReceipt(reader: BinaryReader): Receipt {
  const txHash = reader.bytes();
  const gasUsage = reader.i64();
  const status = reader.record(() => ({ code: reader.i32(), message: reader.string() }));
  return {
    txHash,
    gasUsage,
    statusCode: status.code,
    message: status.message,
    ramUsage: reader.list(12, (source) => [source.string(), source.i64()] as const),
    returns: reader.list(4, (source) => source.string()),
    receipts: reader.list(12, (source) =>
      source.record(() => ({ funcName: source.string(), content: source.string() })),
    ),
  };
}
