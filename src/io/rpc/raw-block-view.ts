/**
 * Root blocks as the reference node's raw block messages. Header fields keep their meaning; the
 * header's own hash cannot be recomputed from them, because our header commits to more. `sign` holds
 * the finalization certificate of the root block in place of the single signature.
 */

import { assert } from '#core/assert.ts';
import { decodeReceipt, type Receipt } from '#core/chain/receipt.ts';
import {
  decodeTransaction,
  SIGNATURE_ALGORITHM,
  type Signature,
  type Transaction,
} from '#core/chain/transaction.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { type BlockContent, witnessOf } from './block-view.ts';
import type { CommittedBlocks, RootBlock } from './committed-blocks.ts';
import type {
  RawBlockMessage,
  RawReceiptMessage,
  RawTransactionMessage,
} from './raw-block-messages.ts';

const EMPTY = new Uint8Array(0);
/** The reference node writes an empty JSON object here. */
const BLOCK_INFO = new TextEncoder().encode('{}');

/** Header and certificate only. */
export function rawHeaderView(block: RootBlock, content: BlockContent): RawBlockMessage {
  return {
    head: {
      version: block.height === 0 ? 0 : 1,
      parentHash: block.height === 0 ? EMPTY : block.header.parentHash,
      txMerkleHash: content.transactionsHash,
      txReceiptMerkleHash: content.receiptsHash,
      info: BLOCK_INFO,
      number: block.height,
      witness: witnessOf(block),
      time: block.header.timestamp,
    },
    sign: {
      algorithm: SIGNATURE_ALGORITHM.ed25519,
      sig: block.certificate,
      pubKey: block.height === 0 ? EMPTY : block.header.proposer,
    },
    txs: [],
    receipts: [],
    txHashes: [],
    receiptHashes: [],
    blockType: 'NORMAL',
  };
}

/** With all transactions and receipts (`complete`), or with their hashes. */
export function rawBlockView(
  blocks: CommittedBlocks,
  block: RootBlock,
  content: BlockContent,
  complete: boolean,
): RawBlockMessage {
  const header = rawHeaderView(block, content);
  const results = [...blocks.resultsOf(block)].map((located) => located.result);
  if (!complete) {
    return {
      ...header,
      txHashes: results.map((result) => result.id),
      receiptHashes: results.map((result) => sha3(result.receipt)),
      blockType: 'ONLYHASH',
    };
  }
  return {
    ...header,
    txs: results.map((result) => {
      const decoded = decodeTransaction(result.transaction);
      assert(decoded !== undefined, 'a stored transaction is of its own form');
      return rawTransactionView(decoded);
    }),
    receipts: results.map((result) => {
      const receipt = decodeReceipt(result.receipt);
      assert(receipt !== undefined, 'a stored receipt is of its own form');
      return rawReceiptView(receipt);
    }),
  };
}

function rawTransactionView(transaction: Transaction): RawTransactionMessage {
  return {
    time: transaction.time,
    expiration: transaction.expiration,
    gasLimit: transaction.gasLimit,
    gasRatio: transaction.gasRatio,
    actions: transaction.actions.map(({ contract, actionName, data }) => ({
      contract,
      actionName,
      data,
    })),
    signers: transaction.signers,
    signs: transaction.signatures.map(rawSignature),
    publisher: transaction.publisher,
    publishSigns: transaction.publisherSignatures.map(rawSignature),
    delay: transaction.delay,
    chain_id: transaction.chainId >>> 0,
    referredTx: EMPTY,
    amountLimit: transaction.amountLimits.map(({ token, value }) => ({ token, val: value })),
    reserved: EMPTY,
  };
}

function rawSignature(signature: Signature) {
  return {
    algorithm: signature.algorithm,
    sig: signature.signature,
    pubKey: signature.publicKey,
  };
}

function rawReceiptView(receipt: Receipt): RawReceiptMessage {
  return {
    txHash: receipt.txHash,
    gasUsage: receipt.gasUsage,
    ramUsage: receipt.ramUsage,
    status: { code: receipt.statusCode, message: receipt.message },
    returns: receipt.returns,
    receipts: receipt.receipts,
  };
}
