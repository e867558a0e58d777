/**
 * `iostd tx inspect`: what a node sees in a sendTx body: the hashes that must have been signed, the
 * hash it will be known by, and whether each signature holds. For people who write clients.
 */

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  encodeBase,
  encodePublish,
  encodeTransaction,
  type Signature,
  TRANSACTION_BYTES_MAX,
} from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { verifySignature } from '#core/crypto/signature.ts';
import { readTransactionJson } from '#io/rpc/transaction-json.ts';
import { CommandFailure } from './command-failure.ts';
import { printJson } from './output.ts';

const STANDARD_INPUT = 0;
const ALGORITHM_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'UNKNOWN'],
  [1, 'SECP256K1'],
  [2, 'ED25519'],
]);

export function addTxInspect(tx: Command): void {
  tx.command('inspect')
    .description('read a sendTx body; print its hashes and whether each signature is valid')
    .requiredOption('--json <file>', 'the body, or - for standard input')
    .addHelpText('after', '\nExample:\n  $ iostd tx inspect --json body.json')
    .action((flags: { readonly json: string }) => inspect(flags.json));
}

function inspect(path: string): void {
  const read = readTransactionJson(readBody(path));
  if (!read.ok) {
    throw new CommandFailure(`this is no sendTx body: ${read.failure.message}`, {
      fix: 'compare it with the fields of TransactionRequest in the reference API',
    });
  }
  const transaction = read.value;
  const base = encodeBase(transaction);
  const publish = encodePublish(transaction);
  const full = encodeTransaction(transaction);
  const hash = sha3(full);
  printJson({
    tx_hash_hex: hex(hash),
    tx_hash_base58: base58Encode(hash),
    base_hash_hex: hex(sha3(base)),
    publish_hash_hex: hex(sha3(publish)),
    base_bytes_hex: hex(base),
    publish_bytes_hex: hex(publish),
    size: full.length,
    size_max: TRANSACTION_BYTES_MAX,
    publisher: transaction.publisher,
    chain_id: transaction.chainId,
    time: transaction.time.toString(),
    expiration: transaction.expiration.toString(),
    signatures: transaction.signatures.map((each) => describeSignature(each, sha3(base))),
    publisher_sigs: transaction.publisherSignatures.map((each) =>
      describeSignature(each, sha3(publish)),
    ),
  });
}

function describeSignature(signature: Signature, digest: Uint8Array): Record<string, unknown> {
  const { algorithm, publicKey, signature: bytes } = signature;
  return {
    algorithm: ALGORITHM_NAMES.get(algorithm) ?? algorithm,
    public_key: base58Encode(publicKey),
    signature_length: bytes.length,
    valid: verifySignature(algorithm, digest, bytes, publicKey),
  };
}

function readBody(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? STANDARD_INPUT : path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`the body cannot be read: ${reason}`, {
      fix: 'give the path of a file with --json, or - for standard input',
    });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
