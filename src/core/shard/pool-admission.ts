/** Which verified transactions come into the pool of a chain; what is refused here was never in it. */

import { assert } from '../assert.ts';
import { type DecodedTransaction, decodeTransaction } from '../chain/transaction.ts';
import { readTransactionHead } from '../chain/transaction-head.ts';
import { checkGas, checkTime, checkTransaction } from '../ledger/admission.ts';
import { hasGas } from '../ledger/gas-check.ts';
import type { StateReader } from '../ledger/ports.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { ReplayWindow } from '../mempool/replay-window.ts';
import { type Result, reject } from '../result.ts';
import type { Origin, VerifiedTransaction } from './chain-events.ts';
import type { StoppedRuns } from './stopped-runs.ts';

export type AdmissionParts = {
  readonly chainId: number;
  readonly pool: Pick<Mempool<Origin>, 'admit'>;
  readonly replay: Pick<ReplayWindow, 'has'>;
  readonly stopped: Pick<StoppedRuns, 'isGivenUp'>;
  /** State as the next block finds it. */
  readonly tip: StateReader;
};

export class PoolAdmission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** `isSound`: its form is known to be good (ledger/admission.ts). */
  admit(
    { id, bytes, origin }: VerifiedTransaction,
    isSound: boolean,
    nowNs: bigint,
  ): Result<unknown> {
    const { chainId, pool, replay, stopped, tip } = this.#parts;
    if (replay.has(id)) return reject('TX_EXISTS_IN_CHAIN', 'tx exists in chain');
    if (stopped.isGivenUp(id)) {
      return reject(
        'contract_stopped',
        'this node has stopped the transaction and packs it no more',
      );
    }
    const head = readTransactionHead(bytes);
    const checked = isSound
      ? checkTime(head, nowNs)
      : checkTransaction(decoded(bytes), { nowNs, chainId });
    if (!checked.ok) return checked;
    if (!hasGas(tip, head, nowNs)) {
      const gas = checkGas(tip, decoded(bytes), nowNs);
      if (!gas.ok) return gas;
    }
    return pool.admit(id, head, origin);
  }
}

function decoded(bytes: Uint8Array): DecodedTransaction {
  const transaction = decodeTransaction(bytes);
  assert(transaction !== undefined, 'the verifier passes on only transactions');
  return transaction;
}
