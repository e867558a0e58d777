/**
 * Runs a transaction on the newest final state and forgets what it changed (`execTx`, `tryTx`). All
 * chains are within reach here, so it runs as on a network of one chain; authority and gas are
 * checked as in a block, signatures are not (spec go-iost §4.5).
 */

import { assert, assertNever } from '#core/assert.ts';
import type { Receipt } from '#core/chain/receipt.ts';
import { decodeTransaction } from '#core/chain/transaction.ts';
import { base58Encode } from '#core/crypto/base58.ts';
import { sha3 } from '#core/crypto/hash.ts';
import { applyTransaction } from '#core/ledger/apply-transaction.ts';
import type { LedgerEnvironment } from '#core/ledger/host.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';
import { readKey, type ViewSource } from '#core/ledger/views/view-source.ts';
import { ok, type Result, reject } from '#core/result.ts';
import type { RootBlock } from './committed-blocks.ts';

const ONE_CHAIN = { self: 0, chainOf: () => 0 };

/** `encoded` is a full encoding; `timeNs` the time the transaction would see as the block's. */
export function executeOnHead(
  state: ViewSource,
  rules: Pick<LedgerEnvironment, 'contracts' | 'engine'>,
  head: RootBlock,
  encoded: Uint8Array,
  timeNs: bigint,
): Result<Receipt> {
  const transaction = decodeTransaction(encoded);
  assert(transaction !== undefined, 'the caller has encoded it');
  const overlay = new StateOverlay({ get: (key) => readKey(state, key) }, ONE_CHAIN);
  const block = {
    number: head.height + 1,
    parentHash: head.hash,
    witness: base58Encode(head.header.proposer),
    time: timeNs,
    chainId: head.header.chainId,
  };
  const outcome = applyTransaction({ ...rules, overlay, block }, transaction, sha3(encoded));
  switch (outcome.kind) {
    case 'executed':
      return ok(outcome.receipt);
    case 'dropped':
      return { ok: false, failure: outcome.rejection };
    case 'deferred':
    case 'reserved':
      return reject('deferred', 'another transaction of the account has to end first');
    case 'locked':
    case 'missing':
      return reject('out-of-reach', 'the transaction needs state that cannot be read here');
    default:
      return assertNever(outcome);
  }
}
