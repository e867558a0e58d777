/**
 * Thrown by a contract to refuse: the whole transaction fails with `message` and is undone. It
 * crosses any number of frames and only `applyTransaction` catches it. It is control flow, hence no
 * stack trace.
 */

export class ContractFailure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Messages that several contracts share (spec go-iost §6). */
export const FAILURE = {
  outOfGas: 'out of gas',
  permission: 'transaction has no permission',
  invalidAmount: 'invalid amount',
  tokenExists: 'token exists',
  tokenMissing: 'token not exists',
  tokenFixed: "token can't transfer",
  memo: 'memo too large',
  reenter: 're-entering',
} as const;
