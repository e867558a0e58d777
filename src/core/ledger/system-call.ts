/**
 * Calls that no transaction makes: the genesis builds its state by them, and the root chain ends
 * candidacies. They are not metered and must not fail.
 */

import type { Transaction } from '../chain/transaction.ts';
import type { Credit } from './credit.ts';
import { INT64_MAX } from './decimal.ts';
import { Host, type LedgerEnvironment } from './host.ts';
import { invoke } from './invoke.ts';
import type { Argument } from './native/native-contract.ts';

export type SystemAction = {
  readonly contract: string;
  readonly abi: string;
  readonly args: readonly Argument[];
};

/** Hosts count all the same. */
const UNMETERED_GAS = Number.MAX_SAFE_INTEGER;
const UNLIMITED_TOKENS = [{ token: '*', value: INT64_MAX }];
const NO_ID = new Uint8Array(32);

/** `caller` is the system contract or account in whose name the action runs; answers what leaves. */
export function systemCall(
  environment: LedgerEnvironment,
  caller: string,
  { contract, abi, args }: SystemAction,
): readonly Credit[] {
  const { time } = environment.block;
  const host = new Host(environment, emptyTransaction(time, caller), NO_ID);
  host.budget = UNMETERED_GAS;
  host.limits = UNLIMITED_TOKENS;
  const isAccount = !caller.endsWith('.iost');
  invoke(host, {
    contract,
    abi,
    args,
    authority: [],
    caller: { name: caller, isAccount },
    height: 1,
  });
  return host.credits;
}

function emptyTransaction(time: bigint, publisher: string): Transaction {
  return {
    time,
    expiration: time,
    gasRatio: 100n,
    gasLimit: 0n,
    delay: 0n,
    chainId: 0,
    signers: [],
    actions: [],
    amountLimits: [],
    signatures: [],
    publisher,
    publisherSignatures: [],
  };
}
