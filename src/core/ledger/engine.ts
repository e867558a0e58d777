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

/**
 * Thrown by an engine that does not go on with a transaction on this node, for a reason of this node:
 * `slow`, it took longer than the engine has patience for, or `deadly`, the process died of it twice.
 * It decides nothing about the transaction: others may run it. Whoever began it undoes it.
 */
export class RunStopped {
  /** Hash of the transaction. */
  readonly id: Uint8Array;
  readonly reason: 'slow' | 'deadly';

  constructor(id: Uint8Array, reason: RunStopped['reason']) {
    this.id = id;
    this.reason = reason;
  }
}

export interface ContractEngine {
  /**
   * How often its limit of wall-clock time an engine lets a call run before it is `slow`. A proposer
   * has some while it packs; whoever checks a block waits for ever, so no clock decides on validity.
   */
  patience: number;
  /** The ABI of a deployed contract; `undefined` where contract or ABI is missing. */
  contract(host: Host, id: string): { abi(name: string): ContractAbi | undefined } | undefined;
  /**
   * Runs one frame. Charges its gas on the host, refuses by `host.fail`, answers the one string that
   * a JavaScript contract returns.
   */
  run(host: Host, id: string, abi: string, args: readonly (string | bigint | boolean)[]): string;
}
