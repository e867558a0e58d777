/**
 * Verification of transactions as far as it needs nothing but their bytes: the encoding, the id, and
 * every signature (go-iost §1.6 rule 3). Whether a key may act for an account is the shard's to say,
 * and what is wrong with a transaction that is not sound; that it is sound is found out here, where it
 * is decoded anyway.
 */

import { decodeTransaction, TRANSACTION_BYTES_MAX } from '#core/chain/transaction.ts';
import { signatureProblem } from '#core/chain/transaction-signatures.ts';
import { sha3 } from '#core/crypto/hash.ts';
import type { ShardMap } from '#core/eds/shard-map.ts';
import { isSound } from '#core/ledger/admission.ts';
import type { Rejection } from '#core/result.ts';
import type { VerificationSlot } from './verification-slot.ts';

export const VERDICT = {
  good: 0,
  tooLarge: 1,
  malformed: 2,
  signerError: 3,
  publisherEmpty: 4,
  publisherError: 5,
} as const;

const VERDICT_OF_PROBLEM = {
  none: VERDICT.good,
  signer: VERDICT.signerError,
  publisherEmpty: VERDICT.publisherEmpty,
  publisher: VERDICT.publisherError,
} as const;

/** What a transaction is for, beside its own bytes. */
export type VerifiedNetwork = { readonly chainId: number; readonly shards: ShardMap };

/** Verifies every transaction of the slot and writes what comes of it beside it. */
export function verifyBatch(slot: VerificationSlot, { chainId, shards }: VerifiedNetwork): void {
  for (const [index, bytes] of slot.transactions().entries()) {
    const transaction =
      bytes.length > TRANSACTION_BYTES_MAX ? VERDICT.tooLarge : decodeTransaction(bytes);
    const id = sha3(bytes);
    if (transaction === undefined || typeof transaction === 'number') {
      slot.setResult(index, transaction ?? VERDICT.malformed, id);
      continue;
    }
    slot.setResult(index, VERDICT_OF_PROBLEM[signatureProblem(transaction) ?? 'none'], id);
    const shard = shards.shardOfAccount(transaction.publisher);
    slot.setDestination(index, shard, isSound(transaction, chainId));
  }
}

/** What is told to a client whose transaction got another verdict than `good`. */
export function rejectionOf(verdict: number, bytes: number): Rejection {
  switch (verdict) {
    case VERDICT.tooLarge:
      return {
        code: 'TX_SIZE',
        message: `VerifyError tx size illegal, should <= ${TRANSACTION_BYTES_MAX}, got ${bytes}`,
      };
    case VERDICT.signerError:
      return { code: 'SIGNER_ERROR', message: 'VerifyError signer error' };
    case VERDICT.publisherEmpty:
      return { code: 'PUBLISHER_EMPTY', message: 'VerifyError publisher empty error' };
    case VERDICT.publisherError:
      return { code: 'PUBLISHER_ERROR', message: 'VerifyError publisher error' };
    default:
      return { code: 'TX_MALFORMED', message: 'VerifyError the bytes are not a transaction' };
  }
}
