/** A contract as it is published and stored (spec go-iost §5.1). */

import type { AmountLimit } from '../chain/transaction.ts';

export type DeclaredAbi = {
  readonly name: string;
  /** As the publisher wrote them; `validate` says whether they are types. */
  readonly args: readonly string[];
  readonly amountLimit: readonly AmountLimit[];
};

export type ContractObject = {
  readonly id: string;
  readonly language: string;
  readonly version: string;
  readonly abi: readonly DeclaredAbi[];
  /** Source when published, instrumented when stored. */
  readonly code: string;
  /** Source, once it is stored. */
  readonly originalCode: string;
};
