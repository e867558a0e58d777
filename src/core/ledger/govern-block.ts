/**
 * What every block of the root chain begins with: base.iost `exec`, in the reference the first
 * transaction of a block. Here it is part of executing the block, so nobody signs it, nobody pays for
 * it, and it cannot be left out.
 */

import type { Transaction } from '../chain/transaction.ts';
import { ContractFailure } from './contract-failure.ts';
import type { Credit } from './credit.ts';
import { INT64_MAX } from './decimal.ts';
import { Host, type LedgerEnvironment } from './host.ts';
import { invoke } from './invoke.ts';
import { LockedState } from './locked-state.ts';
import { BASE_CONTRACT } from './native/base-contract.ts';

const NO_ID = new Uint8Array(32);
const UNMETERED_GAS = Number.MAX_SAFE_INTEGER;
const NOTHING: readonly Credit[] = [];

/**
 * Answers the effects on other chains, or `locked` where a transaction of another chain holds what is
 * needed: then nothing is done, and the next block makes up for it. A failure leaves no trace either:
 * the blocks go on whatever becomes of their bookkeeping.
 */
export function governBlock(environment: LedgerEnvironment): readonly Credit[] | 'locked' {
  const { overlay } = environment;
  const host = new Host(environment, blockTransaction(environment), NO_ID);
  host.budget = UNMETERED_GAS;
  host.limits = [{ token: '*', value: INT64_MAX }];
  overlay.begin(undefined, environment.locks);
  try {
    invoke(host, {
      contract: BASE_CONTRACT,
      abi: 'exec',
      args: ['{}'],
      authority: [],
      caller: { name: BASE_CONTRACT, isAccount: true },
      height: 1,
    });
    overlay.commit();
    return host.credits;
  } catch (error) {
    overlay.rollback();
    if (error instanceof LockedState) return 'locked';
    if (error instanceof ContractFailure) return NOTHING;
    throw error;
  }
}

function blockTransaction({ block }: LedgerEnvironment): Transaction {
  return {
    time: block.time,
    expiration: block.time,
    gasRatio: 100n,
    gasLimit: 0n,
    delay: 0n,
    chainId: block.chainId,
    signers: [],
    actions: [],
    amountLimits: [],
    signatures: [],
    publisher: BASE_CONTRACT,
    publisherSignatures: [],
  };
}
