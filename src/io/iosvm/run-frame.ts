/** One call that is running in the isolate, seen from the host. */

import type { Host } from '#core/ledger/host.ts';
import type { ReadGuesses } from './read-guesses.ts';

export type RunFrame = {
  readonly host: Host;
  /** Gas of the action when the call began. */
  readonly gasBefore: number;
  /** Of the ABI that runs. */
  readonly guesses: ReadGuesses;
  /** Arguments as texts. */
  readonly args: readonly string[];
  /** What ended the call and is no business of the contract: it is thrown on when it has returned. */
  failure: { readonly error: unknown } | undefined;
  /** Allocation and stack left for calls that the contract makes; set before each of them. */
  allocationLeft: number;
  stackLeft: number;
  /** Allocated by the last call that the contract made. */
  allocatedBelow: number;
};
