/** Transactions and receipts in the shape of the API's answers (spec go-iost §4.4, §4.5). */

import type { Receipt } from '#core/chain/receipt.ts';
import type { Transaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import type { ReceiptMessage, TransactionMessage } from './messages.ts';

export function receiptView(receipt: Receipt): ReceiptMessage {
  return {
    tx_hash: base58Encode(receipt.txHash),
    gas_usage: hundredths(receipt.gasUsage),
    ram_usage: receipt.ramUsage,
    status_code: receipt.statusCode,
    message: receipt.message,
    returns: receipt.returns,
    receipts: receipt.receipts.map((entry) => ({
      func_name: entry.funcName,
      content: entry.content,
    })),
  };
}

/** Signatures are not part of the answer, as in the reference node. */
export function transactionView(
  id: Uint8Array,
  transaction: Transaction,
  receipt: Receipt | undefined,
): TransactionMessage {
  return {
    hash: base58Encode(id),
    time: transaction.time,
    expiration: transaction.expiration,
    gas_ratio: hundredths(transaction.gasRatio),
    gas_limit: hundredths(transaction.gasLimit),
    delay: transaction.delay,
    chain_id: transaction.chainId >>> 0,
    actions: transaction.actions.map((action) => ({
      contract: action.contract,
      action_name: action.actionName,
      data: action.data,
    })),
    signers: transaction.signers,
    publisher: transaction.publisher,
    referred_tx: '',
    amount_limit: transaction.amountLimits,
    // null, never an empty object: wallets take anything else for a failed transaction.
    tx_receipt: receipt === undefined ? null : receiptView(receipt),
  };
}

/** Gas and ratios are kept in hundredths and shown as doubles. */
export function hundredths(value: bigint): number {
  return Number(value) / 100;
}
