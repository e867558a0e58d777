/**
 * The port behind which user contracts run. The ledger asks it for one frame at a time; storage,
 * authority, calls and receipts come back through the host. An engine that meets a key of another
 * chain lets `MissingState` pass: the ledger undoes the transaction and runs it again with the key.
 */

import type { AmountLimit } from '../chain/transaction.ts';
import type { Host } from './host.ts';
import type { ArgumentType } from './native/native-contract.ts';

/** A user contract's ABI as its publisher declared it. */
export type ContractAbi = {
  readonly name: string;
  readonly args: readonly ArgumentType[];
  readonly amountLimit: readonly AmountLimit[];
};

export interface ContractEngine {
  /** The ABI of a deployed contract; `undefined` where contract or ABI is missing. */
  contract(host: Host, id: string): { abi(name: string): ContractAbi | undefined } | undefined;
  /**
   * Runs one frame. Charges its gas on the host, refuses by `host.fail`, answers the one string that
   * a JavaScript contract returns.
   */
  run(host: Host, id: string, abi: string, args: readonly (string | bigint | boolean)[]): string;
}
