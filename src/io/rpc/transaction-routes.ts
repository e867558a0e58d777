/** Endpoints about single transactions: look up, send, execute (spec go-iost §4.5). */

import { assert } from '#core/assert.ts';
import { decodeReceipt } from '#core/chain/receipt.ts';
import {
  decodeTransaction,
  encodeTransaction,
  TRANSACTION_BYTES_MAX,
} from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import type { LocatedResult } from './committed-blocks.ts';
import {
  type ReceiptMessage,
  sendTransactionResponse,
  type TransactionStatus,
  transactionResponse,
  txReceipt,
} from './messages.ts';
import { hashBytes } from './path-values.ts';
import type { Api, Route, RouteInput } from './route.ts';
import { invalidArgument, RPC_CODE, RpcError, unknownError } from './rpc-error.ts';
import type { RpcPorts } from './rpc-ports.ts';
import { readTransactionJson } from './transaction-json.ts';
import { receiptView, transactionView } from './transaction-view.ts';

const EXECUTE_COST = 20;
/** A transaction is not executed later than this after its time (spec go-iost §2.2), twice over. */
const RESERVATION_GONE_NS = 180_000_000_000n;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

export const TRANSACTION_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/getTxByHash/:hash', cost: 1, answer: getTxByHash },
  { method: 'GET', path: '/getTxReceiptByTxHash/:hash', cost: 1, answer: getTxReceiptByTxHash },
  { method: 'POST', path: '/sendTx', cost: 1, answer: sendTx },
  { method: 'POST', path: '/execTx', cost: EXECUTE_COST, answer: execTx },
];

async function getTxByHash(api: Api, input: RouteInput): Promise<string> {
  const id = hashBytes(input.param('hash'));
  if (id === undefined) throw unknownError('tx not found');
  const stored = storedTransaction(api, id);
  if (stored !== undefined) return stored;
  const bytes = await api.ports.findPending(id);
  const pending = bytes && decodeTransaction(bytes);
  if (pending === undefined) {
    // It may have been stored between the two questions.
    const late = storedTransaction(api, id);
    if (late === undefined) throw unknownError('tx not found');
    return late;
  }
  return transactionResponse({
    status: 'PENDING',
    transaction: transactionView(id, pending, undefined),
    block_number: -1,
  });
}

function storedTransaction({ ports, blocks }: Api, id: Uint8Array): string | undefined {
  const found = blocks.find(id);
  if (found === undefined) return undefined;
  if (found.result.receipt.length > 0) {
    const root = blocks.irreversibleIn(found);
    return root === undefined
      ? answerTransaction('PACKED', found, -1)
      : answerTransaction('IRREVERSIBLE', found, root);
  }
  return isUnderWay(found, ports) ? answerTransaction('PENDING', found, -1) : undefined;
}

/** Clients take the first receipt they see as the end, so there is none before irreversibility. */
function getTxReceiptByTxHash({ blocks }: Api, input: RouteInput): string {
  const id = hashBytes(input.param('hash'));
  const found = id && blocks.find(id);
  if (found === undefined || found.result.receipt.length === 0) throw receiptNotFound();
  if (blocks.irreversibleIn(found) === undefined) throw receiptNotFound();
  const receipt = decodeReceipt(found.result.receipt);
  assert(receipt !== undefined, 'a stored receipt is of its own form');
  return txReceipt(receiptView(receipt));
}

function sendTx({ ports, options }: Api, { body }: RouteInput): Promise<string> {
  const encoded = readTransaction(ports, body);
  const tried = options.tryTx ? tryTransaction(ports, encoded) : null;
  return new Promise((resolve, fail) => {
    const taken = ports.submit([encoded], ({ ids, rejected }) => {
      const refusal = rejected[0];
      if (refusal !== undefined) fail(unknownError(refusal.message));
      else resolve(sendTransactionResponse({ hash: base58Encode(ids), pre_tx_receipt: tried }));
    });
    if (!taken) {
      const message = 'the node is busy, send the transaction again';
      fail(new RpcError(RPC_CODE.RESOURCE_EXHAUSTED, message));
    }
  });
}

function execTx({ ports, options }: Api, { body }: RouteInput): string {
  if (!options.execTx) throw unknownError("the node has't enabled this method");
  const encoded = readTransaction(ports, body);
  const receipt = ports.execute(encoded);
  if (!receipt.ok) throw unknownError(receipt.failure.message);
  return txReceipt(receiptView(receipt.value));
}

function tryTransaction(ports: RpcPorts, encoded: Uint8Array): ReceiptMessage {
  const receipt = ports.execute(encoded);
  if (!receipt.ok) throw unknownError(`try transaction failed: ${receipt.failure.message}`);
  if (receipt.value.statusCode !== 0) {
    throw unknownError(`try transaction failed: ${receipt.value.message}`);
  }
  return receiptView(receipt.value);
}

/** The full encoding of the transaction in a body. */
function readTransaction(ports: RpcPorts, body: Uint8Array): Uint8Array {
  const read = readTransactionJson(body);
  if (!read.ok) throw invalidArgument(read.failure.message);
  const transaction = read.value;
  const encoded = encodeTransaction(transaction);
  if (encoded.length > TRANSACTION_BYTES_MAX) {
    throw unknownError(
      `VerifyError tx size illegal, should <= ${TRANSACTION_BYTES_MAX}, got ${encoded.length}`,
    );
  }
  const refusal = ports.check(transaction, encoded);
  if (refusal !== undefined) throw unknownError(refusal.message);
  return encoded;
}

function answerTransaction(status: TransactionStatus, found: LocatedResult, root: number): string {
  const { result } = found;
  const transaction = decodeTransaction(result.transaction);
  assert(transaction !== undefined, 'a stored transaction is of its own form');
  const receipt = result.receipt.length > 0 ? decodeReceipt(result.receipt) : undefined;
  return transactionResponse({
    status,
    transaction: transactionView(result.id, transaction, receipt),
    block_number: root,
  });
}

/** Reserved on one chain and not yet run on its home; past its time it was dropped there. */
function isUnderWay(found: LocatedResult, ports: RpcPorts): boolean {
  const transaction = decodeTransaction(found.result.transaction);
  assert(transaction !== undefined, 'a stored transaction is of its own form');
  const now = BigInt(ports.nowMs()) * NANOSECONDS_PER_MILLISECOND;
  return now - transaction.time < RESERVATION_GONE_NS;
}

function receiptNotFound(): RpcError {
  return unknownError('failed to Get the receipt: not found');
}
