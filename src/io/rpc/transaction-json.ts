/**
 * A transaction as clients send it to `/sendTx` (message `TransactionRequest`, spec go-iost §2.1,
 * clients "Quirks"), read into the core's form and written back for our own command line.
 *
 * Only the form is judged here: whether times, gas, size and signatures are acceptable is the
 * node's business, with the texts that clients know. So a body without `time` reads as time 0.
 */

import {
  type Action,
  type AmountLimit,
  SIGNATURE_ALGORITHM,
  type Signature,
  type Transaction,
} from '#core/chain/transaction.ts';
import type { Result } from '#core/result.ts';
import { parseJsonBody } from './json-body.ts';
import { type JsonFields, readFields } from './json-fields.ts';

/** What an x86-64 node gives for a double that no int64 holds; refused later as illegal gas. */
const NOT_AN_INT64 = -(2n ** 63n);
const INT64_LIMIT = 2 ** 63;

const ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['UNKNOWN', 0],
  ['SECP256K1', SIGNATURE_ALGORITHM.secp256k1],
  ['ED25519', SIGNATURE_ALGORITHM.ed25519],
]);
const ALGORITHM_NAMES: ReadonlyMap<number, string> = new Map(
  [...ALGORITHMS].map(([name, code]) => [code, name]),
);

/** Reads a body; refusals have code `json-invalid` or `json-field` (RPC code 3). */
export function readTransactionJson(body: Uint8Array): Result<Transaction> {
  const object = parseJsonBody(body);
  return object.ok ? readFields(object.value, readTransaction) : object;
}

/**
 * The body of `/sendTx` for a transaction: `readTransactionJson` gives back exactly the same one.
 * Integers are strings, so that no JSON parser on the way rounds them.
 */
export function writeTransactionJson(transaction: Transaction): string {
  return JSON.stringify({
    time: transaction.time.toString(),
    expiration: transaction.expiration.toString(),
    gas_ratio: doubleOfHundredths(transaction.gasRatio),
    gas_limit: doubleOfHundredths(transaction.gasLimit),
    delay: transaction.delay.toString(),
    chain_id: transaction.chainId >>> 0,
    actions: transaction.actions.map((action) => ({
      contract: action.contract,
      action_name: action.actionName,
      data: action.data,
    })),
    amount_limit: transaction.amountLimits,
    signers: transaction.signers,
    signatures: transaction.signatures.map(signatureToJson),
    publisher: transaction.publisher,
    publisher_sigs: transaction.publisherSignatures.map(signatureToJson),
  });
}

function readTransaction(fields: JsonFields): Transaction {
  return {
    time: fields.int64('time'),
    expiration: fields.int64('expiration'),
    gasRatio: hundredths(fields.double('gas_ratio')),
    gasLimit: hundredths(fields.double('gas_limit')),
    delay: fields.int64('delay'),
    // 32 bits with a sign, as the core decodes them: ids beyond the int32 range only get refused.
    chainId: fields.uint32('chain_id') | 0,
    signers: fields.strings('signers'),
    actions: fields.messages('actions', readAction),
    amountLimits: fields.messages('amount_limit', readAmountLimit),
    signatures: fields.messages('signatures', readSignature),
    publisher: fields.string('publisher'),
    publisherSignatures: fields.messages('publisher_sigs', readSignature),
  };
}

function readAction(fields: JsonFields): Action {
  return {
    contract: fields.string('contract'),
    actionName: fields.string('action_name'),
    data: fields.string('data'),
  };
}

function readAmountLimit(fields: JsonFields): AmountLimit {
  return { token: fields.string('token'), value: fields.string('value') };
}

function readSignature(fields: JsonFields): Signature {
  return {
    algorithm: fields.enum8('algorithm', ALGORITHMS),
    signature: fields.bytes('signature'),
    publicKey: fields.bytes('public_key'),
  };
}

function signatureToJson(signature: Signature): Record<string, string | number> {
  return {
    algorithm: ALGORITHM_NAMES.get(signature.algorithm) ?? signature.algorithm,
    public_key: Buffer.from(signature.publicKey).toString('base64'),
    signature: Buffer.from(signature.signature).toString('base64'),
  };
}

/**
 * `trunc(x * 100)` in doubles, without rounding: 1.15 gives 114. Clients sign the same truncation
 * (quirk 4), so rounding "properly" would break their signatures.
 */
function hundredths(value: number): bigint {
  const scaled = Math.trunc(value * 100);
  const inRange = scaled >= -INT64_LIMIT && scaled < INT64_LIMIT;
  return inRange ? BigInt(scaled) : NOT_AN_INT64;
}

/** A double that `hundredths` reads back as given; the plain quotient may truncate to one less. */
function doubleOfHundredths(value: bigint): number {
  const quotient = Number(value) / 100;
  return hundredths(quotient) === value ? quotient : (Number(value) + 0.5) / 100;
}
