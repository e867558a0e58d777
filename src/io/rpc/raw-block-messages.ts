/**
 * Blocks as the reference node stores and gossips them (`blockpb.Block`, spec go-iost §2.5, §3.1):
 * camel-case names and base64 bytes. Only getRawBlockByNumber and getBlockHeaderByRange answer so.
 */

import {
  bytes,
  int32,
  int64,
  list,
  map,
  message,
  nullable,
  string,
  type Written,
} from './json-writer.ts';
import type { BlockStatus } from './messages.ts';

const signature = message({ algorithm: int32, sig: bytes, pubKey: bytes });

const rawTransaction = message({
  time: int64,
  expiration: int64,
  gasLimit: int64,
  gasRatio: int64,
  actions: list(message({ contract: string, actionName: string, data: string })),
  signers: list(string),
  signs: list(signature),
  publisher: string,
  publishSigns: list(signature),
  delay: int64,
  chain_id: int32,
  referredTx: bytes,
  amountLimit: list(message({ token: string, val: string })),
  reserved: bytes,
});

const rawReceipt = message({
  txHash: bytes,
  gasUsage: int64,
  ramUsage: map(int64),
  status: message({ code: int32, message: string }),
  returns: list(string),
  receipts: list(message({ funcName: string, content: string })),
});

const rawBlock = message({
  head: message({
    version: int64,
    parentHash: bytes,
    txMerkleHash: bytes,
    txReceiptMerkleHash: bytes,
    info: bytes,
    number: int64,
    witness: string,
    time: int64,
  }),
  sign: nullable(signature),
  txs: list(rawTransaction),
  receipts: list(rawReceipt),
  txHashes: list(bytes),
  receiptHashes: list(bytes),
  blockType: (value: 'NORMAL' | 'ONLYHASH') => `"${value}"`,
});

export const rawBlockResponse = message({
  status: (value: BlockStatus) => `"${value}"`,
  block: rawBlock,
});

export const blockHeaderByRangeResponse = message({ block_list: list(rawBlock) });

export type RawBlockMessage = Written<typeof rawBlock>;
export type RawTransactionMessage = Written<typeof rawTransaction>;
export type RawReceiptMessage = Written<typeof rawReceipt>;
